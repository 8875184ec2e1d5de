"""What the game keeps of its players' Eternaltwin accounts: never a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models.fields.related_descriptors import RelatedManager

#: The longest display name that is kept, in characters; Eternaltwin allows 64.
MAX_NAME_LENGTH = 255

#: How much is kept of a user name without its case, in characters.
MAX_KEY_LENGTH = 255


class EternaltwinAccount(models.Model):
    """A player's account at Eternaltwin: what never changes is its UUID, the primary key.

    Attributes:
        user: the player in this game, whose `user.eternaltwin_account` this is.
        connection: the alias of the connection that they sign in with. Accounts of other servers
            are other accounts, whatever their UUIDs.
        display_name: the current one, as far as is known.
        username_key: the user name that the first sign-in was given, without its case; None for an
            account that no sign-in has made. It stays when the user gets another name.
        deleted_at: when it was noticed that the player has deleted the account.
        last_login_at: when the player last signed in.
        synced_at: when Eternaltwin last told of the account.
        names: every display name that the account was seen with.
    """

    id: models.UUIDField[UUID, UUID] = models.UUIDField(_("Eternaltwin id"), primary_key=True, editable=False)
    user: models.OneToOneField[AbstractBaseUser, AbstractBaseUser] = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="eternaltwin_account",
        verbose_name=_("user"),
    )
    connection: models.CharField[str, str] = models.CharField(_("connection"), max_length=64, default="default")
    display_name: models.CharField[str, str] = models.CharField(
        _("display name"), max_length=MAX_NAME_LENGTH, db_index=True
    )
    # Databases compare user names with their case, so "Zoe" and "ZOE" can both be inserted by two sign-ins that
    # looked for either before the other was there. Of two equal keys, the database takes one.
    username_key: models.CharField[str | None, str | None] = models.CharField(
        max_length=MAX_KEY_LENGTH, unique=True, null=True, default=None, editable=False
    )
    created_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(_("first seen"), auto_now_add=True)
    updated_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(_("changed"), auto_now=True)
    last_login_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("last sign-in"), null=True, blank=True
    )
    synced_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("last checked"), null=True, blank=True, db_index=True
    )
    deleted_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        _("deleted at Eternaltwin"), null=True, blank=True
    )
    objects: ClassVar[models.Manager[EternaltwinAccount]] = models.Manager()
    names: RelatedManager[EternaltwinName]

    class Meta:
        verbose_name = _("Eternaltwin account")
        verbose_name_plural = _("Eternaltwin accounts")
        ordering: ClassVar = ["display_name", "id"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_deleted(self) -> bool:
        """Whether the player has deleted the account at Eternaltwin."""
        return self.deleted_at is not None


class EternaltwinName(models.Model):
    """A display name that an account was seen with."""

    account: models.ForeignKey[EternaltwinAccount, EternaltwinAccount] = models.ForeignKey(
        EternaltwinAccount, on_delete=models.CASCADE, related_name="names", verbose_name=_("account")
    )
    display_name: models.CharField[str, str] = models.CharField(
        _("display name"), max_length=MAX_NAME_LENGTH, db_index=True
    )
    seen_at: models.DateTimeField[datetime, datetime] = models.DateTimeField(_("first seen"), auto_now_add=True)
    objects: ClassVar[models.Manager[EternaltwinName]] = models.Manager()

    class Meta:
        verbose_name = _("display name")
        verbose_name_plural = _("display names")
        ordering: ClassVar = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return self.display_name


class UsedLogin(models.Model):
    """A sign-in that has been answered, so that it is not answered again. Nothing in it is secret."""

    key: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True, editable=False)
    deadline: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    objects: ClassVar[models.Manager[UsedLogin]] = models.Manager()

    class Meta:
        verbose_name = _("used sign-in")
        verbose_name_plural = _("used sign-ins")

    def __str__(self) -> str:
        return self.key
