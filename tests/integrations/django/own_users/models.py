"""Custom user models, whose user names are e-mail addresses or numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from eternaltwin.users import User


class MailUser(AbstractBaseUser):
    """A user whose user name is an e-mail address, without the fields of Django's own user model."""

    email: models.EmailField[str, str] = models.EmailField(unique=True)
    objects: ClassVar[BaseUserManager[MailUser]] = BaseUserManager()
    USERNAME_FIELD = "email"

    class Meta(AbstractBaseUser.Meta):
        abstract = False
        app_label = "own_users"


class NumberUser(AbstractBaseUser):
    """A user whose user name is a number, with a required field."""

    number: models.IntegerField[int, int] = models.IntegerField(unique=True)
    level: models.IntegerField[int, int] = models.IntegerField()
    objects: ClassVar[BaseUserManager[NumberUser]] = BaseUserManager()
    USERNAME_FIELD = "number"

    class Meta(AbstractBaseUser.Meta):
        abstract = False
        app_label = "own_users"


def new_number_user(player: User, username: str) -> AbstractBaseUser:
    """Create a user with the next number. The proposed user name is the UUID of the player."""
    assert username == player.identifier
    return NumberUser(number=NumberUser.objects.count() + 1, level=1)
