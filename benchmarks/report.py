"""The report of a run, for people and as JSON."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING

from benchmarks.cases import CASES
from benchmarks.workers import BARE, OLDER, OURS, RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.measuring import Medians
    from benchmarks.targets import Target

_LABELS = {case.task: case.label for case in CASES} | {
    "import_package": "a process that imports eternaltwin",
    "import_user": "a process that imports User",
}
_HEADINGS = ("", "this package", "x baseline", "x aiohttp", "older package", "x this package")


def as_text(medians: Medians, memory: dict[str, float], targets: list[Target]) -> str:
    """Return tables of the medians and of the targets."""
    rows: list[Sequence[str]] = [_HEADINGS]
    rows += [_row(_LABELS[task], taken, duration) for task, taken in medians.items()]
    rows.append(_row("memory after a first call", memory, lambda size: f"{size:.1f} MiB"))
    marks = [("reached" if target.is_reached else "MISSED", target.goal, target.found) for target in targets]
    baseline = (
        "The baseline is a raw socket, a raw asyncio protocol, or the standard library alone; aiohttp is a session of"
        " it with the same decoding."
    )
    return "\n".join([*table(rows, ">"), "", baseline, "", *table(marks, "<")])


def as_json(medians: Medians, memory: dict[str, float], targets: list[Target]) -> str:
    """Return the report as JSON, in seconds and MiB."""
    found = {
        "python": platform.python_version(),
        "seconds": medians,
        "memory_mib": memory,
        "targets": [{"goal": t.goal, "found": t.found, "reached": t.is_reached} for t in targets],
    }
    return json.dumps(found, indent=2)


def _row(label: str, taken: dict[str, float], shown: Callable[[float], str]) -> tuple[str, ...]:
    older, bare = taken.get(OLDER), taken.get(BARE)
    return (
        label,
        shown(taken[OURS]),
        f"{taken[OURS] / taken[RAW]:.1f}",
        "" if bare is None else f"{taken[OURS] / bare:.2f}",
        "" if older is None else shown(older),
        "" if older is None else f"{older / taken[OURS]:.1f}",
    )


def duration(seconds: float) -> str:
    """Return a duration in a suitable unit."""
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-2 else f"{seconds * 1e6:.0f} µs"


def table(rows: Sequence[Sequence[str]], align: str) -> list[str]:
    """Return rows as aligned lines."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligns = ["<", *align * (len(widths) - 1)]
    return [
        "  ".join(f"{text:{side}{width}}" for text, side, width in zip(row, aligns, widths, strict=True)).rstrip()
        for row in rows
    ]
