"""Accounts: registration, log-in, changes, links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.api.bodies import json_body
from eternaltwin.clients.endpoints import SELF, USER, USER_DELETION, USER_LINK, USER_TERMS, USERS
from eternaltwin.clients.validation.accounts import (
    check_display_name,
    check_login,
    check_password,
    check_user_id,
    check_username,
)
from eternaltwin.clients.validation.archives import check_archive_id
from eternaltwin.clients.validation.values import check_choice
from eternaltwin.exceptions import AuthenticationError, RequestError, ServerError, UnexpectedResponseError
from eternaltwin.responses import decode_json
from eternaltwin.rules.accounts import DISPLAY_NAME_LOCK_TIME, PASSWORD_LOCK_TIME, USERNAME_LOCK_TIME
from eternaltwin.rules.archives import LINK_SITES, SITES, TWINOID

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from eternaltwin.clients.api.client import ApiClient, Hints
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response

_SESSION = re.compile(r"\s*sid=([A-Za-z0-9._~-]+)\s*(?:;|$)", re.ASCII)
_LOGIN_QUERY = (("method", "Etwin"),)

_LOCKED: Hints = {
    ServerError: "official servers also refuse while a name is locked: a display name for"
    f" {DISPLAY_NAME_LOCK_TIME} after it was changed, a username for {USERNAME_LOCK_TIME}, a password for"
    f" {PASSWORD_LOCK_TIME}"
}
_TAKEN: Hints = {ServerError: "official servers also refuse when the username is taken"}
_NOT_LINKED: Hints = {
    ServerError: "official servers also refuse when the caller is not permitted to do it (linking is for"
    " administrators), and when they do not know the archived account"
}
_NOT_RESTORED: Hints = {ServerError: "official servers that keep everything in memory cannot restore users"}


class AccountsApi:
    """The calls about accounts.

    Args:
        client: Sends the calls.
        forget: Called with the id of each user that was changed.
    """

    def __init__(self, client: ApiClient, forget: Callable[[str | UUID], Awaitable[None]]) -> None:
        self._client = client
        self._forget = forget

    async def log_in(self, username: str, password: str) -> tuple[models.User, str]:
        """Open a session: `PUT /api/v1/auth/self`.

        Args:
            username: Username of the account.
            password: Its password.

        Returns:
            The user, and the id of the session.

        Raises:
            AuthenticationError: There is no such user, or the password is wrong.
        """
        encoded = _hex(password)
        body = json_body(models.LoginBody(login=check_login(username), password=encoded), password, encoded)
        try:
            return _opened(await self._client.send("PUT", SELF, query=_LOGIN_QUERY, body=body))
        except RequestError as exc:
            if exc.response.status_code != 400:
                raise
            refused = exc
        message = f"{refused.response.url}: there is no such user, or the password is wrong"
        raise AuthenticationError(refused.response, message, refused.details)

    async def register(self, username: str, display_name: str, password: str) -> tuple[models.User, str]:
        """Create an account, and open a session: `POST /api/v1/users`.

        Args:
            username: Username of the account.
            display_name: Its display name.
            password: Its password.

        Returns:
            The user, and the id of the session.

        Raises:
            ServerError: The server refuses, for example because the username is taken.
        """
        encoded = _hex(password)
        name = check_username(username)
        new = models.Registration(username=name, display_name=check_display_name(display_name), password=encoded)
        return _opened(await self._client.send("POST", USERS, body=json_body(new, password, encoded), hints=_TAKEN))

    async def log_out(self, identity: Identifiable | None = None) -> None:
        """Clear the session's cookie: `DELETE /api/v1/auth/self`.

        Args:
            identity: Whose credentials to send.
        """
        await self._client.send("DELETE", SELF, identity)

    async def change_display_name(
        self, user_id: str | UUID, display_name: str, identity: Identifiable | None = None
    ) -> models.User:
        """Change the display name: `PATCH /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            display_name: The new display name.
            identity: Whose credentials to send.

        Returns:
            The changed user.

        Raises:
            ServerError: The server refuses, for example because the name is locked after a change.
        """
        return await self._change(user_id, models.UserPatch(display_name=check_display_name(display_name)), identity)

    async def change_username(
        self, user_id: str | UUID, username: str | None, identity: Identifiable | None = None
    ) -> models.User:
        """Change or remove the username: `PATCH /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            username: The new username. None removes it.
            identity: Whose credentials to send.

        Returns:
            The changed user.

        Raises:
            ServerError: The server refuses, for example because the name is locked after a change.
        """
        name = None if username is None else check_username(username)
        return await self._change(user_id, models.UserPatch(username=name), identity)

    async def change_password(
        self, user_id: str | UUID, password: str | None, identity: Identifiable | None = None
    ) -> models.User:
        """Change or remove the password: `PATCH /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            password: The new password. None removes it.
            identity: Whose credentials to send.

        Returns:
            The changed user.

        Raises:
            ServerError: The server refuses, for example because the password is locked after a change.
        """
        if password is None:
            return await self._change(user_id, models.UserPatch(password=None), identity)
        encoded = _hex(password)
        return await self._change(user_id, models.UserPatch(password=encoded), identity, password, encoded)

    async def terms(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.TermsOfService:
        """Read whether a user has accepted the terms of service: `GET /api/v1/users/{id}/tos`.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            What was accepted, and when.
        """
        endpoint = USER_TERMS.format(user_id=check_user_id(user_id))
        return await self._client.fetch("GET", endpoint, models.TermsOfService, identity)

    async def accept_terms(self, user_id: str | UUID, identity: Identifiable | None = None) -> None:
        """Accept the terms of service: `POST /api/v1/users/{id}/tos`.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.
        """
        await self._client.send("POST", USER_TERMS.format(user_id=check_user_id(user_id)), identity)

    async def delete(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.User:
        """Delete a user: `DELETE /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            The deleted user.
        """
        endpoint = USER.format(user_id=check_user_id(user_id))
        deleted = await self._client.fetch("DELETE", endpoint, models.User, identity)
        await self._forget(user_id)
        return deleted

    async def restore(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.User:
        """Restore a deleted user: `DELETE /api/v1/users/{id}/deleted_at`.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            The restored user.

        Raises:
            ServerError: The server cannot restore users.
        """
        endpoint = USER_DELETION.format(user_id=check_user_id(user_id))
        restored = await self._client.fetch("DELETE", endpoint, models.RestoredUser, identity, hints=_NOT_RESTORED)
        await self._forget(user_id)
        return restored.user

    async def link(
        self, user_id: str | UUID, site: str, account_id: str | int, identity: Identifiable | None = None
    ) -> models.Link:
        """Link an archived account: `PUT /api/v1/users/{id}/links/{site}`.

        Args:
            user_id: Id of the user, a UUID.
            site: Site of the archived account, such as `twinoid.com`.
            account_id: Number of the account there.
            identity: Whose credentials to send.

        Returns:
            The link.

        Raises:
            ServerError: The server refuses, for example because it does not know the account.
        """
        kind, number = _account(site, account_id)
        order = models.LinkOrder(
            method="Ref",
            dinoparc_user_id=number if kind == "DinoparcUser" else UNSET,
            hammerfest_user_id=number if kind == "HammerfestUser" else UNSET,
            twinoid_user_id=number if kind == "TwinoidUser" else UNSET,
        )
        return await self._change_link("PUT", user_id, site, order, identity)

    async def unlink(
        self, user_id: str | UUID, site: str, account_id: str | int, identity: Identifiable | None = None
    ) -> models.Link:
        """Remove a link: `DELETE /api/v1/users/{id}/links/{site}`.

        Args:
            user_id: Id of the user, a UUID.
            site: Site of the archived account, such as `twinoid.com`.
            account_id: Number of the account there.
            identity: Whose credentials to send.

        Returns:
            What is left of the link.

        Raises:
            ServerError: The server refuses, for example because it does not know the account.
        """
        kind, number = _account(site, account_id)
        account = models.ArchiveUserRef(type=kind, server=UNSET if site == TWINOID else site, id=number)
        return await self._change_link("DELETE", user_id, site, account, identity)

    async def _change_link(
        self,
        method: str,
        user_id: str | UUID,
        site: str,
        body: models.LinkOrder | models.ArchiveUserRef,
        identity: Identifiable | None,
    ) -> models.Link:
        endpoint = USER_LINK.format(user_id=check_user_id(user_id), site=site)
        link = await self._client.fetch(
            method, endpoint, models.Link, identity, body=json_body(body), hints=_NOT_LINKED
        )
        await self._forget(user_id)
        return link

    async def _change(
        self, user_id: str | UUID, patch: models.UserPatch, identity: Identifiable | None, *secrets: str
    ) -> models.User:
        endpoint = USER.format(user_id=check_user_id(user_id))
        body = json_body(patch, *secrets)
        changed = await self._client.fetch("PATCH", endpoint, models.User, identity, body=body, hints=_LOCKED)
        await self._forget(user_id)
        return changed


def _hex(password: str) -> str:
    """Return a password in the hexadecimal form that the API expects."""
    return check_password(password).encode("utf-8").hex()


def _opened(response: Response) -> tuple[models.User, str]:
    """Return the user and the id of the session from the response that opens it."""
    user = decode_json(response, models.User)
    found = [_SESSION.match(field) for field in response.headers.get_all("set-cookie")]
    sessions = [match[1] for match in found if match is not None]
    if not sessions:
        raise UnexpectedResponseError(f"{response.url} opened no session", response)
    return user, sessions[-1]


def _account(site: str, account_id: str | int) -> tuple[str, str]:
    """Return the kind of an archived account, and its id."""
    checked = SITES[check_choice("site", site, LINK_SITES)]
    return f"{checked.game}User", check_archive_id("account_id", account_id, checked.ids)
