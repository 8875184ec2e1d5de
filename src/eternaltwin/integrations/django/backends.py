"""The authentication backend."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.login import Login

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

    from eternaltwin.users import User

__all__ = ["EternaltwinBackend"]

logger = logging.getLogger(__name__)


class EternaltwinBackend(ModelBackend):
    """Authenticates finished sign-ins, never passwords. Permissions are those of Django's `ModelBackend`.

    Users who are not active, or whose account is deleted at Eternaltwin, are refused: their sessions
    end with their next request.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: object,
    ) -> AbstractBaseUser | None:
        """Return the user of a finished sign-in, and create it at the first one.

        The user has the attributes `eternaltwin_account`, and `eternaltwin_is_new`: whether it was just created.

        Args:
            request: The request to the callback, if there is one. Not used.
            username: A user name, for other backends. Not used.
            password: A password, for other backends. Not used.
            **kwargs: `eternaltwin_login`, the finished [`Login`][eternaltwin.login.Login], and
                `eternaltwin_connection`, the alias of its connection (`default` if left out).

        Returns:
            The user, or None for other credentials.

        Raises:
            PermissionDenied: The account is refused. Django then tries no other backend.
            ConfigurationError: No user can be created for the account, or a setting is wrong.

        Example:
            >>> user = authenticate(request, eternaltwin_login=login, eternaltwin_connection="default")
        """
        login = kwargs.get("eternaltwin_login")
        connection = kwargs.get("eternaltwin_connection", DEFAULT_ALIAS)
        if not isinstance(login, Login) or not isinstance(connection, str):
            return None
        player = cast("Login[User]", login).user
        try:
            account, is_new = sign_in_account(player, connection)
        except AccountRefusedError as exc:
            logger.warning("Sign-in refused: %s", exc)
            raise PermissionDenied(str(exc)) from exc
        user = account.user
        vars(user)["eternaltwin_is_new"] = is_new
        return user

    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: object
    ) -> AbstractBaseUser | None:
        """Async variant of [`authenticate`][eternaltwin.integrations.django.backends.EternaltwinBackend.authenticate].

        `django.contrib.auth.aauthenticate` calls it.
        """
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)

    def get_user(self, user_id: object) -> AbstractBaseUser | None:
        """Return the user of a session, read in one query with the Eternaltwin account.

        Args:
            user_id: Primary key of the user.

        Returns:
            The user, or None if it does not exist, has no Eternaltwin account, is not active, or the
            account is deleted at Eternaltwin.
        """
        users = get_user_model()._default_manager.select_related("eternaltwin_account")
        user = users.filter(pk=user_id).first()
        account: object = getattr(user, "eternaltwin_account", None)
        if user is None or not isinstance(account, EternaltwinAccount) or account.is_deleted:
            return None
        return user if self.user_can_authenticate(user) else None

    async def aget_user(self, user_id: object) -> AbstractBaseUser | None:
        """Async variant of [`get_user`][eternaltwin.integrations.django.backends.EternaltwinBackend.get_user]."""
        return await sync_to_async(self.get_user)(user_id)
