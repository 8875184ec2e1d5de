"""Interleaved rounds, and the medians of what they took."""

from __future__ import annotations

import statistics
import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.workers import OLDER, OURS, RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from benchmarks.cases import Case
    from benchmarks.workers import Worker

#: Medians in seconds: by the key of what was measured, then by who did it.
Medians = dict[str, dict[str, float]]

MAX_REPEATS = 5000


def interleaved(measures: dict[tuple[str, str], Callable[[], float]], rounds: int) -> Medians:
    """Measure everything once a round, in turn, and answer the medians."""
    samples: dict[tuple[str, str], list[float]] = {key: [] for key in measures}
    for _ in range(rounds):
        for key, measure in measures.items():
            samples[key].append(measure())
    medians: Medians = {}
    for (what, who), taken in samples.items():
        medians.setdefault(what, {})[who] = statistics.median(taken)
    return medians


def measure_cases(cases: Iterable[Case], workers: dict[str, Worker], rounds: int, seconds: float) -> Medians:
    """How long a call of each case takes each worker, in seconds.

    Args:
        cases: what to measure.
        workers: who does it.
        rounds: how many samples to take of each.
        seconds: about how long a sample lasts.
    """
    measures = {
        (case.task, who): _sampler(case, worker, seconds)
        for case in cases
        for who, worker in workers.items()
        if who != OLDER or case.in_older
    }
    return interleaved(measures, rounds)


def _sampler(case: Case, worker: Worker, seconds: float) -> Callable[[], float]:
    """A sample of a case; how often it repeats the task is found out here, after a first time that warms up."""
    worker.ask(case.task, 1)
    repeats = 1
    while (taken := worker.ask(case.task, repeats)) < seconds / 3 and repeats < MAX_REPEATS:
        repeats = min(MAX_REPEATS, repeats * 3)
    repeats = max(1, min(MAX_REPEATS, round(repeats * seconds / taken)))
    return lambda: worker.ask(case.task, repeats) / repeats / case.calls


def measure_start_up(older_python: Path | None, rounds: int) -> Medians:
    """How long a process lives that does nothing, and one that only imports, in seconds."""
    floor = _process(sys.executable, "pass")
    measures = {
        ("import_package", RAW): floor,
        ("import_package", OURS): _process(sys.executable, "import eternaltwin"),
        ("import_user", RAW): floor,
        ("import_user", OURS): _process(sys.executable, "from eternaltwin.users import User"),
    }
    if older_python:
        measures["import_package", OLDER] = _process(str(older_python), "import eternaltwin", "-E")
        measures["import_user", OLDER] = _process(str(older_python), "from eternaltwin.users import User", "-E")
    return interleaved(measures, rounds)


def _process(python: str, code: str, *options: str) -> Callable[[], float]:
    def measure() -> float:
        start = perf_counter()
        subprocess.run([python, *options, "-c", code], check=True)
        return perf_counter() - start

    return measure
