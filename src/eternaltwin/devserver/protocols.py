"""What [`DevServer`][eternaltwin.devserver.server.DevServer] takes from the client library and gives to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, Protocol, TypedDict

if TYPE_CHECKING:
    from eternaltwin.clients.http.sender import AsyncTransport, Transport


class IdentifiedUser(Protocol):
    """A player of the client library, such as a [`User`][eternaltwin.users.User]."""

    @property
    def identifier(self) -> str:
        """The id, a UUID."""
        ...


class SigningInClient(Protocol):
    """A client of the library, sync or async."""

    @property
    def client_id(self) -> str:
        """The id of the game's OAuth client, or its key."""
        ...

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
            scope: What the game asks for, separated by spaces.

        Returns:
            An absolute URL.
        """
        ...


class ConnectionSettings(TypedDict):
    """The settings with which a client reaches a development server as one of its games.

    Attributes:
        client_id: The key of the game, such as `kingdom_dev@clients`.
        client_secret: The secret of the game.
        redirect_uri: The registered callback of the game.
        state_key: A key that signs states, at least 32 bytes.
        url: The address of the server.
        transport: The in-process transport of a server without a socket.
    """

    client_id: str
    client_secret: str
    redirect_uri: str
    state_key: str
    url: str
    transport: NotRequired[Transport | AsyncTransport]
