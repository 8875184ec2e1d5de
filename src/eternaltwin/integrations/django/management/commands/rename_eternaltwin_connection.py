"""The command `manage.py rename_eternaltwin_connection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand, CommandError

from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError
from eternaltwin.integrations.django.renaming import rename_connection

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Gives the accounts of a connection to its new alias."""

    help = "Give the accounts of a connection to its new alias, after the alias was renamed in ETERNALTWIN."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments.

        Args:
            parser: The parser of the command.
        """
        parser.add_argument("old", help="the alias before")
        parser.add_argument("new", help="the alias in the settings now")

    def handle(self, *args: object, **options: object) -> None:
        """Run the command.

        Args:
            *args: Not used.
            **options: The arguments, by name.

        Raises:
            CommandError: The accounts cannot be given to this alias.
        """
        old, new = str(options["old"]), str(options["new"])
        try:
            count = rename_connection(old, new)
        except (ConfigurationError, InvalidArgumentError) as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{count} accounts of {old!r} belong to {new!r} now.")
