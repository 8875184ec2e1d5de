"""The protocol of the workers: a request is a line `TASK COUNT`, its response a line with a number.

A worker is a process that runs a task `COUNT` times and responds with the duration in seconds. (Some tasks measure
something else, such as memory, and respond with that.)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

Task = Callable[[int], float]

_PAGE_BYTES = 4096


def serve_tasks(tasks: dict[str, Task]) -> None:
    """Run the tasks that are requested on the standard input, until it ends."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, count = line.split()
        print(tasks[name](int(count)), flush=True)


def repeated(call: Callable[[], object]) -> Task:
    """Return a task that repeats a call."""

    def task(count: int) -> float:
        start = perf_counter()
        for _ in range(count):
            call()
        return perf_counter() - start

    return task


def resident_memory(_count: int) -> float:
    """Return the resident memory of this process in MiB (Linux only; nan elsewhere)."""
    statistics = Path("/proc/self/statm")
    if not statistics.exists():
        return float("nan")
    return int(statistics.read_text(encoding="ascii").split()[1]) * _PAGE_BYTES / 2**20
