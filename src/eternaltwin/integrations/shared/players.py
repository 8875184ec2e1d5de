"""Who is signed in, as a session remembers it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from eternaltwin.exceptions import (
    AccountRefusedError,
    LoginInterruptedError,
    RequestError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from eternaltwin.login import Login
    from eternaltwin.users import User

#: Seconds that a session's time of login may lie in the future, where clocks differ.
LEEWAY = 60

#: What reading a player's own data can fail with, which nobody can help but the server.
FETCH_ERRORS = (RequestError, TransportError, UnexpectedResponseError)


@dataclass(frozen=True)
class Player:
    """A player who is signed in: what the session holds, no more.

    Attributes:
        identifier: the UUID, in lower case: key your own players on it.
        display_name: what they were called when they signed in.
        is_administrator: whether they administrated Eternaltwin when they signed in.
        logged_in_at: when they signed in, in UTC.
    """

    identifier: str
    display_name: str
    is_administrator: bool
    logged_in_at: datetime

    @classmethod
    def of(cls, user: User) -> Player:
        """A player who signs in now."""
        now = datetime.fromtimestamp(int(time.time()), UTC)
        return cls(user.identifier, user.username, bool(user.is_administrator), now)

    @property
    def is_authenticated(self) -> bool:
        """True."""
        return True

    @property
    def is_active(self) -> bool:
        """True; for Flask-Login."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """False; for Flask-Login."""
        return False

    def get_id(self) -> str:
        """The identifier; for Flask-Login."""
        return self.identifier

    def __str__(self) -> str:
        return self.display_name


class _Payload(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A player in a session, short."""

    identifier: UUID
    display_name: str
    is_administrator: bool
    logged_in_at: int


def packed(player: Player) -> list[object]:
    """A player as a session holds them, as JSON has it."""
    return [
        player.identifier,
        player.display_name,
        player.is_administrator,
        int(player.logged_in_at.timestamp()),
    ]


def unpacked(payload: object, max_age: int) -> Player | None:
    """The player that a session holds, unless the session has ended, or holds something else.

    Args:
        payload: what `packed` made, from a session that nobody else can write.
        max_age: seconds after which a session ends.
    """
    try:
        found = msgspec.convert(payload, _Payload)
        logged_in_at = datetime.fromtimestamp(found.logged_in_at, UTC)
    except (msgspec.ValidationError, ValueError, OverflowError, OSError):
        return None
    if not -LEEWAY <= time.time() - found.logged_in_at < max_age:
        return None
    return Player(str(found.identifier), found.display_name, found.is_administrator, logged_in_at)


def complete_user(finished: Login[User], profile: User) -> None:
    """Add to a user who has signed in what their token does not tell.

    Raises:
        AccountRefusedError: they have deleted their account.
    """
    if profile.deleted_at is not None:
        exc = AccountRefusedError(f"the account {profile.identifier} is deleted at Eternaltwin")
        exc.cookies = finished.cookies
        raise exc
    finished.user.is_administrator = profile.is_administrator
    finished.user.created_at = profile.created_at


def unread(finished: Login[User], exc: Exception) -> LoginInterruptedError:
    """What to raise where a player's own data cannot be read."""
    failure = LoginInterruptedError(f"start the sign-in again, this one is used up: {exc}")
    failure.cookies = finished.cookies
    return failure
