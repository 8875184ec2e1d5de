"""The JSON of users and games where only a name is needed."""

from __future__ import annotations

from uuid import UUID

import msgspec


class DisplayNameVersion(msgspec.Struct, frozen=True):
    """A display name, as it stands at one time."""

    value: str


class DisplayName(msgspec.Struct, frozen=True):
    """A display name with, on a newer server perhaps, its history."""

    current: DisplayNameVersion

    @classmethod
    def of(cls, value: str) -> DisplayName:
        """The display name that is now `value`."""
        return cls(DisplayNameVersion(value))


class ShortUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user where only a name is needed: authors, tokens."""

    type: str = "User"
    id: UUID
    display_name: DisplayName


class UserRef(msgspec.Struct, frozen=True, kw_only=True):
    """A user where only the id is needed: whom a role is given to."""

    type: str = "User"
    id: UUID


class ShortOauthClient(msgspec.Struct, frozen=True, kw_only=True):
    """A game that is registered as an OAuth client; `key` is such as `kingdom@clients`."""

    type: str = "OauthClient"
    id: UUID
    key: str | None
    display_name: str
