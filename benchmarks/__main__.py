"""The command `python -m benchmarks`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import development_server, listings, many_users, older, profiles, telemetry
from benchmarks.cases import CASES
from benchmarks.measuring import measure_cases, measure_start_up
from benchmarks.processors import CLIENTS, on_processor
from benchmarks.report import as_json, as_text
from benchmarks.servers import running_servers
from benchmarks.targets import judge
from benchmarks.workers import OURS, running_workers

if TYPE_CHECKING:
    from benchmarks.targets import Target

#: Samples that are shorter are those of a quick run, in seconds. It measures fewer profiles.
_FULL_SECONDS = 0.1


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Benchmarks of the library.")
    parser.add_argument("--rounds", type=int, default=15, help="number of samples of each case (15)")
    parser.add_argument("--seconds", type=float, default=0.1, help="approximate duration of a sample (0.1)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.02 seconds")
    parser.add_argument("--only", default="", metavar="TEXT", help="only the rows whose name contains this text")
    parser.add_argument("--without-older", action="store_true", help="do not install and measure the older package")
    parser.add_argument("--older-environment", type=Path, default=older.DEFAULT_FOLDER, metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the medians, in seconds, to this file")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 3, 0.02
    return options


def measured_listings(rounds: int) -> tuple[dict[str, float], float]:
    """Measure the durations of pages of lists, and the memory of their server."""
    with tempfile.TemporaryDirectory() as folder:
        return listings.measure(Path(folder), rounds * 2)


def measured_profiles(options: argparse.Namespace) -> tuple[dict[str, str], list[Target]]:
    """Measure the cache of profiles."""
    with tempfile.TemporaryDirectory() as folder:
        return profiles.measure(Path(folder), options.rounds, is_quick=options.seconds < _FULL_SECONDS)


def main() -> int:
    """Measure, report, and return the exit status: 1 with `--check` if a target is missed."""
    options = arguments()
    older_python = None if options.without_older else older.prepared_python(options.older_environment)
    cases = [case for case in CASES if options.only.lower() in case.label.lower()]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_servers(Path(folder)) as servers,
        on_processor(CLIENTS),
        running_workers(servers, older_python) as workers,
    ):
        memory = {name: worker.run("memory", 1) for name, worker in workers.items()}
        heavy_modules = workers[OURS].run("heavy_modules", 1)
        medians = measure_cases(cases, workers, options.rounds, options.seconds)
        observed: telemetry.Durations = {}
        if not options.only:
            medians |= measure_start_up(older_python, options.rounds)
            observed = telemetry.measure(servers, 10 * options.rounds)
    targets = judge(medians, heavy_modules)
    if not options.only:
        targets += telemetry.judge(observed)
        print(telemetry.as_text(observed), end="\n\n")
        pages, server_memory = measured_listings(options.rounds)
        targets += many_users.measure(options.rounds)
        targets += [*development_server.measure(options.rounds), *listings.judge(pages, server_memory)]
        print(listings.as_text(pages), end="\n\n")
        cached, cache_targets = measured_profiles(options)
        targets += cache_targets
        print(profiles.as_text(cached), end="\n\n")
    print(as_text(medians, memory, targets))
    if options.json:
        options.json.write_text(as_json(medians, memory, targets), encoding="utf-8")
    return 1 if options.check and not all(target.is_reached for target in targets) else 0


if __name__ == "__main__":
    sys.exit(main())
