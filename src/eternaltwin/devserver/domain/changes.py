"""Changes of a user, and the check of the time between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.domain.errors import RenameLockedError

if TYPE_CHECKING:
    from datetime import datetime, timedelta


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


def check_lock(what: str, since: datetime, lock: timedelta, now: datetime) -> None:
    """Check that the next change of a value is allowed.

    Args:
        what: What is to be changed, such as `username`, for the message.
        since: Time of the last change.
        lock: Time after that during which the next change is refused.
        now: The server's time.

    Raises:
        RenameLockedError: The last change was too recent.
    """
    if since <= now < since + lock:
        raise RenameLockedError(
            f"the {what} was changed too recently; it can be changed again at {since + lock:%Y-%m-%d %H:%M} UTC"
        )
