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
    administrator = conf.options().administrator
    if administrator is None or player.is_administrator is None:
        return
    before = _values(account.user)
    administrator(account.user, player.is_administrator)
    changed = [name for name, value in _values(account.user).items() if before[name] != value]
    if changed:  # only these fields: a request may be changing others at this moment
        account.user.save(using=database(), update_fields=changed)


def _values(user: AbstractBaseUser) -> dict[str, object]:
    return {field.name: getattr(user, field.attname) for field in user._meta.concrete_fields}
