"""The signed-in player, as stored in a session."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eternaltwin.users import User


@dataclass(frozen=True)
class Player:
    """A signed-in player, with the data that their session contains. `str()` returns the display name.

    Attributes:
        identifier: UUID of the account, in lower case. It never changes, so key your own players on it.
        display_name: Display name at the time of the sign-in.
        is_administrator: Whether the player was an administrator of Eternaltwin when they signed in.
        logged_in_at: Time of the sign-in, in UTC, in whole seconds.
    """

    identifier: str
    display_name: str
    is_administrator: bool
    logged_in_at: datetime

    @classmethod
    def of(cls, user: User) -> Player:
        """Build the player of a user who has just signed in.

        Args:
            user: The user of a finished sign-in, completed from their profile.

        Returns:
            The player, whose `logged_in_at` is now.
        """
        now = datetime.fromtimestamp(int(time.time()), UTC)
        return cls(user.identifier, user.username, bool(user.is_administrator), now)

    @property
    def is_authenticated(self) -> bool:
        """Always True: there is a player only when somebody is signed in."""
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
