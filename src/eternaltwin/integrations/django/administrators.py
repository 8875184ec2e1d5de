"""The rights of administrators of Eternaltwin in the game, which the option `administrator` maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.lookups import database

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.integrations.django.models import EternaltwinAccount
    from eternaltwin.users import User


def map_administrator(account: EternaltwinAccount, player: User) -> None:
    """Let the option `administrator` change the user of an account, and save the fields that it has changed.

    Nothing happens without the option, and for a player who was read without the profile.

    Args:
        account: The account of the player.
        player: The player, as just read from Eternaltwin.
    """
    if player.is_administrator is not None:
        _apply(account.user, player.is_administrator)


def take_rights(account: EternaltwinAccount) -> None:
    """Let the option `administrator` take the rights of an administrator of Eternaltwin from the user of an account.

    Nothing happens without the option, and for a player who was no administrator.

    Args:
        account: The account that is about to be disconnected or moved.
    """
    if account.is_administrator:
        _apply(account.user, is_administrator=False)


def _apply(user: AbstractBaseUser, is_administrator: bool) -> None:
    administrator = conf.options().administrator
    if administrator is None:
        return
    before = _values(user)
    administrator(user, is_administrator)
    changed = [name for name, value in _values(user).items() if before[name] != value]
    if changed:  # only these fields: a request may be changing others at this moment
        user.save(using=database(), update_fields=changed)


def _values(user: AbstractBaseUser) -> dict[str, object]:
    return {field.name: getattr(user, field.attname) for field in user._meta.concrete_fields}
