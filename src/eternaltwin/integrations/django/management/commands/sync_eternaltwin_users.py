"""The command `manage.py sync_eternaltwin_users`."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import ConfigurationError, UnknownConnectionError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.sync import SyncCounts, Synchronization, SyncStoppedError

if TYPE_CHECKING:
    from argparse import ArgumentParser

#: Width of the progress bar, in characters.
_BAR_WIDTH = 30

#: Maximum of `--older-than`, more than eleven years.
_MAX_HOURS = 100_000


class Command(BaseCommand):
    """Updates the stored accounts: reads current display names and deletions from Eternaltwin."""

    help = (
        "Update the display names of players, and mark the accounts that are deleted at Eternaltwin. To continue an"
        " interrupted run, start the command again: accounts that were checked recently are left out."
    )

    _total = 0

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options.

        Args:
            parser: The parser of the command.
        """
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="alias of the connection (default: %(default)s)")
        parser.add_argument(
            "--older-than",
            type=_hours,
            default=12.0,
            metavar="HOURS",
            help="leave out accounts that were checked within this number of hours (default: %(default)s; 0 for all)",
        )
        parser.add_argument("--limit", type=_count, metavar="N", help="check at most this number of accounts")
        parser.add_argument(
            "--concurrency",
            type=_count,
            default=10,
            metavar="N",
            help="simultaneous requests at most (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")

    def handle(self, *args: object, **options: object) -> None:
        """Run the command.

        Args:
            *args: Not used.
            **options: The options, by name.

        Raises:
            CommandError: A setting is wrong, there is no such connection, too many accounts in a row
                could not be read, or the run was interrupted (exit status 130).
        """
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
            raise CommandError("interrupted; start the command again to continue", returncode=130) from None
        self._report(run.counts, as_json=chosen.json)

    def _show(self, counts: SyncCounts) -> None:
        """Draw the progress bar, on a terminal only."""
        if not self.stderr.isatty():
            return
        filled = _BAR_WIDTH * counts.done // max(self._total, counts.done)
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        end = "\n" if counts.done >= self._total else ""
        self.stderr.write(f"\r{bar} {counts.done}/{self._total}", style_func=str, ending=end)

    def _report(self, counts: SyncCounts, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(counts)))
        else:
            self.stdout.write(
                f"{counts.checked} accounts checked: {counts.renamed} renamed, {counts.deleted} newly deleted;"
                f" {counts.unknown} unknown to Eternaltwin, {counts.failed} could not be checked."
            )
        if counts.failed:
            raise CommandError(f"{counts.failed} accounts could not be checked; start the command again to retry")


class _Options(NamedTuple):
    """The options of the command, with their types."""

    using: str
    older_than: float
    limit: int | None
    concurrency: int
    json: bool


def _count(text: str) -> int:
    with suppress(ValueError):
        number = int(text)
        if number >= 1:
            return number
    raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1")


def _hours(text: str) -> float:
    with suppress(ValueError):
        hours = float(text)
        if 0 <= hours <= _MAX_HOURS:
            return hours
    raise ArgumentTypeError(f"{text!r} is not a number of hours from 0 to {_MAX_HOURS}")
