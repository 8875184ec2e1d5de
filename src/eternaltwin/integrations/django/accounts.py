"""Accounts of players: found or created at a sign-in, and kept up to date.

An account is identified by its UUID at Eternaltwin and by the server of its connection, and by nothing else: not by a
name, not by an e-mail address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.django.administrators import map_administrator
from eternaltwin.integrations.django.creation import create_account
from eternaltwin.integrations.django.lookups import aaccount_of, account_of, database, find_account
from eternaltwin.integrations.django.models import MAX_NAME_LENGTH, EternaltwinAccount, EternaltwinName
from eternaltwin.integrations.django.signals import account_deleted, name_changed

if TYPE_CHECKING:
    from eternaltwin.users import User

__all__ = ["aaccount_of", "account_of", "find_account", "mark_deleted", "record", "sign_in_account"]


def sign_in_account(player: User, connection: str) -> tuple[EternaltwinAccount, bool]:
    """Return the account of a player who has just signed in, and create it at the first sign-in.

    Any number of simultaneous first sign-ins of a player create one account and one user.

    Args:
        player: The user who has signed in, as just read from Eternaltwin.
        connection: Alias of the connection that the user was read with.

    Returns:
        The account, and whether it is new.

    Raises:
        AccountRefusedError: The account may not sign in: it is deleted at Eternaltwin, or its user is not active.
        ConfigurationError: No user can be created for the account, or a setting is wrong.
    """
    if player.deleted_at is not None:
        mark_deleted(player, connection)
        raise AccountRefusedError(f"the account {player.identifier} is deleted at Eternaltwin")
    account = find_account(player, connection)
    is_new = False
    if account is None:
        account, is_new = create_account(player, connection)
    _check_account(account, player)
    record(account, player, is_sign_in=True)
    return account, is_new


def _check_account(account: EternaltwinAccount, player: User) -> None:
    if account.is_deleted and not _has_profile(player):
        raise AccountRefusedError(
            f"the account {account.identifier} was deleted at Eternaltwin when its profile was last read; only a user"
            " who is read with the profile, as by User.get, can be restored"
        )
    if not getattr(account.user, "is_active", True):
        raise AccountRefusedError(f"the user of the account {account.identifier} is not active")


def _has_profile(player: User) -> bool:
    """Return whether a user was read with its profile, which the exchange of a code does not return."""
    return player.created_at is not None


def record(account: EternaltwinAccount, player: User, *, is_sign_in: bool = False) -> bool:
    """Store what Eternaltwin reports about a player, and send `name_changed` if the display name is new.

    Of several simultaneous calls with the same new name, one stores it and sends the signal. An account that was
    deleted is only restored by a player who is read with the profile, as by `User.get`: a sign-in alone does not
    report whether an account is deleted. Such a player is also passed to the option `administrator`.

    Args:
        account: The account of the player. Its attributes are updated.
        player: The player, as just read from Eternaltwin. Not deleted.
        is_sign_in: Whether the player is signing in, so that `last_login_at` changes as well.

    Returns:
        Whether the display name has changed.
    """
    now = timezone.now()
    name = player.username[:MAX_NAME_LENGTH]
    rows = EternaltwinAccount.objects.using(database()).filter(pk=account.pk)
    changes: dict[str, object] = {"synced_at": now}
    if _has_profile(player):
        changes |= {"deleted_at": None, "is_administrator": player.is_administrator}
    if is_sign_in:
        changes["last_login_at"] = now
    with transaction.atomic(using=database()):
        rows.update(**changes)
        renamed = rows.exclude(display_name=name).update(display_name=name, updated_at=now) > 0
        if renamed:
            EternaltwinName.objects.using(database()).create(account=account, display_name=name)
    old = account.display_name
    account.refresh_from_db(fields=[*changes, "display_name", "updated_at"])
    map_administrator(account, player)
    if renamed:
        name_changed.send(sender=EternaltwinAccount, account=account, old=old, new=name)
    return renamed


def mark_deleted(player: User, connection: str) -> bool:
    """Store that a player has deleted their account at Eternaltwin, and send `account_deleted` if it is news.

    Nothing happens if the game has no such account of this server.

    Args:
        player: The deleted user, as just read from Eternaltwin.
        connection: Alias of the connection that the player was read with.

    Returns:
        Whether the deletion was not known before.
    """
    account = find_account(player, connection)
    if account is None:
        return False
    rows = EternaltwinAccount.objects.using(database()).filter(pk=account.pk)
    now = timezone.now()
    rows.update(synced_at=now)
    is_news = rows.filter(deleted_at=None).update(deleted_at=player.deleted_at or now, updated_at=now) > 0
    account.refresh_from_db(fields=["synced_at", "deleted_at", "updated_at"])
    if is_news:
        account_deleted.send(sender=EternaltwinAccount, account=account)
    return is_news
