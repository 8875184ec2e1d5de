"""The web framework of a project is found in the files that list its dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.cli.project_dependencies import find_framework, find_settings_module

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("file", "content", "framework"),
    [
        ("requirements.txt", "# web\nFlask>=3\n", "flask"),
        ("requirements-dev.txt", "-r x\nfastapi[all] ; python_version > '3'\nstarlette\n", "fastapi"),
        ("pyproject.toml", '[project]\ndependencies = ["eternaltwin[starlette, redis]>=2"]\n', "starlette"),
        ("pyproject.toml", '[project.optional-dependencies]\nweb = ["django~=5.2"]\n', "django"),
        ("pyproject.toml", '[dependency-groups]\nweb = ["flask", {include-group = "x"}]\n', "flask"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "*"\n', "fastapi"),
        ("pyproject.toml", '[project]\ndependencies = "flask"\n', None),
        ("pyproject.toml", "project = 1\n", None),
        ("pyproject.toml", "[project\n", None),
        ("requirements.txt", "flask-login\n", None),
        ("manage.py", "", "django"),
        ("other.txt", "flask", None),
    ],
)
def test_the_framework_is_found(tmp_path: Path, file: str, content: str, framework: str | None) -> None:
    (tmp_path / file).write_text(content)
    assert find_framework(tmp_path) == framework


def test_a_file_that_is_not_text_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes(b"\xffflask")
    assert find_framework(tmp_path) is None


def test_the_settings_of_a_django_project_are_those_that_manage_py_names(tmp_path: Path) -> None:
    assert find_settings_module(tmp_path) is None
    (tmp_path / "manage.py").write_text('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "my.site.settings")\n')
    assert find_settings_module(tmp_path) == "my.site.settings"
