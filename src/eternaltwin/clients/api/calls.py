"""One call of the API as somebody, and what is meant when it is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from eternaltwin import models
from eternaltwin.clients.auth import identify
from eternaltwin.clients.endpoints import SELF
from eternaltwin.clients.http.requests import Request
from eternaltwin.clients.http.sender import checked
from eternaltwin.enums import AuthorizationType
from eternaltwin.exceptions import AuthenticationError, EternalTwinError, ForbiddenError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from eternaltwin.clients.auth import Credentials, Identifiable
    from eternaltwin.clients.http.transports import Send
    from eternaltwin.exceptions import RequestError
    from eternaltwin.responses import Response

Query = tuple[tuple[str, str], ...]
Kind = TypeVar("Kind")
Refused = TypeVar("Refused", bound="RequestError")

_JSON = (("Content-Type", "application/json"),)


class Calls:
    """Sends calls as somebody."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def read(
        self, endpoint: str, kind: type[Kind], identity: Identifiable | None = None, query: Query = ()
    ) -> Kind:
        """`GET` something."""
        return decode_json(await self.send("GET", endpoint, identity, query=query), kind)

    async def send(
        self,
        method: str,
        endpoint: str,
        identity: Identifiable | None = None,
        *,
        query: Query = (),
        body: msgspec.Struct | None = None,
        secrets: tuple[str, ...] = (),
    ) -> Response:
        """Send a call, and answer what the server answered if it did what was asked.

        Args:
            method: an HTTP method.
            endpoint: a path.
            identity: who asks.
            query: the query's fields.
            body: what to send as JSON.
            secrets: texts in the body that must never be shown.

        Raises:
            AuthenticationError: the token, session or password is not good.
            RequestError: the server refuses for another reason.
        """
        who = identify(identity)
        request = Request(
            method=method,
            endpoint=endpoint,
            query=query,
            headers=who.headers if body is None else (*who.headers, *_JSON),
            body=None if body is None else msgspec.json.encode(body),
            secrets=(*who.secrets, *secrets),
        )
        try:
            return await checked(self._send, request)
        except ForbiddenError as exc:
            refused = exc
        raise await self._meaning(refused, who)

    async def _meaning(self, refused: ForbiddenError, who: Credentials) -> RequestError:
        """What a 403 means: the server takes everyone whose credentials are not good for a guest."""
        if not who.headers:
            return hinted(refused, "a guest asked, since there was no `identity`")
        if not await self._is_guest(who):
            return refused
        return AuthenticationError(
            refused.response, f"{refused.response.url}: the token, session or password is not good (any more)"
        )

    async def _is_guest(self, who: Credentials) -> bool:
        request = Request(method="GET", endpoint=SELF, headers=who.headers, secrets=who.secrets)
        try:
            myself = decode_json(await checked(self._send, request), models.Self)
        except EternalTwinError:  # the refusal is what counts
            return False
        return myself.type == AuthorizationType.GUEST


def hinted(refused: Refused, hint: str) -> Refused:
    """The same refusal, with what it may mean."""
    return type(refused)(refused.response, f"{refused}; {hint}")
