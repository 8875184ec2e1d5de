"""Users as games make them: named by an e-mail address, or by no text at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from eternaltwin.users import User


class MailUser(AbstractBaseUser):
    """Signs in elsewhere with an e-mail address. Has no is_active of its own, and no other fields."""

    email: models.EmailField[str, str] = models.EmailField(unique=True)
    objects: ClassVar[BaseUserManager[MailUser]] = BaseUserManager()
    USERNAME_FIELD = "email"

    class Meta(AbstractBaseUser.Meta):
        abstract = False
        app_label = "own_users"


class NumberUser(AbstractBaseUser):
    """Has a number for a name, and a level that must be given."""

    number: models.IntegerField[int, int] = models.IntegerField(unique=True)
    level: models.IntegerField[int, int] = models.IntegerField()
    objects: ClassVar[BaseUserManager[NumberUser]] = BaseUserManager()
    USERNAME_FIELD = "number"

    class Meta(AbstractBaseUser.Meta):
        abstract = False
        app_label = "own_users"


def new_number_user(player: User, username: str) -> AbstractBaseUser:
    """The next number; the name that is offered is the player's UUID."""
    assert username == player.identifier
    return NumberUser(number=NumberUser.objects.count() + 1, level=1)
