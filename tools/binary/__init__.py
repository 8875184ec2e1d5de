"""Builds and checks the development server as one file that needs no Python."""
