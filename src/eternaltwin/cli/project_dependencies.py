"""Which web framework a project uses, according to the files that list its dependencies."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, cast

from eternaltwin.cli.scaffolds import FRAMEWORKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.cli.scaffolds import Framework

#: The start of a requirement (PEP 508): the name of a package, and perhaps extras.
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_SETTINGS_MODULE = re.compile(r"""DJANGO_SETTINGS_MODULE["'],\s*["']([A-Za-z_][\w.]*)["']""")


def find_framework(folder: Path) -> Framework | None:
    """Find the web framework of a project.

    Args:
        folder: The folder of the project. `manage.py`, `pyproject.toml` and `requirements*.txt` are read.

    Returns:
        The first framework of `FRAMEWORKS` that the project depends on, also through an extra such as
        `eternaltwin[flask]`. None if there is none, or the files cannot be read.
    """
    if (folder / "manage.py").is_file():
        return "django"
    names = set(_names(folder))
    return next((framework for framework in FRAMEWORKS if framework in names), None)


def find_settings_module(folder: Path) -> str | None:
    """Find the module with the settings of a Django project.

    Args:
        folder: The folder with `manage.py`.

    Returns:
        Name of the module that `manage.py` names, or None.
    """
    found = _SETTINGS_MODULE.search(_text(folder / "manage.py"))
    return found and found[1]


def _names(folder: Path) -> Iterator[str]:
    """Yield the names of packages, and those of extras of this package."""
    files = sorted(folder.glob("requirements*.txt"))
    lines = [line for file in files for line in _text(file).splitlines()]
    for requirement in [*_declared(_text(folder / "pyproject.toml")), *lines]:
        found = _REQUIREMENT.match(requirement)
        if found is None:
            continue
        name = found[1].lower()
        yield name
        if name == "eternaltwin":
            yield from re.findall(r"[a-z-]+", found[2] or "")


def _declared(pyproject: str) -> list[str]:
    """Return the requirements of `pyproject.toml`: of the project, of its groups, and of Poetry."""
    try:
        content: dict[str, Any] = tomllib.loads(pyproject)
    except tomllib.TOMLDecodeError:
        return []
    project = _table(content, "project")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    groups = _table(content, "dependency-groups").values()
    poetry = list(_table(content, "tool", "poetry", "dependencies"))
    return [item for items in (*lists, *groups, poetry) for item in _strings(items)]


def _table(content: dict[str, Any], *keys: str) -> dict[str, Any]:
    found = content
    for key in keys:
        inner: object = found.get(key)
        found = cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}
    return found


def _strings(items: object) -> list[str]:
    return [item for item in cast("list[object]", items) if isinstance(item, str)] if isinstance(items, list) else []


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
