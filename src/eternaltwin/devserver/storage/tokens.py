"""Access tokens in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, insert, select

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.storage.schema import access_tokens, users

if TYPE_CHECKING:
    from datetime import datetime

    from eternaltwin.devserver.storage.database import Database

_ADD = insert(access_tokens)
_OF_ID = (
    select(access_tokens.c.client_id, access_tokens.c.scopes, users.c.id, users.c.display_name)
    .join(users, users.c.id == access_tokens.c.user_id)
    .where(
        access_tokens.c.id == bindparam("id"),
        access_tokens.c.expires_at > bindparam("now"),
        users.c.deleted_at.is_(None),
    )
)
_RECENT = (
    select(access_tokens.c.created_at, access_tokens.c.client_id, users.c.display_name)
    .join(users, users.c.id == access_tokens.c.user_id)
    .order_by(access_tokens.c.created_at.desc())
)


class RecentTokenRecord(NamedTuple):
    """The issue of a token to a game.

    Attributes:
        created_at: Time of issue, in UTC.
        client_id: Id of the game.
        display_name: The user's current display name.
    """

    created_at: datetime
    client_id: UUID
    display_name: str


class TokenRecord(NamedTuple):
    """A valid access token.

    Attributes:
        client_id: Id of the game.
        scopes: The scopes that the user granted.
        user_id: Id of the user.
        display_name: The user's current display name.
    """

    client_id: UUID
    scopes: frozenset[str]
    user_id: UUID
    display_name: str


class TokenTable:
    """Reads and writes access tokens.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._add = database.prepare(_ADD)
        self._of_id = database.prepare(_OF_ID)
        self._database = database

    def add(self, token: str, user_id: str, client_id: str, scopes: str, now: int, expires_at: int) -> None:
        """Add a token. Times are in milliseconds since the Unix epoch.

        Args:
            token: The token, a UUID.
            user_id: Id of the user.
            client_id: Id of the game.
            scopes: Scopes, separated by spaces.
            now: Current time.
            expires_at: Time from which the token is no longer valid.
        """
        self._add.run(
            {
                "id": token,
                "user_id": user_id,
                "client_id": client_id,
                "scopes": scopes,
                "created_at": now,
                "expires_at": expires_at,
            }
        )

    def current(self, token: str, now: int) -> TokenRecord | None:
        """Find a valid token.

        Args:
            token: The token: a UUID in lower case with hyphens.
            now: Current time, in milliseconds since the Unix epoch.

        Returns:
            The token, or None if it does not exist, has expired, or its user is deleted.
        """
        row = self._of_id.one({"id": token, "now": now})
        if row is None:
            return None
        client_id, scopes, user_id, display_name = row
        return TokenRecord(UUID(client_id), frozenset(scopes.split()), UUID(user_id), display_name)

    def recent(self, limit: int) -> list[RecentTokenRecord]:
        """Read the newest tokens.

        Args:
            limit: Maximum number of tokens.

        Returns:
            The tokens, the newest first.
        """
        rows = self._database.all(_RECENT.limit(limit))
        return [
            RecentTokenRecord(from_milliseconds(row.created_at), UUID(row.client_id), row.display_name) for row in rows
        ]
