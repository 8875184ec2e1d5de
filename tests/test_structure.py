"""The folders of the tests mirror those of the package."""

from __future__ import annotations

from pathlib import Path

import eternaltwin

TESTS = Path(__file__).parent
PACKAGE = Path(eternaltwin.__file__).parent

#: The folders that test something other than the package, and those of helpers and data.
BESIDE_THE_MIRROR = {
    "conformance",
    "devserver/config/games",
    "examples",
    "integrations/allauth/site",
    "integrations/django/own_users",
    "integrations/support",
    "live",
    "recipes",
    "recordings",
    "support",
    "tools",
}


def folders_of_tests() -> set[str]:
    """Return the folders with files, relative to `tests`. A folder may be left with the cache of its old files."""
    files = (path for path in TESTS.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.parent.relative_to(TESTS).as_posix() for path in files}


def is_in_the_package(folder: str) -> bool:
    """Return whether the package has a folder or a module of this name."""
    return (PACKAGE / folder).is_dir() or (PACKAGE / f"{folder}.py").is_file()


def test_every_folder_of_tests_has_its_counterpart_in_the_package() -> None:
    assert {folder for folder in folders_of_tests() if not is_in_the_package(folder)} == BESIDE_THE_MIRROR
