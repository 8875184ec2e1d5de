"""What is known about Eternaltwin's API, one file an area, for both shells."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec

from eternaltwin.clients.api.accounts import AccountsApi
from eternaltwin.clients.api.archives import ArchivesApi
from eternaltwin.clients.api.calls import Calls
from eternaltwin.clients.api.forum import ForumApi
from eternaltwin.clients.api.oauth import OAuthApi
from eternaltwin.clients.api.server import ServerApi
from eternaltwin.clients.api.users import UsersApi
from eternaltwin.clients.auth import either
from eternaltwin.clients.http.requests import Request
from eternaltwin.clients.http.sender import checked
from eternaltwin.clients.validation.arguments import check_endpoint, check_text
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import Send
    from eternaltwin.clients.settings import Settings
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token


class Api:
    """All areas of the API, over one connection."""

    def __init__(self, send: Send, settings: Settings) -> None:
        self._send = send
        self.users = UsersApi(send)
        self.oauth = OAuthApi(send, self.users, settings)
        calls = Calls(send)
        self.server = ServerApi(calls)
        self.accounts = AccountsApi(calls)
        self.archives = ArchivesApi(calls)
        self.forum = ForumApi(calls, self.server)

    async def call(
        self,
        method: str,
        endpoint: str,
        *,
        raise_on_error: bool,
        token: Token | str | None,
        query: Mapping[str, str] | None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        identity: Identifiable | None = None,
    ) -> Response:
        """Any call of the API, for what no other area knows."""
        who = either(token, identity)
        content_type, body = _body(json, form)
        request = Request(
            method=method,
            endpoint=check_endpoint(endpoint),
            query=_fields("query", query or {}),
            headers=(*who.headers, *content_type),
            body=body,
            secrets=who.secrets,
        )
        return await (checked(self._send, request) if raise_on_error else self._send(request))


def _body(json: object, form: Mapping[str, str] | None) -> tuple[tuple[tuple[str, str], ...], bytes | None]:
    """The header field and the bytes of a body."""
    if json is not None and form is not None:
        raise InvalidArgumentError("a body is either json or form, not both")
    if json is not None:
        return (("Content-Type", "application/json"),), _encoded(json)
    if form is not None:
        fields = urlencode(_fields("form", form))
        return (("Content-Type", "application/x-www-form-urlencoded"),), fields.encode("ascii")
    return (), None


def _fields(name: str, fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((check_text(name, str(key)), check_text(name, str(value))) for key, value in fields.items())


def _encoded(json: object) -> bytes:
    with suppress(TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        return msgspec.json.encode(json)
    raise InvalidArgumentError("json must be made of what JSON has: dict, list, text, numbers, True, False and None")
