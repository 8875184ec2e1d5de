"""From what Eternaltwin says of a player to the player of this game.

A player is found by the UUID of the account and the connection that vouches for it, and by nothing
else: not by a name, not by an e-mail address.
"""

from __future__ import annotations

import logging
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

logger = logging.getLogger(__name__)


def sign_in_account(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    """The account of a player who has just signed in, and whether it is new.

    Any number of first sign-ins at a time make one account and one user.

    Args:
        player: as Eternaltwin has just said.
        connection: the alias of the connection that said so.

    Raises:
        AccountRefusedError: the account may not sign in.
        ConfigurationError: no user can be made for it.
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
    """The account that this game has of a player."""
    accounts = EternaltwinAccount.objects.using(_database()).select_related("user")
    return accounts.filter(pk=UUID(player.identifier)).first()


def check_connection(account: EternaltwinAccount, connection: str) -> None:
    """Check that a connection may vouch for an account.

    The UUIDs of one server mean nothing on another: whoever runs one can choose them.

    Raises:
        AccountRefusedError: it is of another server.
    """
    if account.connection == connection:
        return
    conf.configure()
    known = account.connection in connections
    if not known or connections[account.connection].public_url != connections[connection].public_url:
        raise AccountRefusedError(
            f"the account {account.pk} is of the connection {account.connection!r}: {connection!r} cannot vouch for it"
        )


def _check_user(account: EternaltwinAccount) -> None:
    if not getattr(account.user, "is_active", True):
        raise AccountRefusedError(f"the user of the account {account.pk} is not active")


def record(account: EternaltwinAccount, player: User, *, is_sign_in: bool = False) -> bool:
    """Keep what Eternaltwin says of a player, and answer whether the display name is another one.

    Of several at a time that notice a new name, one tells of it.
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
    """Keep that a player has deleted their account, and answer whether that is news."""
    account = find_account(player)
    if account is None or account.connection != connection:
        return False
    rows = EternaltwinAccount.objects.using(_database()).filter(pk=account.pk)
    now = timezone.now()
    rows.update(synced_at=now)
    news = rows.filter(deleted_at=None).update(deleted_at=player.deleted_at or now, updated_at=now) > 0
    account.refresh_from_db(fields=["synced_at", "deleted_at", "updated_at"])
    if news:
        account_deleted.send(sender=EternaltwinAccount, account=account)
    return news


def _create(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    failure: IntegrityError | None = None
    for username in _usernames(player):
        try:
            return _insert(player, connection, username), True
        except IntegrityError as exc:  # the account, or else the name in some case, has been taken meanwhile
            failure = exc
        if find_account(player) is not None:
            break
    account = find_account(player)  # even if no name was left: another sign-in of the player's may have it
    if account is None:
        raise ConfigurationError(
            f"no user can be made for the account {player.identifier}: does the user model need more than a name? Then"
            " write ETERNALTWIN_LOGIN['new_user']",
            setting="new_user",
        ) from failure
    return account, False


def _insert(player: User, connection: str, username: str) -> EternaltwinAccount:
    """Make user and account, both or none. The first statement writes, so SQLite waits for its turn."""
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
    """Free user names; where user names are no text, the game makes them from the UUID itself."""
    if conf.options().new_user is not None and not _has_text_names():
        return iter([player.identifier])
    return free_usernames(player.username, UUID(player.identifier))


def _has_text_names() -> bool:
    try:
        return bool(username_field())
    except ConfigurationError:
        return False


def _new_user(player: User, username: str) -> AbstractBaseUser:
    make = conf.options().new_user
    if make is not None:
        return make(player, username)
    user = get_user_model()(**{username_field_name(): username})
    user.set_unusable_password()
    return user


def _database() -> str:
    return router.db_for_write(EternaltwinAccount)
