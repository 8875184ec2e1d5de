"""The sync client's calls about users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.abc.users import UserClientABC
from eternaltwin.clients.driver import run
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.api.users import UsersApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["UserClient"]


class UserClient(UserClientABC):
    """The calls about users, for the sync client. They return the server's responses as they are.

    See [`UserClientABC`][eternaltwin.clients.abc.users.UserClientABC] for the errors that every call may raise.

    Args:
        api: The calls, as coroutines.
    """

    def __init__(self, api: UsersApi) -> None:
        self._api = api

    @clears_frames
    def me(self, token: Token | str | None = None, *, identity: Identifiable | None = None) -> Response:
        """Read who the caller is: `GET /api/v1/auth/self`. The server takes an invalid token for a guest.

        Args:
            token: Access token to send.
            identity: Whose credentials to send, instead of `token`.

        Returns:
            The response.
        """
        return run(self._api.me(token, identity=identity))

    @clears_frames
    def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response:
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
        return run(self._api.get(user_id, token, identity=identity))

    @clears_frames
    def search(
        self,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        token: Token | str | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Response:
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
        return run(self._api.search(query, limit, offset, token, identity=identity))
