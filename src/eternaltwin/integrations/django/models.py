"""The database tables: accounts, their display names, and used sign-ins. Tokens are never stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from eternaltwin.users import User

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.db.models.fields.related_descriptors import RelatedManager

__all__ = ["MAX_KEY_LENGTH", "MAX_NAME_LENGTH", "EternaltwinAccount", "EternaltwinName", "UsedLogin"]

#: Maximum length of a stored display name, in characters. Eternaltwin allows 64.
MAX_NAME_LENGTH = 255

#: Maximum length of `EternaltwinAccount.username_key`, in characters.
MAX_KEY_LENGTH = 255


class EternaltwinAccount(models.Model):
    """A player's account at Eternaltwin.

    Attributes:
        id: UUID of the account in this game, the primary key. It means nothing at Eternaltwin.
        identifier: UUID of the account at Eternaltwin, which never changes. It is unique among the accounts of a
            connection only, since the operator of another server can choose the UUIDs of its users.
        user: The game's own user for the player. Its attribute `eternaltwin_account` is this account.
        connection: Alias of the connection that the account belongs to: the first one in the settings that leads to
            the server where the player first signed in.
        display_name: The display name that was read last.
        username_key: The case-folded user name that the first sign-in was given, which stays when the
            user is renamed. None for an account that no sign-in has created.
        is_administrator: Whether the player was an administrator of Eternaltwin when the profile was last read. None
            if it was never read. It gives no rights in the game.
        created_at: When the account was created in this game.
        updated_at: When the account was created or last saved, got another display name, or was found to be deleted.
            Sign-ins and checks without such news do not count.
        last_login_at: When the player last signed in. None for an account without a sign-in.
        synced_at: When the account was last read from Eternaltwin. None if never.
        deleted_at: When the player deleted the account at Eternaltwin. None if it is not deleted.
        claimed_by: The run of a synchronization that checks the account now. None if there is none.
        claimed_until: When another run may check it. None if any may.
        objects: The manager.
        names: The display names that were read for the account, the latest first.
    """

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    identifier: models.UUIDField[UUID, UUID] = models.UUIDField(_("Eternaltwin id"), editable=False)
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
    # Databases compare user names with their case, so two simultaneous sign-ins could insert "Zoe" and "ZOE", each
    # after finding neither. The unique key lets the database accept one of them only.
    username_key: models.CharField[str | None, str | None] = models.CharField(
        max_length=MAX_KEY_LENGTH, unique=True, null=True, default=None, editable=False
    )
    is_administrator: models.BooleanField[bool | None, bool | None] = models.BooleanField(
        _("administrator of Eternaltwin"), null=True, default=None, editable=False
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
    claimed_by: models.UUIDField[UUID | None, UUID | None] = models.UUIDField(null=True, default=None, editable=False)
    claimed_until: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, default=None, editable=False
    )
    objects: ClassVar[models.Manager[EternaltwinAccount]] = models.Manager()
    names: RelatedManager[EternaltwinName]

    class Meta:
        verbose_name = _("Eternaltwin account")
        verbose_name_plural = _("Eternaltwin accounts")
        ordering: ClassVar = ["display_name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["identifier", "connection"], name="eternaltwin_account_of_connection")
        ]

    def __str__(self) -> str:
        return self.display_name

    def profile(self, *, fresh: bool = False) -> User:
        """Read the public profile of the player: from the `profile_cache` of the connection, if it has one.

        Nothing is stored in the database, and no signal is sent: a sign-in and `sync_eternaltwin_users` do that.

        Args:
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The user, without a token.

        Raises:
            NotFoundError: The server has no such user.

        Example:
            >>> account_of(request.user).profile().links.twinoid
        """
        return User.get(self.identifier, self.connection, fresh=fresh)

    async def aprofile(self, *, fresh: bool = False) -> User:
        """Async variant of [`profile`][eternaltwin.integrations.django.models.EternaltwinAccount.profile]."""
        return await User.aget(self.identifier, self.connection, fresh=fresh)

    @property
    def is_deleted(self) -> bool:
        """Whether the player has deleted the account at Eternaltwin."""
        return self.deleted_at is not None


class EternaltwinName(models.Model):
    """A display name that was read for an account. A name that returns after another one has a second row.

    Attributes:
        account: The account.
        display_name: The display name.
        seen_at: When the name was first read, since the previous one.
        objects: The manager.
    """

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
    """A sign-in whose callback was handled and cannot be repeated. It contains no secret.

    Attributes:
        key: SHA-256 of the nonce of the state, in hexadecimal.
        deadline: When the row may be removed, since the state has expired.
        objects: The manager.
    """

    key: models.CharField[str, str] = models.CharField(max_length=64, primary_key=True, editable=False)
    deadline: models.DateTimeField[datetime, datetime] = models.DateTimeField(db_index=True)
    objects: ClassVar[models.Manager[UsedLogin]] = models.Manager()

    class Meta:
        verbose_name = _("used sign-in")
        verbose_name_plural = _("used sign-ins")

    def __str__(self) -> str:
        return self.key
