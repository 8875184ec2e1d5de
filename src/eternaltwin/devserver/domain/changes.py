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


class AccountChanges(UserChanges, frozen=True, kw_only=True):
    """Changes of a user that no player and no administrator of Eternaltwin can make.

    Attributes:
        is_administrator: Whether the user is an administrator.
        is_deleted: Whether the user is deleted.
        must_accept_terms: Whether the user must accept the terms of service before signing in to games.
        has_accepted_terms: Whether the user has accepted the terms of service.
    """

    is_administrator: bool | UnsetType = UNSET
    is_deleted: bool | UnsetType = UNSET
    must_accept_terms: bool | UnsetType = UNSET
    has_accepted_terms: bool | UnsetType = UNSET


class GameChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a game. Fields that are unset stay as they are.

    Attributes:
        oauth_callback: The new callback URL.
        display_name: The new name.
        uri: The new address.
        secret: The new client secret.
    """

    oauth_callback: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    uri: str | UnsetType = UNSET
    secret: str | UnsetType = UNSET


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
