"""The JSON of users and games in its short form, with the name only."""

from __future__ import annotations

from uuid import UUID

import msgspec


class DisplayNameVersion(msgspec.Struct, frozen=True):
    """A display name at one time.

    Attributes:
        value: The display name.
    """

    value: str


class DisplayName(msgspec.Struct, frozen=True):
    """A display name. Newer servers may send its history as well, which is ignored.

    Attributes:
        current: The current display name.
    """

    current: DisplayNameVersion

    @classmethod
    def of(cls, value: str) -> DisplayName:
        """Build a display name.

        Args:
            value: The current display name.

        Returns:
            The struct.
        """
        return cls(DisplayNameVersion(value))


class ShortUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user in the short form, as authors and owners of tokens are sent.

    Attributes:
        type: The kind of object: `User`.
        id: The UUID.
        display_name: The display name.
    """

    type: str = "User"
    id: UUID
    display_name: DisplayName


class UserRef(msgspec.Struct, frozen=True, kw_only=True):
    """A reference to a user, as in the body of a grant of a role.

    Attributes:
        type: The kind of object: `User`.
        id: The UUID.
    """

    type: str = "User"
    id: UUID


class ShortOauthClient(msgspec.Struct, frozen=True, kw_only=True):
    """A game, which is registered as an OAuth client.

    Attributes:
        type: The kind of object: `OauthClient`.
        id: The UUID.
        key: The short name, such as `kingdom@clients`. Null if there is none.
        display_name: The name of the game.
    """

    type: str = "OauthClient"
    id: UUID
    key: str | None
    display_name: str
