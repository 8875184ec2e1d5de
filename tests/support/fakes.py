"""Transports that return scripted responses, and keep the requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self, cast

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.keys import HS256Key
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.clients.settings import ConnectionSettings

ALICE = "f3d8fb84-d150-4ac0-bc83-101aa86f2526"
CLIENT_ID = "python_client@clients"
SECRET = "dev_secret_of_the_game"
TOKEN = "17057ef8-cf90-44ed-992e-dde09cf6bfbe"
CALLBACK = "http://localhost:8000/oauth/callback"
KEY = HS256Key("correct horse battery staple, four words")
URL = "http://eternaltwin.test"

SETTINGS: ConnectionSettings = {
    "client_id": CLIENT_ID,
    "client_secret": SECRET,
    "redirect_uri": CALLBACK,
    "state_key": KEY,
    "url": URL,
}


def changed_settings(**changes: Any) -> ConnectionSettings:
    """Return the settings with changes, which may be wrong."""
    settings: Any = {**SETTINGS, **changes}
    return cast("ConnectionSettings", settings)


Outcome = Response | Exception


def json_response(status: int = 200, body: object = None, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """Return a response with a JSON body, or with the given bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(f"{URL}/somewhere", status, content, [("Content-Type", "application/json"), *headers])


class Script:
    """The outcomes of the requests, in order. The last one is repeated.

    Attributes:
        requests: The requests, but not the questions whether credentials are accepted, if `accepting()` was called.
        questions: These questions.
    """

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.requests: list[HTTPRequest] = []
        self.questions: list[HTTPRequest] = []
        self.closed: int = 0
        self._is_accepting = False

    def accepting(self) -> Self:
        """Accept all credentials: reading with an identity is followed by the question whether they are accepted."""
        self._is_accepting = True
        return self

    def outcome(self, request: HTTPRequest) -> Response:
        if self._is_accepting and request.target == "/api/v1/auth/self":
            self.questions.append(request)
            return self_response()
        self.requests.append(request)
        result = self.outcomes[min(len(self.requests), len(self.outcomes)) - 1]
        if isinstance(result, Exception):
            raise result
        return result


class FakeTransport(Script):
    def send(self, request: HTTPRequest) -> Response:
        return self.outcome(request)

    def close(self) -> None:
        self.closed += 1


class FakeAsyncTransport(Script):
    async def send(self, request: HTTPRequest) -> Response:
        return self.outcome(request)

    async def close(self) -> None:
        self.closed += 1

    def discard(self) -> None:
        self.closed += 1


def sync_client(transport: FakeTransport, *, timeout: float = 5, allow_redirects: bool = False) -> Eternaltwin:
    return Eternaltwin(
        CLIENT_ID,
        SECRET,
        CALLBACK,
        KEY,
        url=URL,
        transport=transport,
        timeout=timeout,
        allow_redirects=allow_redirects,
    )


def async_client(transport: FakeAsyncTransport) -> AsyncEternaltwin:
    return AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=URL, transport=transport)


def short_user(name: str = "Alice", identifier: str = ALICE) -> dict[str, object]:
    return {"type": "User", "id": identifier, "display_name": {"current": {"value": name}}}


def full_user(name: str = "Alice", identifier: str = ALICE, deleted_at: str | None = None) -> dict[str, object]:
    return {
        **short_user(name, identifier),
        "created_at": "2026-11-24T07:16:05.302Z",
        "deleted_at": deleted_at,
        "is_administrator": True,
        "links": {"twinoid": {"current": None, "old": []}},
    }


def token_response(**changes: object) -> Response:
    fields = {"token_type": "Bearer", "access_token": TOKEN, "expires_in": 1_000_000_000, **changes}
    return json_response(200, fields)


def self_response(client_key: str = CLIENT_ID) -> Response:
    client = {
        "type": "OauthClient",
        "id": "b9e0d783-c9cb-4b80-8746-832ef3095770",
        "key": client_key,
        "display_name": "Python Client",
    }
    return json_response(200, {"type": "AccessToken", "scope": "Default", "client": client, "user": short_user()})
