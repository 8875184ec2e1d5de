"""The database tables of the game."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models

from examples.shared.dice import Roll

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import User


class Throw(models.Model):
    """The dice of a player on one day. Names are not stored here, since they change."""

    player: models.ForeignKey[User, User] = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day: models.DateField[date, date] = models.DateField()
    dice: models.CharField[str, str] = models.CharField(max_length=5)
    score: models.PositiveSmallIntegerField[int, int] = models.PositiveSmallIntegerField()
    objects: ClassVar[models.Manager[Throw]] = models.Manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["player", "day"], name="one_throw_a_day")]

    def __str__(self) -> str:
        return f"{self.dice} on {self.day}"

    @property
    def roll(self) -> Roll:
        """The dice, with their hand and score."""
        return Roll(self.dice)
