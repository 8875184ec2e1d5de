"""Changes of a user, and the times between two of them, which are those of the official server 0.16.4."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.domain.errors import RenameLockedError

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE

#: Time after a change during which the next change is refused, in milliseconds.
DISPLAY_NAME_LOCK = 30 * _DAY
USERNAME_LOCK = 7 * _DAY
PASSWORD_LOCK = 10 * _MINUTE


class UserChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a user. Fields that are unset stay as they are.

    Attributes:
        display_name: The new display name.
        username: The new username. None removes it.
        password: The new password, in UTF-8. None removes it.
    """

    display_name: str | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    password: bytes | None | UnsetType = UNSET


def check_lock(what: str, since: int, lock: int, now: int) -> None:
    """Check that the next change of a value is allowed.

    Args:
        what: What is to be changed, such as `username`, for the message.
        since: Time of the last change, in milliseconds since the Unix epoch.
        lock: Time after that during which the next change is refused, in milliseconds.
        now: The server's time, in milliseconds since the Unix epoch.

    Raises:
        RenameLockedError: The last change was too recent.
    """
    if since <= now < since + lock:
        until = from_milliseconds(since + lock)
        raise RenameLockedError(
            f"the {what} was changed too recently; it can be changed again at {until:%Y-%m-%d %H:%M} UTC"
        )
