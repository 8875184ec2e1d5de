"""The one way in which all areas of the API send their calls."""

from __future__ import annotations

from copy import copy
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from eternaltwin import models
from eternaltwin.clients.api.versions import LAST_WITHOUT, Capability, ServerInfo
from eternaltwin.clients.auth import Credentials, identify
from eternaltwin.clients.endpoints import SELF, SERVER
from eternaltwin.clients.http.requests import Request
from eternaltwin.clients.http.status_errors import status_error
from eternaltwin.enums import AuthorizationType
from eternaltwin.exceptions import (
    AuthenticationError,
    EternalTwinError,
    ForbiddenError,
    RequestError,
    UnsupportedByServerError,
)
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from eternaltwin.clients.api.bodies import RequestBody
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import SendCall
    from eternaltwin.clients.validation.requests import Fields
    from eternaltwin.error_responses import ErrorDetails, ResponseLike
    from eternaltwin.responses import Response

Kind = TypeVar("Kind")
Refused = TypeVar("Refused", bound=RequestError)

#: What a refusal of a call may also mean, by the class of the error.
Hints: TypeAlias = "Mapping[type[RequestError], str]"

NO_HINTS: Hints = {}

OK, NOT_FOUND = 200, 404

#: Seconds for which credentials count as accepted after the server has accepted them.
ACCEPTED_FOR = 60.0

#: Maximum number of credentials that are remembered as accepted.
MAX_ACCEPTED = 1000

#: How a server responds that lacks a capability: no permission, no such route, or no such method.
_STATUSES_OF_OLD_SERVERS = frozenset({403, 404, 405, 501})


class ApiClient:
    """Sends calls with the caller's credentials, and raises errors that explain refusals.

    A call that succeeds is one request. After a refusal, other requests may find out whether the credentials are valid
    and which version the server has, so that the error reports it. The server treats everyone whose credentials are not
    valid as a guest, and a guest may read almost everything. Reading with an identity is therefore followed by another
    request, `GET /api/v1/auth/self`, unless the server has accepted the same credentials within the last minute.

    Args:
        send: Sends one call and returns its response, whatever its status.
    """

    def __init__(self, send: SendCall) -> None:
        self._send = send
        self._version: tuple[ServerInfo, Response] | None = None
        self._accepted: dict[bytes, float] = {}  # until when credentials count as accepted, by their digest
        self._is_one_of_many = False

    def for_many_calls(self) -> ApiClient:
        """Return a client for calls that are sent together.

        Returns:
            A client like this one. The time until a call has a connection does not count as part of the call.
        """
        client = copy(self)
        client._is_one_of_many = True
        return client

    async def send(
        self,
        method: str,
        endpoint: str,
        identity: Identifiable | Credentials | None = None,
        *,
        query: Fields = (),
        body: RequestBody | None = None,
        accept: Container[int] = (),
        capability: Capability | None = None,
        hints: Hints = NO_HINTS,
    ) -> Response:
        """Send a call, and return the response if the server accepts the call.

        Args:
            method: HTTP method.
            endpoint: Path on the server.
            identity: Whose credentials to send, or the credentials themselves.
            query: Fields of the query.
            body: Body of the request.
            accept: Statuses to return as well, instead of raising an error.
            capability: What the server must be able to do for this call. If it refuses, and its version lacks the
                capability, the error reports it.
            hints: What a refusal of this call may also mean, added to the message of the error.

        Returns:
            The response, with a status of success or one in `accept`.

        Raises:
            AuthenticationError: The token, session or password is not valid.
            UnsupportedByServerError: The server's version lacks the capability.
            RequestError: The server refuses for another reason.
        """
        credentials = identity if isinstance(identity, Credentials) else identify(identity)
        headers, secrets = credentials.headers, credentials.secrets
        content = None
        if body is not None:
            headers, secrets = (*headers, ("Content-Type", body.content_type)), (*secrets, *body.secrets)
            content = body.content
        request = Request(
            method=method,
            endpoint=endpoint,
            query=query,
            headers=headers,
            body=content,
            secrets=secrets,
            is_one_of_many=self._is_one_of_many,
        )
        response = await self._send(request)
        failure = None if response.status_code in accept else status_error(response, secrets)
        if failure is None:
            if method == "GET" and endpoint != SELF and OK not in accept:
                await self._check_accepted(credentials, response)
            return response
        if isinstance(failure, RequestError):
            failure = _hinted(await self._explain(failure, credentials, capability), hints)
        elif capability is not None and response.status_code == NOT_FOUND:
            failure = await self._inability(capability, response) or failure
        raise failure

    async def fetch(
        self,
        method: str,
        endpoint: str,
        kind: type[Kind],
        identity: Identifiable | Credentials | None = None,
        *,
        query: Fields = (),
        body: RequestBody | None = None,
        capability: Capability | None = None,
        hints: Hints = NO_HINTS,
    ) -> Kind:
        """Send a call as [`send`][eternaltwin.clients.api.client.ApiClient.send] does, and decode the response.

        Args:
            method: HTTP method.
            endpoint: Path on the server.
            kind: Type of the result.
            identity: Whose credentials to send, or the credentials themselves.
            query: Fields of the query.
            body: Body of the request.
            capability: What the server must be able to do for this call.
            hints: What a refusal of this call may also mean.

        Returns:
            An instance of `kind`.

        Raises:
            RequestError: The server refuses.
            UnexpectedResponseError: The response has another shape.
        """
        response = await self.send(
            method, endpoint, identity, query=query, body=body, capability=capability, hints=hints
        )
        return decode_json(response, kind)

    async def server_info(self, refresh: bool = False, identity: Identifiable | None = None) -> ServerInfo:
        """Return what is known about the server: `GET /api/v1`, sent once.

        Args:
            refresh: Whether to read it again.
            identity: Whose credentials to send.

        Returns:
            The server's version.

        Raises:
            RequestError: The server refuses.
        """
        return (await self._versioned(refresh, identity))[0]

    async def require(self, capability: Capability) -> None:
        """Check that the server has a capability, before a call that needs it is sent.

        Args:
            capability: What the server must be able to do.

        Raises:
            UnsupportedByServerError: The server's version lacks it.
        """
        failure = await self._inability(capability)
        if failure is not None:
            raise failure

    async def accepted(self, credentials: Credentials) -> Credentials:
        """Check, before many calls, that the server accepts the credentials, if it must.

        Args:
            credentials: The credentials of the calls.

        Returns:
            The credentials, which are not checked again.

        Raises:
            AuthenticationError: The server does not accept the credentials.
        """
        await self._check_accepted(credentials)
        return msgspec.structs.replace(credentials, must_be_accepted=False)

    async def _check_accepted(self, credentials: Credentials, response: Response | None = None) -> None:
        """Check that the server does not treat the caller as a guest, whose response may be the one that is given."""
        if not credentials.must_be_accepted or self._accepted.get(credentials.digest, 0.0) > monotonic():
            return
        seen = await self._seen(credentials)
        if seen is None:
            return
        if seen[0].type == AuthorizationType.GUEST:
            raise _not_accepted(response or seen[1], credentials)
        self._remember(credentials.digest)

    async def _explain(
        self, refused: RequestError, credentials: Credentials, capability: Capability | None
    ) -> RequestError:
        """Return the error that explains a refusal."""
        # A refusal with a code of its own, as of `POST /oauth/token`, leaves nothing to find out.
        is_vague = isinstance(refused, ForbiddenError) and refused.code is None
        if is_vague and credentials.headers and await self._is_guest(credentials):
            return _not_accepted(refused.response, credentials, refused.details)
        if capability is not None and refused.response.status_code in _STATUSES_OF_OLD_SERVERS:
            inability = await self._inability(capability, refused.response, refused.details)
            if inability is not None:
                return inability
        if is_vague and not credentials.headers:
            return with_hint(refused, "the call was sent without credentials, since there was no `identity`")
        if isinstance(refused, AuthenticationError) and credentials.headers:
            return with_hint(refused, f"the call was sent with {credentials.name}")
        return refused

    def _remember(self, digest: bytes) -> None:
        self._accepted.pop(digest, None)
        self._accepted[digest] = monotonic() + ACCEPTED_FOR
        for oldest in list(self._accepted)[:-MAX_ACCEPTED]:
            self._accepted.pop(oldest, None)

    async def _is_guest(self, credentials: Credentials) -> bool:
        seen = await self._seen(credentials)
        return seen is not None and seen[0].type == AuthorizationType.GUEST

    async def _seen(self, credentials: Credentials) -> tuple[models.Self, Response] | None:
        """Return who the server takes the caller for; None if it does not say."""
        request = Request(method="GET", endpoint=SELF, headers=credentials.headers, secrets=credentials.secrets)
        try:
            response = await self._send(request)
            return decode_json(response, models.Self), response
        except EternalTwinError:  # the call itself is what counts
            return None

    async def _inability(
        self, capability: Capability, refusal: ResponseLike | None = None, details: ErrorDetails | None = None
    ) -> UnsupportedByServerError | None:
        """Return the error for a version that lacks a capability; None if it may have it."""
        try:
            info, response = await self._versioned()
        except EternalTwinError:  # the call itself may still work
            return None
        if info.supports(capability):
            return None
        last = ".".join(map(str, LAST_WITHOUT[capability]))
        shown = response if refusal is None else refusal
        return UnsupportedByServerError(
            shown,
            f"{shown.url}: this server is Eternaltwin {info.version}, which cannot {capability}; versions after"
            f" {last} can",
            details,
        )

    async def _versioned(
        self, refresh: bool = False, identity: Identifiable | None = None
    ) -> tuple[ServerInfo, Response]:
        if self._version is None or refresh:
            response = await self.send("GET", SERVER, identity)
            version = decode_json(response, models.ServerVersion).eternaltwin.version
            self._version = ServerInfo(version), response
        return self._version


def _not_accepted(
    response: ResponseLike, credentials: Credentials, details: ErrorDetails | None = None
) -> AuthenticationError:
    message = f"{response.url}: {credentials.name} is not valid, or no longer valid"
    return AuthenticationError(response, message, details)


def with_hint(refused: Refused, hint: str) -> Refused:
    """Return the same refusal, with a hint at what it may mean.

    Args:
        refused: An error.
        hint: What it may mean.

    Returns:
        A new error of the same class.
    """
    return type(refused)(refused.response, f"{refused}; {hint}", refused.details)


def _hinted(refused: RequestError, hints: Hints) -> RequestError:
    hint = hints.get(type(refused))
    return refused if hint is None else with_hint(refused, hint)
