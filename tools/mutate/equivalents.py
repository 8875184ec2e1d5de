"""The mutants that no test can notice, equivalent or not really tested by this tool, and the reasons."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from tools.mutate.mutants import Mutant


@dataclass(frozen=True)
class Equivalent:
    """An entry of the file of equivalents.

    Attributes:
        module: Dotted name of the module. `*` stands for any characters.
        function: Name of the function, `Class.method` of a method. `*` stands for any characters.
        change: Regular expression that `before -> after` matches as a whole.
        reason: Why no test can notice the change.
        is_untested: Whether the change is one of behaviour, but is not there yet when the tests run.
    """

    module: str
    function: str
    change: re.Pattern[str]
    reason: str
    is_untested: bool = False

    def matches(self, mutant: Mutant) -> bool:
        """Return whether the entry is about a mutant."""
        return (
            fnmatchcase(mutant.module, self.module)
            and fnmatchcase(mutant.function, self.function)
            and self.change.fullmatch(f"{mutant.before} -> {mutant.after}") is not None
        )

    def __str__(self) -> str:
        return f"{self.module}, {self.function}: {self.change.pattern}"


def read_equivalents(path: Path) -> list[Equivalent]:
    """Read the entries of a TOML file, which may be missing.

    The tables `equivalent` are about mutants that behave like the original, the tables `untested` about those that are
    not really tested, since the code runs before mutmut has chosen a mutant. Each has `module`, `reason`, and either
    `before` and `after` (the changed lines without indentation) or `pattern` (a regular expression for
    `before -> after`). Without `function`, it is about all functions of the module.
    """
    if not path.exists():
        return []
    tables = tomllib.loads(path.read_text("utf-8"))
    equivalent = [_entry(entry, is_untested=False) for entry in tables.get("equivalent", [])]
    return equivalent + [_entry(entry, is_untested=True) for entry in tables.get("untested", [])]


def _entry(entry: dict[str, str], *, is_untested: bool) -> Equivalent:
    pattern = entry.get("pattern") or re.escape(f"{entry['before']} -> {entry['after']}")
    change = re.compile(pattern, re.DOTALL)
    return Equivalent(entry["module"], entry.get("function", "*"), change, entry["reason"], is_untested)


def stale(entries: Iterable[Equivalent], mutants: Sequence[Mutant], modules: Collection[str]) -> list[Equivalent]:
    """Return the entries about the given modules that match no mutant.

    Args:
        entries: All entries.
        mutants: All mutants of the modules.
        modules: Dotted names. An entry about several modules is left out, unless `*` is one of them: all were changed.
    """
    concerned = (entry for entry in entries if "*" in modules or entry.module in modules)
    return [entry for entry in concerned if not any(entry.matches(mutant) for mutant in mutants)]
