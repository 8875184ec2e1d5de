"""Tries the lowest versions that `pyproject.toml` accepts of what games install: `.ci/run` calls it on Python 3.11."""
