"""The asyncio client's calls about users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.abc.users import UserClientABC
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.api.users import UsersApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token

__all__ = ["UserClient"]


class UserClient(UserClientABC):
    """The calls about users, for the asyncio client. They return the server's responses as they are.

    See [`UserClientABC`][eternaltwin.clients.abc.users.UserClientABC] for the errors that every call may raise.

    Args:
        api: The calls, as coroutines.
    """

    def __init__(self, api: UsersApi) -> None:
        self._api = api

    @clears_frames
    async def me(self, token: Token | str | None = None, *, identity: Identifiable | None = None) -> Response:
        """Async variant of [`me`][eternaltwin.clients.sync.users.UserClient.me]."""
        return await self._api.me(token, identity=identity)

    @clears_frames
    async def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response:
        """Async variant of [`get`][eternaltwin.clients.sync.users.UserClient.get]."""
        return await self._api.get(user_id, token, identity=identity)

    @clears_frames
    async def search(
        self,
        query: str | None = None,
        limit: int = 20,
        offset: int = 0,
        token: Token | str | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Response:
        """Async variant of [`search`][eternaltwin.clients.sync.users.UserClient.search]."""
        return await self._api.search(query, limit, offset, token, identity=identity)
