"""Accounts of players: found or created at a sign-in, and kept up to date.

An account is identified by its UUID and by the server of its connection, and by nothing else: not
by a name, not by an e-mail address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, router, transaction
from django.utils import timezone

from eternaltwin.connections import connections
from eternaltwin.exceptions import AccountRefusedError, ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.models import MAX_NAME_LENGTH, EternaltwinAccount, EternaltwinName
from eternaltwin.integrations.django.signals import account_deleted, name_changed
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

__all__ = ["check_connection", "find_account", "mark_deleted", "record", "sign_in_account"]


def sign_in_account(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    """Return the account of a player who has just signed in, and create it at the first sign-in.

    Any number of simultaneous first sign-ins of a player create one account and one user.

    Args:
        player: The user who has signed in, as just read from Eternaltwin.
        connection: Alias of the connection that the user was read with.

    Returns:
        The account, and whether it is new.

    Raises:
        AccountRefusedError: The account may not sign in: it is deleted at Eternaltwin, belongs to a
            connection with another server, or its user is not active.
        ConfigurationError: No user can be created for the account, or a setting is wrong.
    """
    if player.deleted_at is not None:
        mark_deleted(player, connection)
        raise AccountRefusedError(f"the account {player.identifier} is deleted at Eternaltwin")
    account = find_account(player)
    is_new = False
    if account is None:
        account, is_new = _create(player, connection)
    check_connection(account, connection)
    _check_user(account)
    record(account, player, is_sign_in=True)
    return account, is_new


def find_account(player: User) -> EternaltwinAccount | None:
    """Look up the account of a player in the game's database.

    Args:
        player: The player, as read from Eternaltwin.

    Returns:
        The account, or None if the player has never signed in.
    """
    accounts = EternaltwinAccount.objects.using(_database()).select_related("user")
    return accounts.filter(pk=UUID(player.identifier)).first()


def check_connection(account: EternaltwinAccount, connection: str) -> None:
    """Check that an account belongs to the server of a connection.

    The UUIDs of one server mean nothing on another: the operator of a server can choose them.

    Args:
        account: The account that a player wants to sign in to.
        connection: Alias of the connection that the player signs in with.

    Raises:
        AccountRefusedError: The account belongs to another server.
    """
    if account.connection == connection:
        return
    conf.configure()
    known = account.connection in connections
    if not known or connections[account.connection].public_url != connections[connection].public_url:
        raise AccountRefusedError(
            f"the account {account.pk} belongs to the connection {account.connection!r} and cannot sign in with"
            f" {connection!r}, which is not known to lead to the same server"
        )


def _check_user(account: EternaltwinAccount) -> None:
    if not getattr(account.user, "is_active", True):
        raise AccountRefusedError(f"the user of the account {account.pk} is not active")


def record(account: EternaltwinAccount, player: User, *, is_sign_in: bool = False) -> bool:
    """Store what Eternaltwin reports about a player, and send `name_changed` if the display name is new.

    Of several simultaneous calls with the same new name, one stores it and sends the signal.

    Args:
        account: The account of the player. Its attributes are updated.
        player: The player, as just read from Eternaltwin.
        is_sign_in: Whether the player is signing in, so that `last_login_at` changes as well.

    Returns:
        Whether the display name has changed.
    """
    now = timezone.now()
    name = player.username[:MAX_NAME_LENGTH]
    rows = EternaltwinAccount.objects.using(_database()).filter(pk=account.pk)
    changes: dict[str, object] = {"synced_at": now, "deleted_at": None}
    if is_sign_in:
        changes["last_login_at"] = now
    with transaction.atomic(using=_database()):
        rows.update(**changes)
        renamed = rows.exclude(display_name=name).update(display_name=name, updated_at=now) > 0
        if renamed:
            EternaltwinName.objects.using(_database()).create(account=account, display_name=name)
    old = account.display_name
    account.refresh_from_db(fields=["display_name", "last_login_at", "synced_at", "deleted_at", "updated_at"])
    if renamed:
        name_changed.send(sender=EternaltwinAccount, account=account, old=old, new=name)
    return renamed


def mark_deleted(player: User, connection: str) -> bool:
    """Store that a player has deleted their account at Eternaltwin, and send `account_deleted` if it is news.

    Nothing happens if the game has no such account, or if it belongs to another connection.

    Args:
        player: The deleted user, as just read from Eternaltwin.
        connection: Alias of the connection that the player was read with.

    Returns:
        Whether the deletion was not known before.
    """
    account = find_account(player)
    if account is None or account.connection != connection:
        return False
    rows = EternaltwinAccount.objects.using(_database()).filter(pk=account.pk)
    now = timezone.now()
    rows.update(synced_at=now)
    is_news = rows.filter(deleted_at=None).update(deleted_at=player.deleted_at or now, updated_at=now) > 0
    account.refresh_from_db(fields=["synced_at", "deleted_at", "updated_at"])
    if is_news:
        account_deleted.send(sender=EternaltwinAccount, account=account)
    return is_news


def _create(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    failure: IntegrityError | None = None
    for username in _usernames(player):
        try:
            return _insert(player, connection, username), True
        except IntegrityError as exc:  # another sign-in has taken the account or the name meanwhile
            failure = exc
        if find_account(player) is not None:
            break
    account = find_account(player)  # even if no name was left: another sign-in of the same player may have created it
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
    name = player.username[:MAX_NAME_LENGTH]
    account = EternaltwinAccount(
        id=UUID(player.identifier),
        user=user,
        connection=connection,
        display_name=name,
        username_key=username_key(username),
    )
    with transaction.atomic(using=_database()):
        user.save(using=_database())
        account.save(using=_database(), force_insert=True)
        EternaltwinName.objects.using(_database()).create(account=account, display_name=name)
    return account


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
    new_user = conf.options().new_user
    if new_user is not None:
        return new_user(player, username)
    user = get_user_model()(**{username_field_name(): username})
    user.set_unusable_password()
    return user


def _database() -> str:
    return router.db_for_write(EternaltwinAccount)
