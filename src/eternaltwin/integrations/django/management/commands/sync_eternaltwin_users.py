"""`manage.py sync_eternaltwin_users`."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import ConfigurationError, UnknownConnectionError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.sync import Synchronization, SyncStoppedError, Tally

if TYPE_CHECKING:
    from argparse import ArgumentParser

_WIDTH = 30
_MOST_HOURS = 100_000


class Command(BaseCommand):
    """Asks Eternaltwin about every account: current display names, and who is deleted."""

    help = (
        "Update the display names of players, and mark the accounts that are deleted at Eternaltwin. A run that was"
        " interrupted is continued by starting it again: accounts that were checked lately are left out."
    )

    _total = 0

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="the connection (default: %(default)s)")
        parser.add_argument(
            "--older-than",
            type=_hours,
            default=12.0,
            metavar="HOURS",
            help="leave out accounts that were checked within so many hours (default: %(default)s; 0 for all)",
        )
        parser.add_argument("--limit", type=_count, metavar="N", help="check so many accounts at the most")
        parser.add_argument(
            "--concurrency", type=_count, default=10, metavar="N", help="requests at a time (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")

    def handle(self, *args: object, **options: object) -> None:
        """Run it; Django gives the options by name."""
        chosen = _Options(**cast("dict[str, Any]", {name: options[name] for name in _Options.__annotations__}))
        before = timezone.now() - timedelta(hours=chosen.older_than)
        try:
            conf.configure()
            run = Synchronization(
                chosen.using, before=before, limit=chosen.limit, concurrency=chosen.concurrency, on_progress=self._show
            )
            self._total = run.total
            run.run()
        except (ConfigurationError, UnknownConnectionError, SyncStoppedError) as exc:
            raise CommandError(str(exc)) from exc
        except KeyboardInterrupt:
            raise CommandError("interrupted; start the command again to go on", returncode=130) from None
        self._report(run.tally, as_json=chosen.json)

    def _show(self, tally: Tally) -> None:
        """Draw the progress bar, for people only."""
        if not self.stderr.isatty():
            return
        filled = _WIDTH * tally.done // max(self._total, tally.done)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        end = "\n" if tally.done >= self._total else ""
        self.stderr.write(f"\r{bar} {tally.done}/{self._total}", style_func=str, ending=end)

    def _report(self, tally: Tally, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(tally)))
        else:
            self.stdout.write(
                f"{tally.checked} accounts checked: {tally.renamed} renamed, {tally.deleted} newly deleted;"
                f" {tally.unknown} unknown to Eternaltwin, {tally.failed} could not be checked."
            )
        if tally.failed:
            raise CommandError(f"{tally.failed} accounts could not be checked; start the command again for those")


class _Options(NamedTuple):
    """The options, with their types."""

    using: str
    older_than: float
    limit: int | None
    concurrency: int
    json: bool


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"{text} is less than 1")
    return number


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 <= hours <= _MOST_HOURS:
        raise ArgumentTypeError(f"{text} is no number of hours from 0 to {_MOST_HOURS}")
    return hours
