"""The command `manage.py move_eternaltwin_account`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError
from eternaltwin.integrations.django.connecting import has_other_sign_in, move_account
from eternaltwin.integrations.django.lookups import aliases_of_server, database
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.usernames import username_field_name

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django.contrib.auth.base_user import AbstractBaseUser


class Command(BaseCommand):
    """Moves an account to another user."""

    help = (
        "Move an Eternaltwin account to another user of the game, as whom its player signs in from then on. Users are"
        " never merged: the old user keeps everything else, and the new user must not have an account."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments.

        Args:
            parser: The parser of the command.
        """
        parser.add_argument("account", type=UUID, help="UUID of the account at Eternaltwin")
        parser.add_argument("user", help="user name of the new user")
        parser.add_argument("--using", default=DEFAULT_ALIAS, help="alias of the connection (default: %(default)s)")

    def handle(self, *args: object, **options: object) -> None:
        """Run the command.

        Args:
            *args: Not used.
            **options: The arguments, by name.

        Raises:
            CommandError: There is no such account or user, or the user has an account already.
        """
        account = _account(options["account"], str(options["using"]))
        user = _user(str(options["user"]))
        try:
            old = move_account(account, user)
        except InvalidArgumentError as exc:
            raise CommandError(str(exc)) from exc
        fate = "can still sign in with a password" if has_other_sign_in(old) else "can no longer sign in"
        self.stdout.write(
            f"{account} signs in as {user.get_username()!r} now. The user {old.get_username()!r} keeps everything else,"
            f" and {fate}. To undo this: manage.py move_eternaltwin_account {account.identifier}"
            f" {old.get_username()} --using {account.connection}"
        )


def _account(identifier: object, using: str) -> EternaltwinAccount:
    accounts = EternaltwinAccount.objects.using(database()).select_related("user")
    try:
        aliases = aliases_of_server(using)
    except ConfigurationError as exc:
        raise CommandError(str(exc)) from exc
    account = accounts.filter(identifier=identifier, connection__in=aliases).first()
    if account is None:
        raise CommandError(f"there is no account {identifier} of the connection {using!r}")
    return account


def _user(name: str) -> AbstractBaseUser:
    user = get_user_model()._base_manager.using(database()).filter(**{username_field_name(): name}).first()
    if user is None:
        raise CommandError(f"there is no user {name!r}")
    return user
