"""Mutants, and what became of them, as mutmut left them in its folder."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.mutate.groups import module_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: What mutmut records: the tests passed, or no test reaches the function.
_SURVIVED = {0, 5, 33}

#: The tests have not run, or pytest did not find those that mutmut chose. mutmut collects tests several times in one
#: process, and pytest then escapes again what it has escaped in ids that are given (`ids=`), such as a line end.
_UNTESTED = {None, 255}

#: What separates the parts of a name that mutmut gives to a method.
_SEPARATOR = "\u01c1"


@dataclass(frozen=True)
class Mutant:
    """A single change of a function.

    Attributes:
        name: Name that mutmut gave it.
        module: Dotted name of the module.
        function: Name of the function; `Class.method` of a method.
        before: Lines that were changed or removed, without indentation.
        after: Lines that were changed or added, without indentation.
        diff: The change as a unified diff.
        is_checked: Whether the tests ran.
        is_noticed: Whether a test failed or did not end.
    """

    name: str
    module: str
    function: str
    before: str
    after: str
    diff: str
    is_checked: bool
    is_noticed: bool


def read_mutants(folder: Path, files: Sequence[str]) -> list[Mutant]:
    """Read the mutants of files.

    Args:
        folder: The folder that mutmut worked in.
        files: The files that were changed, relative to it.
    """
    return [mutant for file in files for mutant in _read_file(folder, file)]


def _read_file(folder: Path, file: str) -> list[Mutant]:
    changed = folder / "mutants" / file
    results: Mapping[str, int | None] = json.loads(changed.with_name(f"{changed.name}.meta").read_text("utf-8"))[
        "exit_code_by_key"
    ]
    spans = json.loads(changed.with_name(f"{changed.name}.spans").read_text("utf-8"))["spans"]
    lines = changed.read_text("utf-8").split("\n")
    functions = {name: lines[start - 1 : end] for name, (start, end) in spans.items()}
    return [_mutant(module_name(file), name, code, functions) for name, code in results.items()]


def _mutant(module: str, name: str, code: int | None, functions: Mapping[str, list[str]]) -> Mutant:
    generated = name.rpartition(".")[2]
    mangled = generated.partition("__mutmut_")[0]
    function = mangled[2:].replace(_SEPARATOR, ".")
    original = _renamed(functions[f"{mangled}__mutmut_orig"], f"{mangled}__mutmut_orig", function)
    mutated = _renamed(functions[generated], generated, function)
    compared = list(difflib.unified_diff(original, mutated, module, module, n=2, lineterm=""))
    before, after = (
        "\n".join(line[1:].strip() for line in compared[2:] if line.startswith(sign)) for sign in ("-", "+")
    )
    diff = "\n".join(compared[2:])
    is_checked, is_noticed = code not in _UNTESTED, code not in _UNTESTED | _SURVIVED
    return Mutant(name, module, function, before, after, diff, is_checked, is_noticed)


def _renamed(lines: Sequence[str], name: str, function: str) -> list[str]:
    return [line.replace(name, function.rpartition(".")[2]) for line in lines]
