"""What the clients' `users` have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from uuid import UUID

    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response
    from eternaltwin.tokens import Token


class UserClientABC(ABC):
    """The calls about users, with the server's answers as they are.

    Each raises a `RequestError` when the server refuses, a `TransportError` when no answer
    comes, an `UnexpectedResponseError` for an answer that cannot be one of Eternaltwin's, and
    an `InvalidArgumentError` for an argument that cannot be sent.
    """

    @abstractmethod
    def me(
        self, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response | Awaitable[Response]:
        """Who is asking: `GET /api/v1/auth/self`. A token that is not good is a `Guest`."""

    @abstractmethod
    def get(
        self, user_id: str | UUID, token: Token | str | None = None, *, identity: Identifiable | None = None
    ) -> Response | Awaitable[Response]:
        """One user: `GET /api/v1/users/{id}`; status 410 with the same body for a deleted one."""

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
        """A page of the users whose display name holds `query`: `GET /api/v1/users`."""
