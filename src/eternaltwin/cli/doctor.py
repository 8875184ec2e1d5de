"""`eternaltwin doctor`: what is wrong with the set-up of a game, and how to mend it.

The checks are imported when they are run, so that the help of the command line appears at once.
"""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click

from eternaltwin.cli.failures import FAILED, UNREACHABLE
from eternaltwin.cli.options import connection_options, json_option
from eternaltwin.cli.output import console, note, print_json
from eternaltwin.cli.terminals import browser, progress
from eternaltwin.cli.visible_text import visible
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.doctor import Finding, GameSetup

#: The levels in the order in which they are shown, each with its style.
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan", "ok": "green", "skipped": "dim"}

#: A setting that `configure_from_environment` reads, and that other commands have no use for.
_CACHE_VARIABLE = "ETERNALTWIN_PROFILE_CACHE"


class LiveOptions(NamedTuple):
    """The options of a sign-in that is watched.

    Attributes:
        is_wanted: Whether to wait for a sign-in.
        start: Where it starts. None means `login` beside the callback.
        wait: How long to wait, in seconds.
    """

    is_wanted: bool
    start: str | None
    wait: float


def live_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a sign-in that is watched. The command gets them as `live`.

    Args:
        command: The function of the command.

    Returns:
        The function, to be decorated as a command.
    """

    @click.option(
        "--live", "is_live", is_flag=True, help="Wait for one sign-in in a browser, and explain what happens."
    )
    @click.option("--start", metavar="URL", help="Where a sign-in starts.  [default: login beside the callback]")
    @click.option("--wait", metavar="SECONDS", type=click.FloatRange(0), default=300, help="How long --live waits.")
    @wraps(command)
    def with_options(*args: object, is_live: bool, start: str | None, wait: float, **names: object) -> None:
        command(*args, live=LiveOptions(is_live, start, wait), **names)

    return with_options


@click.command(
    help="""Find what is wrong with the set-up of a game, and how to mend it.

    The settings are those of --django or --flask, or else those of the environment or of a profile. Nothing is changed,
    and no secret is shown.

    The exit status is 3 if the server cannot be reached, and 1 if something else is wrong.
    """
)
@connection_options
@click.option(
    "--django",
    metavar="[MODULE]",
    is_flag=False,
    flag_value="",
    help="Check the settings of a Django site, such as mygame.settings.  [default: DJANGO_SETTINGS_MODULE]",
)
@click.option("--flask", metavar="MODULE:APP", help="Check a Flask application or its factory, such as mygame:app.")
@click.option("--connection", metavar="ALIAS", help="The connection of the game to check.  [default: its first]")
@click.option("--game-url", metavar="URL", help="Where you open the game: do its cookies reach the callback?")
@live_options
@json_option
def doctor(
    chosen: ChosenConnection,
    live: LiveOptions,
    django: str | None,
    flask: str | None,
    connection: str | None,
    game_url: str | None,
    is_json: bool,
) -> None:
    """Find what is wrong with the set-up of a game, and how to mend it.

    Args:
        chosen: The options that choose a connection.
        live: The options of a sign-in that is watched.
        django: The settings of a Django site. None if the game is no such site.
        flask: The application of Flask. None if the game is none.
        connection: Alias of the connection. None means the first one of the game.
        game_url: Where the game is opened. None if it is not known.
        is_json: Whether to print JSON.
    """
    from eternaltwin.doctor import DEFAULT_TIMEOUT, watch_sign_in
    from eternaltwin.doctor.sources import source_failure

    try:
        setup = _read_setup(chosen, django, flask, connection)
    except ConfigurationError as exc:
        if django is None and flask is None:
            raise
        _finish([source_failure(exc)], "unreadable settings", is_json)
    setup = replace(setup, game_url=game_url)
    timeout = chosen.timeout or DEFAULT_TIMEOUT
    findings = _examine(setup, timeout)
    if live.is_wanted and not any(found.is_failure for found in findings):
        with ExitStack() as opened:

            def open_browser(url: str) -> None:
                note(f"sign in at {url}")
                opened.enter_context(browser(url, is_opened=sys.stderr.isatty()))

            findings += watch_sign_in(
                setup, open_browser=open_browser, seconds=live.wait, timeout=timeout, start_page=live.start
            )
    _finish(findings, setup.source, is_json)


def _read_setup(chosen: ChosenConnection, django: str | None, flask: str | None, alias: str | None) -> GameSetup:
    if [django, flask, chosen.profile].count(None) < 2:
        raise click.UsageError("--django, --flask and --profile exclude each other: give one of them")
    if django is None and flask is None:
        return _own_setup(chosen)
    from eternaltwin.doctor.sources import django_setup, flask_setup

    setup = django_setup(django or None, alias) if django is not None else flask_setup(flask or "", alias)
    return setup if chosen.url is None else replace(setup, settings={**setup.settings, "url": chosen.url})


def _own_setup(chosen: ChosenConnection) -> GameSetup:
    from eternaltwin.doctor import GameSetup

    settings = chosen._replace(timeout=None).settings()
    cache = os.environ.get(_CACHE_VARIABLE)
    if cache and chosen.profile is None:
        settings["profile_cache"] = cache
    return GameSetup(settings, source="the environment" if chosen.profile is None else f"the profile {chosen.profile}")


def _examine(setup: GameSetup, timeout: float) -> list[Finding]:
    """Run the checks, and show how many are done."""
    from eternaltwin.doctor import check_setup
    from eternaltwin.doctor.checkup import CHECKS

    done, names = set[str](), {check.name for check in CHECKS}
    with progress("Checking") as show:
        show(0, len(names))

        def count(found: Finding) -> None:
            done.add(found.name)
            show(len(done & names))

        return check_setup(setup, timeout=timeout, on_finding=count)


# --- what is printed


def _finish(findings: Sequence[Finding], source: str, is_json: bool) -> NoReturn:
    """Print the findings, the worst first, and end with the exit status."""
    levels = list(_STYLES)
    ordered = sorted(findings, key=lambda found: levels.index(found.level))
    status = _status(ordered)
    if is_json:
        shown = [found.to_dict() for found in ordered]
        print_json({"source": source, "exit_status": status, "count": len(shown), "findings": shown})
    else:
        _print_findings(ordered, source)
    click.get_current_context().exit(status)


def _status(findings: Sequence[Finding]) -> int:
    from eternaltwin.doctor.addresses import UNREACHABLE as SERVER_DOWN

    if any(found.code == SERVER_DOWN for found in findings):
        return UNREACHABLE
    return FAILED if any(found.is_failure for found in findings) else 0


def _print_findings(findings: Sequence[Finding], source: str) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for column in ("level", "name"):
        table.add_column(column, no_wrap=True)
    table.add_column("finding", overflow="fold")
    for found in findings:
        style = _STYLES[found.level]
        text = Text(visible(found.summary), style=style if found.is_failure else "")
        for line in found.detail.splitlines():
            text.append(f"\n{visible(line)}", style="dim")
        if found.next:
            text.append(f"\nnext: {visible(found.next)}", style="bold")
        table.add_row(Text(found.level, style=style), found.name, text)
    output = console()
    output.print(table)
    output.print(f"\n{_verdict(findings)} Checked: {source}.")


def _verdict(findings: Sequence[Finding]) -> str:
    counts = {level: sum(found.level == level for found in findings) for level in ("error", "warning")}
    if not any(counts.values()):
        return "Nothing is wrong."
    parts = [f"{count} {level}{'s' if count > 1 else ''}" for level, count in counts.items() if count]
    return f"{', '.join(parts)}."
