"""What it costs to observe calls: a ratio to calls that are not observed, in the same run.

`python -m benchmarks.telemetry` measures only this.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.processors import CLIENTS, on_processor
from benchmarks.report import duration, table
from benchmarks.servers import running_servers
from benchmarks.targets import Target
from benchmarks.telemetry_worker import ABSENT, NOT_CONFIGURED, PREPARATIONS, UNOBSERVED
from benchmarks.workers import started_worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.servers import Servers
    from benchmarks.workers import Worker

#: Seconds of a call, by task and mode.
Durations = dict[str, dict[str, float]]

#: Maximum ratio without OpenTelemetry, or if it is not configured. Two processes that do the same differ by 5 %.
MAX_RATIO = 1.1

#: The cases, by task, and the number of calls in a sample.
CASES = {"get_http": "User.get", "aget_http": "User.aget"}
_CALLS = 25


def measure(servers: Servers, rounds: int, calls: int = _CALLS) -> Durations:
    """Measure the duration of a call in each mode.

    Args:
        servers: The servers that calls are sent to.
        rounds: Number of samples of each mode.
        calls: Number of calls in a sample.

    Returns:
        Seconds of the fastest sample, by task and mode: what else the machine does only slows a sample down.
    """
    with ExitStack() as stack, on_processor(CLIENTS):
        workers = {
            mode: stack.enter_context(
                started_worker([sys.executable, "-m", "benchmarks.telemetry_worker", mode, *servers.as_arguments()])
            )
            for mode in PREPARATIONS
        }
        samplers: dict[tuple[str, str], Callable[[], float]] = {
            (task, mode): partial(_sample, worker, task, calls) for task in CASES for mode, worker in workers.items()
        }
        samples: dict[tuple[str, str], list[float]] = {key: [] for key in samplers}
        for _ in range(rounds):
            for key, sample in samplers.items():
                samples[key].append(sample())
    return {task: {mode: min(samples[task, mode]) for mode in PREPARATIONS} for task in CASES}


def _sample(worker: Worker, task: str, calls: int) -> float:
    return worker.run(task, calls) / calls


def judge(fastest: Durations) -> list[Target]:
    """Compare the durations with the targets."""
    return [
        Target(
            f"{CASES[task]}, OpenTelemetry {mode}: at most {MAX_RATIO:g} x a call that is not observed",
            f"{taken[mode] / taken[UNOBSERVED]:.3f} x",
            taken[mode] / taken[UNOBSERVED] <= MAX_RATIO,
        )
        for task, taken in fastest.items()
        for mode in (ABSENT, NOT_CONFIGURED)
    ]


def as_text(fastest: Durations) -> str:
    """Return a table of the durations."""
    rows = [("OpenTelemetry", *CASES.values(), *(f"{label}, x unobserved" for label in CASES.values()))]
    for mode in PREPARATIONS:
        taken = [fastest[task][mode] for task in CASES]
        ratios = [fastest[task][mode] / fastest[task][UNOBSERVED] for task in CASES]
        rows.append((mode, *map(duration, taken), *(f"{ratio:.3f}" for ratio in ratios)))
    return "\n".join(table(rows, ">"))


def main() -> None:
    """Measure and print the table."""
    with tempfile.TemporaryDirectory() as folder, running_servers(Path(folder)) as servers:
        print(as_text(measure(servers, rounds=151)))


if __name__ == "__main__":
    main()
