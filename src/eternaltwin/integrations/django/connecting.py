"""Connecting accounts to users who have signed in in another way, disconnecting them, and moving them.

An account and a user are never merged: a user has one account at most, and an account one user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from eternaltwin.exceptions import (
    AccountRefusedError,
    AccountTakenError,
    AlreadyConnectedError,
    InvalidArgumentError,
    OnlyAccountError,
)
from eternaltwin.integrations.django.accounts import mark_deleted, record
from eternaltwin.integrations.django.administrators import take_rights
from eternaltwin.integrations.django.creation import account_for, insert_account
from eternaltwin.integrations.django.lookups import account_of, check_renamed, database, find_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.signals import account_connected, account_disconnected, account_moved

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.users import User

__all__ = ["connect_account", "disconnect_account", "has_other_sign_in", "move_account"]


def connect_account(user: AbstractBaseUser, player: User, connection: str) -> EternaltwinAccount:
    """Connect the account of a player who has just signed in at Eternaltwin to a user of the game.

    Args:
        user: The user who is signed in to the game, and has started this sign-in.
        player: The player, as just read from Eternaltwin.
        connection: Alias of the connection that the player was read with.

    Returns:
        The account. It is the same as before if it is connected to this user already.

    Raises:
        AccountTakenError: The account belongs to another user.
        AlreadyConnectedError: The user has another account.
        AccountRefusedError: The account is deleted at Eternaltwin.
        ConfigurationError: The account may belong to a connection that was renamed.
    """
    if player.deleted_at is not None:
        mark_deleted(player, connection)
        raise AccountRefusedError(f"the account {player.identifier} is deleted at Eternaltwin")
    account = _free_or_own(user, player, connection)
    if account is None:
        account = _insert(user, player, connection)
        account_connected.send(EternaltwinAccount, account=account)
    record(account, player, is_sign_in=True)
    return account


def _free_or_own(user: AbstractBaseUser, player: User, connection: str) -> EternaltwinAccount | None:
    """Return the account if it is connected to this user, and None if both are free."""
    account = find_account(player, connection)
    if account is not None and account.user.pk == user.pk:
        return account
    if account is not None:
        raise AccountTakenError(f"the account {player.identifier} belongs to another user")
    if EternaltwinAccount.objects.using(database()).filter(user=user).exists():
        raise AlreadyConnectedError(f"the user {user.pk} has another account")
    check_renamed(player, connection)
    return None


def _insert(user: AbstractBaseUser, player: User, connection: str) -> EternaltwinAccount:
    account = account_for(player, connection, user)
    try:
        with transaction.atomic(using=database()):
            insert_account(account)
    except IntegrityError:  # another request has connected the account or the user meanwhile
        found = _free_or_own(user, player, connection)
        if found is None:
            raise
        return found
    return account


def disconnect_account(user: AbstractBaseUser) -> None:
    """Remove the account of a user. The player who signs in with it afterwards is somebody new.

    Args:
        user: A user with an account.

    Raises:
        OnlyAccountError: The user has no other way to sign in.
    """
    account = account_of(user)
    if account is None:
        return
    if not has_other_sign_in(user):
        raise OnlyAccountError(f"the user {user.pk} has no usable password, or the site has no backend for passwords")
    take_rights(account)
    account.delete(using=database())
    user.refresh_from_db()
    account_disconnected.send(EternaltwinAccount, account=account, user=user)


def has_other_sign_in(user: AbstractBaseUser) -> bool:
    """Return whether a user can sign in without Eternaltwin.

    Args:
        user: The user.

    Returns:
        True if the user has a usable password, and the site has another authentication backend.
    """
    from eternaltwin.integrations.django.backends import EternaltwinBackend

    others = [
        path for path in settings.AUTHENTICATION_BACKENDS if not issubclass(import_string(path), EternaltwinBackend)
    ]
    return user.has_usable_password() and bool(others)


def move_account(account: EternaltwinAccount, user: AbstractBaseUser) -> AbstractBaseUser:
    """Move an account to another user, as whom its player signs in from now on.

    The old user keeps everything else, except rights that the option `administrator` has given them, and cannot sign in
    any more, unless they have a password.

    Args:
        account: The account. Its attribute `user` is changed.
        user: The new user, without an account.

    Returns:
        The old user.

    Raises:
        InvalidArgumentError: The new user has an account already, possibly this one. Two players are never merged.
    """
    old = account.user
    rows = EternaltwinAccount.objects.using(database())
    try:
        with transaction.atomic(using=database()):
            has_moved = old.pk != user.pk and rows.filter(pk=account.pk).update(user=user) > 0
    except IntegrityError:
        has_moved = False
    if not has_moved:
        raise InvalidArgumentError(
            f"the user {user.get_username()!r} has an Eternaltwin account already: move or delete that one first"
        )
    take_rights(account)
    account.user = user
    account_moved.send(EternaltwinAccount, account=account, old=old, new=user)
    return old
