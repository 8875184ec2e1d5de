"""Which packages are tried in their lowest versions, and with which ones the tests run."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from packaging.specifiers import SpecifierSet

#: The extras that no game installs, or that name the others.
_NOT_FOR_GAMES = frozenset({"all", "binary", "dev"})

#: The packages of the extra `dev` that the tests need, none of which requires newer versions of what is tried.
TOOLS = (
    *("coverage", "hypothesis", "packaging", "PyYAML", "pytest", "pytest-asyncio", "pytest-django", "pytest-randomly"),
    *(
        "pytest-xdist",
        "trustme",
        "gunicorn",
        "requests",
        "websockets",
        "flask-login",
        "djangorestframework",
        "channels",
    ),
    *("bottle", "httpx2", "playwright", "hatchling", "uv"),
)


def for_games(pyproject: Path) -> list[str]:
    """Return the requirements of the package and of its extras for games."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [line for name, lines in extras.items() if name not in _NOT_FOR_GAMES for line in lines]
    return list(dict.fromkeys([*project["dependencies"], *lines]))


def for_tests(constraints: Path) -> list[str]:
    """Return the tools of the tests, in the versions that development uses."""
    lines = [line for line in constraints.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    wanted = set(map(canonicalize_name, TOOLS))
    return [line for line in lines if canonicalize_name(Requirement(line).name) in wanted]


def not_lowest(requirements: Iterable[str], chosen: Mapping[str, str]) -> list[str]:
    """Return the requirements whose lowest version was not chosen, because another package requires a newer one.

    Args:
        requirements: Lines such as `click>=8.2`.
        chosen: The versions that were chosen, by normal name.

    Returns:
        Sentences such as `click>=8.2: 8.4.2`.
    """
    found = {line: chosen[canonicalize_name(Requirement(line).name)] for line in requirements}
    return [
        f"{line}: {version}" for line, version in found.items() if not _is_lowest(Requirement(line).specifier, version)
    ]


def _is_lowest(bounds: SpecifierSet, version: str) -> bool:
    lowest = [Version(each.version) for each in bounds if each.operator in {">=", "=="}]
    return Version(version) in lowest
