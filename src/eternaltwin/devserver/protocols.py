"""What [`DevServer`][eternaltwin.devserver.server.DevServer] takes from the client library and gives to it."""

from __future__ import annotations

from typing import Protocol


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
