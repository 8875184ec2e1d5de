"""What `users` of the sync and of the asyncio client have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from uuid import UUID

    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["UserClientABC"]


class UserClientABC(ABC):
    """The calls about users. They return the server's responses as they are.

    Each raises a `RequestError` if the server refuses, a `TransportError` if no response arrives, an
    `UnexpectedResponseError` for a response that is not one of Eternaltwin, and an `InvalidArgumentError` for an
    argument that is not valid.
    """

    @abstractmethod
    def me(
        self, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response | Awaitable[Response]:
        """Read who the caller is: `GET /api/v1/auth/self`. The server takes an invalid token for a guest.

        Args:
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.
        """

    @abstractmethod
    def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response | Awaitable[Response]:
        """Read a user: `GET /api/v1/users/{id}`.

        Args:
            user_id: Id of the user, a UUID.
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response: status 200, or 410 with the same body for a deleted user.

        Raises:
            NotFoundError: There is no such user.
            InvalidArgumentError: The id is not a UUID. Nothing was sent.
        """

    @abstractmethod
    def search(
        self,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        token: Token | str | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Response | Awaitable[Response]:
        """Search users by display name: `GET /api/v1/users`.

        Args:
            query: Part of a display name, in any case. None matches every user.
            limit: Maximum number of users to return, at least 0.
            offset: Number of matching users to skip, at least 0.
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.

        Raises:
            UnsupportedByServerError: The server's version cannot list users (0.16.4 and older).
            InvalidArgumentError: An argument is not valid. Nothing was sent.
        """
