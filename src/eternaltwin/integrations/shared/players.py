"""The player who is signed in, as a session holds them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eternaltwin.users import User


@dataclass(frozen=True)
class Player:
    """A player who is signed in: what their session holds, and nothing else.

    Attributes:
        identifier: UUID of the account, in lower case: key your own players on it.
        display_name: Display name at the time of the sign-in.
        is_administrator: Whether the player was an administrator of Eternaltwin when they signed in.
        logged_in_at: Time of the sign-in, in UTC.
    """

    identifier: str
    display_name: str
    is_administrator: bool
    logged_in_at: datetime

    @classmethod
    def of(cls, user: User) -> Player:
        """Build the player of a user who signs in now.

        Args:
            user: The user of a finished sign-in.

        Returns:
            The player, whose time of sign-in is now.
        """
        now = datetime.fromtimestamp(int(time.time()), UTC)
        return cls(user.identifier, user.username, bool(user.is_administrator), now)

    @property
    def is_authenticated(self) -> bool:
        """Always True."""
        return True

    @property
    def is_active(self) -> bool:
        """Always True, for Flask-Login."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Always False, for Flask-Login."""
        return False

    def get_id(self) -> str:
        """Return the identifier, for Flask-Login.

        Returns:
            The UUID of the account.
        """
        return self.identifier

    def __str__(self) -> str:
        return self.display_name
