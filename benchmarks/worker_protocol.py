"""How a worker is asked: a line `TASK COUNT`, answered with a line that holds a number.

A worker is a process that does one thing `COUNT` times and says how many seconds that took.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

Task = Callable[[int], float]

_PAGE_BYTES = 4096


def serve_tasks(tasks: dict[str, Task]) -> None:
    """Do what the lines on the standard input ask for, until there are no more."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, count = line.split()
        print(tasks[name](int(count)), flush=True)


def repeated(call: Callable[[], object]) -> Task:
    """A task that makes a call again and again."""

    def task(count: int) -> float:
        start = perf_counter()
        for _ in range(count):
            call()
        return perf_counter() - start

    return task


def resident_memory(_count: int) -> float:
    """What this process holds in memory, in MiB (Linux only; nan elsewhere)."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return float("nan")
    return int(statistics.read_text(encoding="ascii").split()[1]) * _PAGE_BYTES / 2**20
