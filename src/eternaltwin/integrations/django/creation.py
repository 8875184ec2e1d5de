"""Creating the user and the account of a new player."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.lookups import aliases_of_server, check_renamed, database, find_account
from eternaltwin.integrations.django.models import MAX_NAME_LENGTH, EternaltwinAccount, EternaltwinName
from eternaltwin.integrations.django.usernames import (
    free_usernames,
    username_field,
    username_field_name,
    username_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.users import User


def create_account(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    """Create the user and the account of a player who has none.

    Args:
        player: The player, as just read from Eternaltwin.
        connection: Alias of the connection that the player was read with.

    Returns:
        The account, and whether it is new. It is not if another sign-in of the player has created it meanwhile.

    Raises:
        ConfigurationError: No user can be created for the account, or a setting is wrong.
    """
    check_renamed(player, connection)
    failure: IntegrityError | None = None
    for username in _usernames(player):
        try:
            return _insert(player, connection, username), True
        except IntegrityError as exc:  # another sign-in has taken the account or the name meanwhile
            failure = exc
        if find_account(player, connection) is not None:
            break
    account = find_account(player, connection)  # even if no name was left: another sign-in may have created it
    if account is None:
        raise ConfigurationError(
            f"no user can be created for the account {player.identifier}; if the user model requires more than a name,"
            " set ETERNALTWIN_LOGIN['new_user'] to a function that creates users",
            setting="new_user",
        ) from failure
    return account, False


def _insert(player: User, connection: str, username: str) -> EternaltwinAccount:
    """Create the user and the account, or neither. The first statement writes, so that SQLite waits for its lock."""
    user = _new_user(player, username)
    account = account_for(player, connection, user, username_key(username))
    with transaction.atomic(using=database()):
        user.save(using=database())
        insert_account(account)
    return account


def account_for(player: User, connection: str, user: AbstractBaseUser, key: str | None = None) -> EternaltwinAccount:
    """Build the account of a player, without saving it.

    Args:
        player: The player, as just read from Eternaltwin.
        connection: Alias of the connection that the player was read with.
        user: The game's user for the player.
        key: The `username_key` of the account.

    Returns:
        The account, of the first connection that leads to the same server.
    """
    return EternaltwinAccount(
        identifier=UUID(player.identifier),
        user=user,
        connection=aliases_of_server(connection)[0],
        display_name=player.username[:MAX_NAME_LENGTH],
        username_key=key,
    )


def insert_account(account: EternaltwinAccount) -> None:
    """Save a new account with its display name. Call it in a transaction.

    Args:
        account: The account.

    Raises:
        IntegrityError: The player or the user has an account already, or the `username_key` is taken.
    """
    account.save(using=database(), force_insert=True)
    EternaltwinName.objects.using(database()).create(account=account, display_name=account.display_name)


def _usernames(player: User) -> Iterator[str]:
    """Return free user names. Where user names are not strings, `new_user` derives them from the UUID."""
    if conf.options().new_user is not None and not _has_string_names():
        return iter([player.identifier])
    return free_usernames(player.username, UUID(player.identifier))


def _has_string_names() -> bool:
    try:
        return bool(username_field())
    except ConfigurationError:
        return False


def _new_user(player: User, username: str) -> AbstractBaseUser:
    """Return the unsaved user of a player, who signs in with Eternaltwin only."""
    new_user = conf.options().new_user
    model = get_user_model()
    user = cast("object", new_user(player, username) if new_user else model(**{username_field_name(): username}))
    if not isinstance(user, model):
        raise ConfigurationError(
            f"new_user must return an unsaved {model.__name__}, not {type(user).__name__}", setting="new_user"
        )
    user.set_unusable_password()
    return user
