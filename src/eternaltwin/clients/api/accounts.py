"""Accounts, as the API knows them: registering, logging in, changing, linking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.api.calls import hinted
from eternaltwin.clients.endpoints import SELF, USER, USER_DELETION, USER_LINK, USER_TERMS, USERS
from eternaltwin.clients.validation.arguments import check_uuid
from eternaltwin.clients.validation.fields import (
    DINOPARC_SERVERS,
    LINK_SITES,
    TWINOID,
    check_choice,
    check_display_name,
    check_login,
    check_number,
    check_password,
    check_username,
)
from eternaltwin.exceptions import AuthenticationError, RequestError, ServerError, UnexpectedResponseError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.api.calls import Calls
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response

_SESSION = re.compile(r"\s*sid=([A-Za-z0-9._~-]+)\s*(?:;|$)", re.ASCII)
_LOGIN_QUERY = (("method", "Etwin"),)

_LOCKED = (
    "official servers answer so too while a name is locked: a display name for 30 days after it was changed,"
    " a username for 7 days, a password for 10 minutes"
)
_TAKEN = "official servers answer so too when the username is taken"
_NOT_LINKED = (
    "official servers answer so too when whoever asks may not do it (linking is for administrators),"
    " and when they do not know the archived account"
)
_NOT_RESTORED = "official servers that keep everything in memory cannot restore users"


class AccountsApi:
    """The calls about accounts."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def log_in(self, username: str, password: str) -> tuple[models.User, str]:
        """Open a session: `PUT /api/v1/auth/self`. Answers the user, and the session's id."""
        body = models.LoginBody(login=check_login(username), password=_hex(password))
        try:
            response = await self._calls.send(
                "PUT", SELF, query=_LOGIN_QUERY, body=body, secrets=(password, body.password)
            )
        except RequestError as exc:
            if exc.response.status_code != 400:
                raise
            refused = exc.response
        else:
            return _opened(response)
        raise AuthenticationError(refused, f"{refused.url}: there is no such user, or the password is wrong")

    async def register(self, username: str, display_name: str, password: str) -> tuple[models.User, str]:
        """Create an account: `POST /api/v1/users`. Answers the user, and the id of the session that it opens."""
        body = models.Registration(
            username=check_username(username),
            display_name=check_display_name(display_name),
            password=_hex(password),
        )
        try:
            return _opened(await self._calls.send("POST", USERS, body=body, secrets=(password, body.password)))
        except ServerError as exc:
            refused = hinted(exc, _TAKEN)
        raise refused

    async def log_out(self, identity: Identifiable | None = None) -> None:
        """Have the session's cookie cleared: `DELETE /api/v1/auth/self`."""
        await self._calls.send("DELETE", SELF, identity)

    async def change_display_name(
        self, user_id: str | UUID, display_name: str, identity: Identifiable | None = None
    ) -> models.User:
        """Change the display name: `PATCH /api/v1/users/{id}`."""
        return await self._change(user_id, models.UserPatch(display_name=check_display_name(display_name)), identity)

    async def change_username(
        self, user_id: str | UUID, username: str | None, identity: Identifiable | None = None
    ) -> models.User:
        """Change, or with None remove, the name to log in with: `PATCH /api/v1/users/{id}`."""
        name = None if username is None else check_username(username)
        return await self._change(user_id, models.UserPatch(username=name), identity)

    async def change_password(
        self, user_id: str | UUID, password: str | None, identity: Identifiable | None = None
    ) -> models.User:
        """Change, or with None remove, the password: `PATCH /api/v1/users/{id}`."""
        if password is None:
            return await self._change(user_id, models.UserPatch(password=None), identity)
        encoded = _hex(password)
        return await self._change(user_id, models.UserPatch(password=encoded), identity, (password, encoded))

    async def terms(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.TermsOfService:
        """Whether a user has accepted the terms of service: `GET /api/v1/users/{id}/tos`."""
        endpoint = USER_TERMS.format(user_id=check_uuid(user_id))
        return await self._calls.read(endpoint, models.TermsOfService, identity)

    async def accept_terms(self, user_id: str | UUID, identity: Identifiable | None = None) -> None:
        """Accept the terms of service: `POST /api/v1/users/{id}/tos`."""
        await self._calls.send("POST", USER_TERMS.format(user_id=check_uuid(user_id)), identity)

    async def delete(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.User:
        """Delete a user: `DELETE /api/v1/users/{id}`."""
        endpoint = USER.format(user_id=check_uuid(user_id))
        return decode_json(await self._calls.send("DELETE", endpoint, identity), models.User)

    async def restore(self, user_id: str | UUID, identity: Identifiable | None = None) -> models.User:
        """Take a deletion back: `DELETE /api/v1/users/{id}/deleted_at`."""
        endpoint = USER_DELETION.format(user_id=check_uuid(user_id))
        try:
            return decode_json(await self._calls.send("DELETE", endpoint, identity), models.RestoredUser).user
        except ServerError as exc:
            refused = hinted(exc, _NOT_RESTORED)
        raise refused

    async def link(
        self, user_id: str | UUID, site: str, account_id: str | int, identity: Identifiable | None = None
    ) -> models.Link:
        """Link an archived account: `PUT /api/v1/users/{id}/links/{site}`."""
        kind, number = _account(site, account_id)
        order = models.LinkOrder(
            dinoparc_user_id=number if kind == "DinoparcUser" else UNSET,
            hammerfest_user_id=number if kind == "HammerfestUser" else UNSET,
            twinoid_user_id=number if kind == "TwinoidUser" else UNSET,
        )
        return await self._change_link("PUT", user_id, site, order, identity)

    async def unlink(
        self, user_id: str | UUID, site: str, account_id: str | int, identity: Identifiable | None = None
    ) -> models.Link:
        """Take a link back: `DELETE /api/v1/users/{id}/links/{site}`."""
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
        endpoint = USER_LINK.format(user_id=check_uuid(user_id), site=site)
        try:
            return decode_json(await self._calls.send(method, endpoint, identity, body=body), models.Link)
        except ServerError as exc:
            refused = hinted(exc, _NOT_LINKED)
        raise refused

    async def _change(
        self,
        user_id: str | UUID,
        patch: models.UserPatch,
        identity: Identifiable | None,
        secrets: tuple[str, ...] = (),
    ) -> models.User:
        endpoint = USER.format(user_id=check_uuid(user_id))
        try:
            response = await self._calls.send("PATCH", endpoint, identity, body=patch, secrets=secrets)
            return decode_json(response, models.User)
        except ServerError as exc:
            refused = hinted(exc, _LOCKED)
        raise refused


def _hex(password: str) -> str:
    """A password, as it travels in JSON."""
    return check_password(password).encode("utf-8").hex()


def _opened(response: Response) -> tuple[models.User, str]:
    """The user that an answer is about, and the session that it opens."""
    user = decode_json(response, models.User)
    found = [_SESSION.match(field) for field in response.headers.get_all("set-cookie")]
    sessions = [match[1] for match in found if match is not None]
    if not sessions:
        raise UnexpectedResponseError(f"{response.url} opened no session", response)
    return user, sessions[-1]


def _account(site: str, account_id: str | int) -> tuple[str, str]:
    """The kind of an archived account, and its id."""
    checked = check_choice("site", site, LINK_SITES)
    if checked in DINOPARC_SERVERS:
        return "DinoparcUser", check_number("account_id", account_id, 0)
    return "TwinoidUser" if checked == TWINOID else "HammerfestUser", check_number("account_id", account_id)
