"""Reports of verdicts: tables for people, JSON for programs."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from conformance.comparison import Nothing, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.comparison import Difference, Verdict
    from conformance.exchanges import Json

_COLOURS = {
    Outcome.ALIKE: "32",
    Outcome.DIFFERENT: "31",
    Outcome.EXCUSED: "33",
    Outcome.NEEDLESS_EXCUSE: "31",
}

#: Maximum number of characters of a value in a table.
_WIDTH = 60

#: Maximum number of differences of an exchange in a table.
_MAX_ROWS = 6


def _short(value: Json | Nothing) -> str:
    text = str(value) if isinstance(value, str | Nothing) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _row(difference: Difference) -> tuple[str, str, str]:
    return difference.place, _short(difference.official), _short(difference.other)


def _table(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


class Report:
    """Writes verdicts as text, in colour on a terminal unless `NO_COLOR` is set.

    Args:
        stream: The terminal or the file.
        other: Name of the server that is compared with the official one.
    """

    def __init__(self, stream: TextIO, other: str) -> None:
        self._stream = stream
        self._other = other
        self._is_coloured = stream.isatty() and "NO_COLOR" not in os.environ

    def write(self, title: str, verdicts: Sequence[Verdict]) -> None:
        """Write the verdicts that are not alike, and the number of exchanges by outcome.

        Args:
            title: The first line.
            verdicts: The verdicts of a run.
        """
        print(title, file=self._stream)
        for verdict in verdicts:
            if verdict.outcome is not Outcome.ALIKE:
                self._write_verdict(verdict)
        counted = Counter(verdict.outcome for verdict in verdicts)
        parts = [
            self._painted(f"{counted[outcome]} {outcome.value}", outcome) for outcome in Outcome if counted[outcome]
        ]
        print(f"{len(verdicts)} exchanges: {', '.join(parts)}\n", file=self._stream)

    def _write_verdict(self, verdict: Verdict) -> None:
        excuse = f" ({verdict.excuse})" if verdict.excuse else ""
        print(f"{self._painted(verdict.outcome.value, verdict.outcome)}: {verdict.name}{excuse}", file=self._stream)
        if verdict.outcome is not Outcome.DIFFERENT:
            return
        rows = [_row(difference) for difference in verdict.differences[:_MAX_ROWS]]
        for line in _table([("", "official", self._other), *rows]):
            print(line, file=self._stream)
        if len(verdict.differences) > _MAX_ROWS:
            print(f"  and {len(verdict.differences) - _MAX_ROWS} more", file=self._stream)

    def _painted(self, text: str, outcome: Outcome) -> str:
        return f"\x1b[{_COLOURS[outcome]}m{text}\x1b[0m" if self._is_coloured else text


def to_json(verdicts: Iterable[Verdict]) -> list[dict[str, object]]:
    """Return verdicts as JSON values."""
    return [
        {
            "name": verdict.name,
            "outcome": verdict.outcome.value,
            "excuse": verdict.excuse,
            "differences": [
                {"place": found.place, "official": _plain(found.official), "other": _plain(found.other)}
                for found in verdict.differences
            ],
        }
        for verdict in verdicts
    ]


def _plain(value: Json | Nothing) -> Json:
    """Represent a missing value by an object that no response contains."""
    return {"missing": True} if isinstance(value, Nothing) else value
