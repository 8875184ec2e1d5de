"""The command `python -m conformance`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import routes
from conformance.comparison import Outcome
from conformance.excuses import PENDING, excuses_of, prune
from conformance.report import Report, to_json
from conformance.runs import RECORDINGS, SERVERS, judge, record_all, record_from, scenarios_of
from conformance.scenario import SCENARIOS
from conformance.servers import VERSION, ServerError, cargo, official_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.comparison import Verdict

_ROOT = Path(__file__).parent.parent

#: Exit statuses: everything matches; something differs; the comparison could not be run.
ALIKE, DIFFERENT, FAILED = 0, 1, 2

_EPILOG = (
    f"exit status: {ALIKE} everything matches, {DIFFERENT} something differs, {FAILED} the comparison could not be run"
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m conformance", description=__doc__, epilog=_EPILOG)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help=f"record the responses of the official server {VERSION}")
    record.add_argument(
        "--to", type=Path, default=RECORDINGS, metavar="FOLDER", help="folder of the recordings (default: %(default)s)"
    )
    record.add_argument(
        "--address",
        nargs=2,
        metavar=("URL", "SCENARIO"),
        help="record one scenario on an official server that runs",
    )
    compare = commands.add_parser("compare", help="compare a server with the recordings", epilog=_EPILOG)
    compare.add_argument("server", choices=sorted(SERVERS))
    compare.add_argument("--json", action="store_true", help="print verdicts as JSON")
    run = commands.add_parser(
        "run", help="compare both servers with the recordings, and run the tests in tests/live on both", epilog=_EPILOG
    )
    run.add_argument(
        "--official",
        choices=("always", "auto", "never"),
        default="always",
        help="whether to use the official server; auto: if it or cargo is installed (default: %(default)s)",
    )
    run.add_argument("--json", action="store_true", help="print verdicts as JSON")
    commands.add_parser("clients", help="sign in to the development server with clients of other languages")
    commands.add_parser("prune", help="remove exchanges that match from pending.toml")
    return parser


def _judge_all(server: str, *, as_json: bool) -> tuple[list[Verdict], int]:
    report = Report(sys.stderr if as_json else sys.stdout, server)
    verdicts: list[Verdict] = []
    for scenario in scenarios_of(server):
        judged = judge(server, scenario)
        report.write(f"{scenario.name}: the {server} server, compared with the recordings", judged)
        verdicts += judged
    return verdicts, DIFFERENT if any(verdict.outcome.is_failure for verdict in verdicts) else ALIKE


def _check_routes() -> int:
    """Report routes of the official server that are missing in the recordings or on the development server."""
    found = routes.problems(routes.official())
    for problem in found:
        print(problem, file=sys.stderr)
    return DIFFERENT if found else ALIKE


def _compare(servers: Sequence[str], *, as_json: bool) -> int:
    judged = {server: _judge_all(server, as_json=as_json) for server in servers}
    if as_json:
        print(json.dumps({server: to_json(verdicts) for server, (verdicts, _) in judged.items()}, ensure_ascii=False))
    return max(code for _, code in judged.values())


def _live_tests(server: str) -> int:
    print(f"tests/live: the {server} server", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "tests/live", f"--eternaltwin-server={server}"]
    passed = subprocess.run(command, check=False, cwd=_ROOT, stdout=sys.stderr).returncode == 0
    return ALIKE if passed else DIFFERENT


def _has_official() -> bool:
    return cargo() is not None or official_program().exists()


def _run(official: str, *, as_json: bool) -> int:
    wanted = official == "always" or (official == "auto" and _has_official())
    servers = ["official", "development"] if wanted else ["development"]
    compared = _compare(servers, as_json=as_json)
    tested = [_live_tests(server) for server in [*servers, "development-0.16.4"]]
    return max(_check_routes(), compared, *tested)


def _prune() -> int:
    pending = excuses_of(PENDING)
    verdicts = [verdict for scenario in SCENARIOS for verdict in judge("development", scenario)]
    needless = {verdict.name for verdict in verdicts if verdict.outcome is Outcome.NEEDLESS_EXCUSE}
    remaining = prune(needless & pending.keys())
    print(f"{len(pending) - remaining} exchanges are no longer pending, {remaining} are")
    return ALIKE


def _clients() -> int:
    from conformance.clients.sign_ins import report_of, sign_in_with_all

    outcomes = sign_in_with_all()
    print("\n".join(report_of(outcomes)))
    if any(outcome.problem is not None and outcome.is_available for outcome in outcomes):
        return DIFFERENT
    return ALIKE if any(outcome.is_available for outcome in outcomes) else FAILED


def _record(folder: Path, running: tuple[str, str] | None) -> int:
    if running is None:
        record_all(folder)
    else:
        record_from(*running, folder)
    return ALIKE


def _run_command(options: argparse.Namespace) -> int:
    match options.command:
        case "record":
            return _record(options.to, options.address)
        case "compare":
            return _compare([options.server], as_json=options.json)
        case "run":
            return _run(options.official, as_json=options.json)
        case "clients":
            return _clients()
        case _:
            return _prune()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run_command(options)
    except ServerError as error:
        print(error, file=sys.stderr)
        return FAILED
