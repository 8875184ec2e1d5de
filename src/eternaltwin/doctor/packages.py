"""Are Python and the installed packages new enough? The bounds are those of this package's own metadata."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from typing import TYPE_CHECKING, NamedTuple

from eternaltwin.doctor.findings import Finding
from eternaltwin.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eternaltwin.doctor.setups import CheckedSetup

PACKAGES_CHECK = "packages"

_DISTRIBUTION = "eternaltwin"

#: The parts of a requirement (packaging.python.org, dependency specifiers) that are used here.
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?(?P<bounds>[^;]*)(?P<marker>;.*)?")
_BOUND = re.compile(r"(>=|!=)\s*([0-9][0-9.]*)")
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")


class Requirement(NamedTuple):
    """A package that this one uses.

    Attributes:
        name: Name of the package.
        minimum: The oldest version, such as `5.2.17`.
        excluded: Versions that are not to be used.
        is_optional: Whether only an extra needs the package.
    """

    name: str
    minimum: str
    excluded: frozenset[str]
    is_optional: bool

    def admits(self, installed: str) -> bool:
        """Return whether an installed version is new enough, and not excluded.

        Args:
            installed: A version.

        Returns:
            True if it can be used.
        """
        return installed not in self.excluded and release(installed) >= release(self.minimum)


def check_packages(setup: CheckedSetup) -> Iterator[Finding]:
    """Check the versions of Python and of the packages that are used.

    Args:
        setup: The set-up, which does not matter.

    Yields:
        A finding for each package that is too old, or one that there is none.
    """
    del setup
    try:
        needed, python = requires(_DISTRIBUTION) or [], metadata(_DISTRIBUTION)["Requires-Python"]
    except PackageNotFoundError:
        yield Finding(PACKAGES_CHECK, "note", "not-installed", "eternaltwin is used without being installed")
        return
    found = list(_outdated(parse_requirements([f"Python{python}", *needed])))
    here = ".".join(map(str, sys.version_info[:3]))
    yield from found or [Finding.ok(PACKAGES_CHECK, f"eternaltwin {__version__}, Python {here}, packages new enough")]


def _outdated(requirements: Iterable[Requirement]) -> Iterator[Finding]:
    for needed in requirements:
        installed = _installed(needed.name)
        if installed is not None and not needed.admits(installed):
            yield Finding(
                PACKAGES_CHECK,
                "warning" if needed.is_optional else "error",
                "package-too-old",
                f"{needed.name} {installed} is too old or has a known fault: {needed.minimum} or newer is needed",
                "",
                f'pip install --upgrade "{needed.name}>={needed.minimum}"',
            )


def _installed(name: str) -> str | None:
    if name == "Python":
        return ".".join(map(str, sys.version_info[:3]))
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def parse_requirements(lines: Iterable[str]) -> list[Requirement]:
    """Parse the requirements of a package's metadata.

    Args:
        lines: Requirements, such as `django>=5.2; extra == 'django'`.

    Returns:
        Those with a lower bound, each once. A package that is needed without an extra is not optional.
    """
    found = dict[str, Requirement]()
    for line in lines:
        parts = _REQUIREMENT.match(line)
        if parts is None:
            continue
        bounds = _BOUND.findall(parts["bounds"])
        minimum = next((number for kind, number in bounds if kind == ">="), None)
        excluded = frozenset(number for kind, number in bounds if kind == "!=")
        if minimum is not None:
            found.setdefault(parts["name"], Requirement(parts["name"], minimum, excluded, parts["marker"] is not None))
    return list(found.values())


def release(text: str) -> tuple[int, ...]:
    """Return the numbers at the beginning of a version, without final zeros.

    Args:
        text: A version, such as `5.2.17` or `6.0rc1`.

    Returns:
        The numbers, such as `(5, 2, 17)`. Empty if it does not start with one.
    """
    numbers = _RELEASE.match(text)
    parts = [] if numbers is None else [int(number) for number in numbers[0].split(".")]
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
