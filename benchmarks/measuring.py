"""Measurements in interleaved rounds, and their medians."""

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

#: Medians in seconds, by case and then by worker.
Medians = dict[str, dict[str, float]]

#: Maximum number of repetitions in a sample.
MAX_REPEATS = 5000


def interleaved(measures: dict[tuple[str, str], Callable[[], float]], rounds: int) -> Medians:
    """Measure everything once in each round, in turn, and return the medians."""
    samples: dict[tuple[str, str], list[float]] = {key: [] for key in measures}
    for _ in range(rounds):
        for key, measure in measures.items():
            samples[key].append(measure())
    medians: Medians = {}
    for (case, worker), taken in samples.items():
        medians.setdefault(case, {})[worker] = statistics.median(taken)
    return medians


def measure_cases(cases: Iterable[Case], workers: dict[str, Worker], rounds: int, seconds: float) -> Medians:
    """Measure the duration of a call of each case with each worker, in seconds.

    Args:
        cases: The cases to measure.
        workers: The workers to measure them with, by name.
        rounds: Number of samples of each case and worker.
        seconds: Approximate duration of a sample.
    """
    measures = {
        (case.task, name): _sampler(case, worker, seconds)
        for case in cases
        for name, worker in workers.items()
        if case.is_for(name)
    }
    return interleaved(measures, rounds)


def _sampler(case: Case, worker: Worker, seconds: float) -> Callable[[], float]:
    """Return a function that takes a sample. The number of repetitions is determined here, after a warm-up."""
    worker.run(case.task, 1)
    repeats = 1
    while (taken := worker.run(case.task, repeats)) < seconds / 3 and repeats < MAX_REPEATS:
        repeats = min(MAX_REPEATS, repeats * 3)
    repeats = max(1, min(MAX_REPEATS, round(repeats * seconds / taken)))
    return lambda: worker.run(case.task, repeats) / repeats / case.calls


def measure_start_up(older_python: Path | None, rounds: int) -> Medians:
    """Measure the duration of a process that does nothing, and of one that only imports, in seconds."""
    baseline = _process(sys.executable, "pass")
    measures = {
        ("import_package", RAW): baseline,
        ("import_package", OURS): _process(sys.executable, "import eternaltwin"),
        ("import_user", RAW): baseline,
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
