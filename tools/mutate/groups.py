"""The groups of modules that are changed, and the tests that must notice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class UnknownGroupError(Exception):
    """A name is neither that of a group nor that of a module of a group."""


@dataclass(frozen=True)
class Group:
    """Modules that are changed in one run.

    Attributes:
        name: Name of the group, for the command line.
        modules: Paths of the modules below `src`, without suffix. They may end with `/*`.
        tests: Arguments of pytest that choose the tests, such as files.
    """

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self, root: Path) -> list[str]:
        """Return the files of the modules, relative to the root of the project."""
        found = (path for module in self.modules for path in sorted((root / "src").glob(f"{module}.py")))
        return [path.relative_to(root).as_posix() for path in found]


def read_groups(path: Path) -> list[Group]:
    """Read the groups from a TOML file."""
    entries = tomllib.loads(path.read_text("utf-8"))["group"]
    return [Group(entry["name"], tuple(entry["modules"]), tuple(entry["tests"])) for entry in entries]


def module_name(file: str) -> str:
    """Return the dotted name of the module in a file, such as `src/eternaltwin/keys.py`."""
    return file.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def choose(groups: Sequence[Group], names: Sequence[str], root: Path) -> list[Group]:
    """Return the groups with these names, and the groups of modules with these names, restricted to those modules.

    Args:
        groups: All groups.
        names: Names of groups, or dotted names of modules. All groups if there are none.
        root: The root of the project.

    Raises:
        UnknownGroupError: A name is not known.
    """
    if not names:
        return list(groups)
    return [_choose_one(groups, name, root) for name in names]


def _choose_one(groups: Sequence[Group], name: str, root: Path) -> Group:
    for group in groups:
        if group.name == name:
            return group
        for file in group.files(root):
            if module_name(file) == name:
                return Group(name, (file.removeprefix("src/").removesuffix(".py"),), group.tests)
    known = ", ".join(group.name for group in groups)
    raise UnknownGroupError(f"{name!r} is no group and no module of a group. The groups are: {known}.")
