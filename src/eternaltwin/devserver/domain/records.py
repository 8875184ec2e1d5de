"""What the server remembers, as values: users, games, and who is asking."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A user. Times are in UTC; `username` is the name to log in with, if there is one."""

    id: UUID
    username: str | None
    display_name: str
    is_administrator: bool
    has_password: bool
    created_at: datetime
    deleted_at: datetime | None


class ClientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A game that is registered as an OAuth client; `key` is such as `kingdom_dev@clients`."""

    id: UUID
    key: str
    display_name: str
    uri: str
    callback: str
    secret: str

    def __repr__(self) -> str:
        return f"ClientRecord({self.key})"


#: Names a user: the record, its id, or its username.
UserRef = UserRecord | UUID | str

#: Names a game: the record, its id, or its key with or without `@clients`.
ClientRef = ClientRecord | UUID | str


class TokenHolder(msgspec.Struct, frozen=True):
    """A game that acts for a user, with an access token."""

    client: ClientRecord
    user_id: UUID
    display_name: str
    scopes: frozenset[str]


#: Who is asking: somebody, a game for somebody, a game for itself, or nobody.
Caller = UserRecord | TokenHolder | ClientRecord | None


class RecentSignIn(msgspec.Struct, frozen=True):
    """A player signed in with a game; names as people see them."""

    time: datetime
    game: str
    player: str
