"""The results of the checks, and the table of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one check.

    Attributes:
        name: What was checked.
        problems: What must be mended before a release. Empty if all is well.
        note: What was found, if all is well.
    """

    name: str
    problems: tuple[str, ...] = ()
    note: str = ""


def result(name: str, problems: Iterable[str], note: str = "") -> Result:
    """Build the result of a check."""
    return Result(name, tuple(problems), note)


def as_table(results: Sequence[Result]) -> str:
    """Return a table with a line for each check, and one for each further problem."""
    width = max((len(each.name) for each in results), default=0)
    return "\n".join(line for each in results for line in _lines(each, width))


def _lines(each: Result, width: int) -> list[str]:
    first, *others = each.problems or (each.note,)
    mark = "FAIL" if each.problems else "ok"
    head = f"{each.name:<{width}}  {mark:<4}  {first}".rstrip()
    return [head, *(f"{'':<{width}}        {other}" for other in others)]
