"""Users, games, callers and links, as immutable values."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec


class UserRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A user. Times are in UTC.

    Attributes:
        id: The user's id.
        username: The name to log in with, or None.
        display_name: The current display name.
        is_administrator: Whether the user is an administrator.
        has_password: Whether the user can log in with a password.
        created_at: Time of the registration.
        deleted_at: Time of the deletion, or None.
    """

    id: UUID
    username: str | None
    display_name: str
    is_administrator: bool
    has_password: bool
    created_at: datetime
    deleted_at: datetime | None


class AccountRecord(msgspec.Struct, frozen=True):
    """A user, with what only the server knows. The `repr` does not contain the hash of the password.

    Attributes:
        user: The user.
        password: Hash of the password, or None.
        display_name_at: Time of the last change of the display name, or None.
        username_at: Time when the username was set.
        password_at: Time when the password was set.
        terms_at: Time when the terms of service were accepted, or None.
    """

    user: UserRecord
    password: str | None
    display_name_at: datetime | None
    username_at: datetime
    password_at: datetime
    terms_at: datetime | None

    def __repr__(self) -> str:
        return f"AccountRecord({self.user.id})"


class ClientRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A game that is registered as an OAuth client. The `repr` does not contain the secret.

    Attributes:
        id: The game's id.
        key: The key, such as `kingdom_dev@clients`.
        display_name: The display name.
        uri: URL of the game's website.
        callback: The registered callback URL.
        secret: The client secret. Empty if only its hash is known.
        secret_hash: The hash of the client secret, if the game was registered over HTTP.
    """

    id: UUID
    key: str
    display_name: str
    uri: str
    callback: str
    secret: str
    secret_hash: str | None = None

    def __repr__(self) -> str:
        return f"ClientRecord({self.key})"


#: What names a user: the record, its id, or its username.
UserLike = UserRecord | UUID | str

#: What names a game: the record, its id, or its key with or without `@clients`.
ClientLike = ClientRecord | UUID | str


class TokenHolder(msgspec.Struct, frozen=True):
    """A game that acts for a user with an access token.

    Attributes:
        client: The game.
        user_id: The user's id.
        display_name: The user's current display name.
        scopes: The scopes that the user granted.
    """

    client: ClientRecord
    user_id: UUID
    display_name: str
    scopes: frozenset[str]


#: The caller of a request: a user, a game that acts for a user, a game on its own behalf, or a guest (None).
Caller = UserRecord | TokenHolder | ClientRecord | None


class RecentSignIn(msgspec.Struct, frozen=True):
    """A sign-in of a player to a game.

    Attributes:
        time: Time at which the game received the access token, in UTC.
        game: Display name of the game, or its id if the game no longer exists.
        player: Current display name of the player.
    """

    time: datetime
    game: str
    player: str


class Terms(msgspec.Struct, frozen=True):
    """A user's acceptance of the terms of service.

    Attributes:
        accepted_at: Time of the acceptance, or None.
    """

    accepted_at: datetime | None


class LinkRecord(NamedTuple):
    """A link between a user and an archived account.

    Names are current display names, times are in UTC.

    Attributes:
        number: Number of the link, in order of creation.
        site: Site of the account, such as `hammerfest.fr`.
        account: Number of the account on the site.
        user_id: Id of the user.
        user_name: Name of the user.
        linked_at: Time of creation.
        linker_id: Id of the user who created the link.
        linker_name: Name of that user.
        unlinked_at: Time of removal. None while the link exists.
        unlinker_id: Id of the user who removed the link, or None.
        unlinker_name: Name of that user, or None.
    """

    number: int
    site: str
    account: int
    user_id: UUID
    user_name: str
    linked_at: datetime
    linker_id: UUID
    linker_name: str
    unlinked_at: datetime | None
    unlinker_id: UUID | None
    unlinker_name: str | None
