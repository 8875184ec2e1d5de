"""The command `python -m tools.mutate`."""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from tools.mutate.equivalents import read_equivalents, stale
from tools.mutate.groups import UnknownGroupError, choose, module_name, read_groups
from tools.mutate.report import REQUIRED, Report
from tools.mutate.runs import MutationError, WorkingCopy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.mutate.equivalents import Equivalent
    from tools.mutate.groups import Group
    from tools.mutate.mutants import Mutant

_ROOT = Path(__file__).parent.parent.parent

#: Exit statuses: enough is noticed; too little is noticed or an equivalent is stale; the tests could not be run.
ENOUGH, TOO_LITTLE, FAILED = 0, 1, 2

_EPILOG = (
    f"exit status: {ENOUGH} at least {REQUIRED:.0f} percent of what can be noticed is noticed, and no entry is "
    f"stale; {TOO_LITTLE} otherwise; {FAILED} mutants could not be tested"
)


def _parser() -> argparse.ArgumentParser:
    description = "Change the code in single places, one at a time, and report which changes no test notices."
    parser = argparse.ArgumentParser("python -m tools.mutate", description=description, epilog=_EPILOG)
    parser.add_argument("names", nargs="*", metavar="GROUP", help="groups, or dotted names of modules (default: all)")
    parser.add_argument(
        "--again",
        action="store_true",
        help="test only what survived the last run, or was left when it was stopped, with the new tests",
    )
    parser.add_argument("--jobs", type=int, default=1, help="mutants that are tested at the same time (default: 1)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--list", action="store_true", help="print the groups and their modules, and test nothing")
    parser.add_argument("--root", type=Path, default=_ROOT, help=argparse.SUPPRESS)
    return parser


def _run(
    groups: Sequence[Group],
    options: argparse.Namespace,
    arguments: Sequence[str],
    equivalents: Sequence[Equivalent],
) -> list[Mutant]:
    found: list[Mutant] = []
    for group in groups:
        print(f"{group.name}: {' '.join(group.tests)}", file=sys.stderr, flush=True)
        copy = WorkingCopy(options.root, options.root / "build" / "mutate" / group.name, group, arguments)
        found += copy.run_again(options.jobs, equivalents) if options.again else copy.run(options.jobs)
    return found


def _report(groups: Sequence[Group], options: argparse.Namespace, configuration: Path) -> Report:
    arguments = tomllib.loads((configuration / "groups.toml").read_text("utf-8")).get("pytest_arguments", [])
    equivalents = read_equivalents(configuration / "equivalents.toml")
    mutants = _run(groups, options, arguments, equivalents)
    modules = {module_name(file) for group in groups for file in group.files(options.root)}
    if not options.names:
        modules.add("*")
    return Report(mutants, equivalents, stale(equivalents, mutants, modules))


def _run_command(options: argparse.Namespace) -> int:
    configuration = options.root / "tools" / "mutate"
    groups = choose(read_groups(configuration / "groups.toml"), options.names, options.root)
    if options.list:
        for group in groups:
            print(group.name, *map(module_name, group.files(options.root)), sep="\n    ")
        return ENOUGH
    report = _report(groups, options, configuration)
    print(json.dumps(report.to_json(), indent=2) if options.json else report.to_text())
    return ENOUGH if report.is_good else TOO_LITTLE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run_command(options)
    except (MutationError, UnknownGroupError) as error:
        print(error, file=sys.stderr)
        return FAILED
