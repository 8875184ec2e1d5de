"""The performance targets of the library, and whether a run reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.workers import BARE, OLDER, OURS, RAW

if TYPE_CHECKING:
    from benchmarks.measuring import Medians

#: `import eternaltwin` may take this many times the duration of an empty process, plus this number of seconds.
IMPORT_FACTOR = 1.5
IMPORT_SECONDS = 0.020


@dataclass(frozen=True)
class Target:
    """A target, the measured value, and whether it reaches the target."""

    goal: str
    found: str
    is_reached: bool


def judge(medians: Medians, heavy_modules: float) -> list[Target]:
    """Compare the medians with the targets of the cases that were measured.

    Args:
        medians: The medians of the cases.
        heavy_modules: Number of heavy modules that a first sync call has loaded.
    """
    targets = [
        *_faster(medians, "get_http", 3, "sync User.get over HTTP"),
        *_faster(medians, "get_tls", 40, "sync User.get over TLS"),
        *_near(RAW, "a raw socket", medians, "get_http", 1.7, "sync User.get over HTTP"),
        *_faster(medians, "aget_http", 2.5, "asyncio User.aget, one at a time"),
        *_faster(medians, "aget_50_http", 3, "asyncio User.aget, 50 at once"),
        *_near(BARE, "bare aiohttp", medians, "aget_http", 1.1, "asyncio User.aget, one at a time"),
        *_near(BARE, "bare aiohttp", medians, "aget_50_http", 1.25, "asyncio User.aget, 50 at once"),
        *_faster(medians, "page", 3, "User.search, a page of 100"),
        *_faster(medians, "linked_page", 3, "User.search, a page of 100 with linked accounts"),
        *_import(medians),
    ]
    goal = "a first sync call loads neither aiohttp nor cryptography"
    return [*targets, Target(goal, f"{heavy_modules:.0f} of them loaded", heavy_modules == 0)]


def _faster(medians: Medians, task: str, factor: float, label: str) -> list[Target]:
    taken = medians.get(task, {})
    if OLDER not in taken:
        return []
    found = taken[OLDER] / taken[OURS]
    return [Target(f"{label}: at least {factor:g} x the older package's speed", f"{found:.1f} x", found >= factor)]


def _near(worker: str, name: str, medians: Medians, task: str, factor: float, label: str) -> list[Target]:
    taken = medians.get(task)
    if not taken:
        return []
    found = taken[OURS] / taken[worker]
    return [Target(f"{label}: at most {factor:g} x {name}", f"{found:.2f} x", found <= factor)]


def _import(medians: Medians) -> list[Target]:
    taken = medians.get("import_package")
    if not taken:
        return []
    allowed = taken[RAW] * IMPORT_FACTOR + IMPORT_SECONDS
    found = f"{taken[OURS] * 1e3:.0f} ms of {allowed * 1e3:.0f} ms"
    return [Target("import eternaltwin: at most 1.5 x python -c pass, plus 20 ms", found, taken[OURS] <= allowed)]
