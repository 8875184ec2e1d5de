"""What the server remembers, as values: users, games."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A user. Times are in UTC; ``username`` is the name to log in with, if there is one."""

    id: UUID
    username: str | None
    display_name: str
    is_administrator: bool
    has_password: bool
    created_at: datetime
    deleted_at: datetime | None


class ClientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A game that is registered as an OAuth client; ``key`` is such as ``kingdom_dev@clients``."""

    id: UUID
    key: str
    display_name: str
    uri: str
    callback: str
    secret: str
