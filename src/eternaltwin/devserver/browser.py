"""Sign-ins without a browser: follows authorization URLs as the browsers of players do."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.transports import IN_PROCESS_URL, InProcessTransport
from eternaltwin.exceptions import InvalidArgumentError, RequestError

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.asgi.protocol import ASGIApp
    from eternaltwin.devserver.services.world import World
    from eternaltwin.responses import Response


class IdentifiedUser(Protocol):
    """A user of the client library, such as a [`User`][eternaltwin.users.User]."""

    @property
    def identifier(self) -> str:
        """The id, a UUID."""
        ...


class SigningInClient(Protocol):
    """A client of the library, sync or async, that begins sign-ins."""

    def generate_state(self) -> str:
        """Generate a state for a new sign-in.

        Returns:
            The state, a signed JWT.
        """
        ...

    def authorization_url(self, state: str, scope: str = "base") -> str:
        """Build the URL to send the player's browser to.

        Args:
            state: The state of the sign-in.
            scope: Scopes that the game requests, separated by spaces.

        Returns:
            An absolute URL.
        """
        ...


def _authorization_query(url: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.path.endswith(AUTHORIZATION):
            return parts.query
    raise InvalidArgumentError("not an authorization URL: pass the one that start_authorization() returns")


class PlayerBrowser:
    """Signs players in. They stay logged in from one sign-in to the next as long as their session is valid.

    Args:
        app: The application of the server.
        world: The state of the server.
    """

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._transport = InProcessTransport(app, IN_PROCESS_URL)
        self._world = world
        self._sessions: dict[UUID, str] = {}

    def authorize(self, url: str, user_id: UUID) -> str:
        """Follow an authorization URL.

        Args:
            url: The URL, with any scheme and host.
            user_id: The player's id.

        Returns:
            The URL of the game's callback, with the code and the state.

        Raises:
            InvalidArgumentError: There is no such user, the user is deleted, or the URL is not an authorization URL.
            RequestError: The server refuses, for example because the callback is not the registered one.
        """
        response = self._get_as(user_id, f"{AUTHORIZATION}?{_authorization_query(url)}")
        if response.status_code != 303:
            raise RequestError(response)
        return response.headers["location"]

    def clear(self) -> None:
        """Forget the sessions."""
        self._sessions.clear()

    def _get_as(self, user_id: UUID, target: str) -> Response:
        sid = self._sessions.get(user_id)
        if sid is not None:
            response = self._get(target, sid)
            if not response.headers.get("location").startswith("/login"):
                return response
        self._sessions[user_id] = sid = self._world.open_session(user_id)
        return self._get(target, sid)

    def _get(self, target: str, sid: str) -> Response:
        return self._transport.send(
            HTTPRequest(
                method="GET", target=target, headers={"cookie": f"sid={sid}"}, body=None, timeout=5, is_idempotent=True
            )
        )
