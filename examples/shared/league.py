"""The storage of the dice game, in a SQLite file: its players, by id, and their dice."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from examples.shared.dice import Roll

if TYPE_CHECKING:
    from collections.abc import Generator

#: How many players the leaderboards show.
PLACES = 5

_TABLES = """
CREATE TABLE IF NOT EXISTS players (identifier TEXT PRIMARY KEY, display_name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS throws (
    identifier TEXT NOT NULL REFERENCES players, day TEXT NOT NULL, dice TEXT NOT NULL, score INTEGER NOT NULL,
    PRIMARY KEY (identifier, day)
);
"""
_TODAY = """
SELECT identifier, display_name, dice, score FROM throws JOIN players USING (identifier)
WHERE day = ? ORDER BY score DESC, identifier LIMIT ?
"""
_EVER = """
SELECT identifier, display_name, COUNT(*), SUM(score) AS points FROM throws JOIN players USING (identifier)
GROUP BY identifier ORDER BY points DESC, identifier LIMIT ?
"""


@dataclass(frozen=True)
class Place:
    """A line of a leaderboard.

    Attributes:
        identifier: The player's id, which never changes.
        display_name: The player's display name.
        about: The hand of today's dice, or the number of days on which the player has played.
        points: The points of today, or of all days.
    """

    identifier: str
    display_name: str
    about: str
    points: int


@dataclass(frozen=True)
class Table:
    """The content of the page.

    Attributes:
        mine: The player's dice of today. None for a guest, and before the player has rolled them.
        best_today: The leaderboard of today.
        best_ever: The leaderboard of all days.
    """

    mine: Roll | None
    best_today: list[Place]
    best_ever: list[Place]


def today() -> date:
    """Return the current day in UTC, which is the same for all players."""
    return datetime.now(UTC).date()


class League:
    """All players and their dice.

    Args:
        path: Path of the SQLite file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        with self._database() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_TABLES)

    def welcome(self, identifier: str, display_name: str) -> None:
        """Store a player by identifier, which never changes, with the current display name."""
        with self._database() as database:
            database.execute(
                "INSERT INTO players VALUES (?, ?)"
                " ON CONFLICT (identifier) DO UPDATE SET display_name = excluded.display_name",
                (identifier, display_name),
            )

    def throw(self, identifier: str, day: date | None = None) -> None:
        """Roll a player's dice, once a day: another call on the same day keeps the first roll."""
        roll = Roll.new()
        with self._database() as database:
            database.execute(
                "INSERT OR IGNORE INTO throws VALUES (?, ?, ?, ?)",
                (identifier, f"{day or today()}", roll.dice, roll.score),
            )

    def table(self, identifier: str | None = None) -> Table:
        """Return the content of the page, for a player or for a guest."""
        day = f"{today()}"
        with self._database() as database:
            mine = database.execute("SELECT dice FROM throws WHERE (identifier, day) = (?, ?)", (identifier, day))
            found = mine.fetchone()
            best_today = database.execute(_TODAY, (day, PLACES)).fetchall()
            best_ever = database.execute(_EVER, (PLACES,)).fetchall()
        return Table(
            mine=Roll(found[0]) if found else None,
            best_today=[Place(who, name, Roll(dice).hand, score) for who, name, dice, score in best_today],
            best_ever=[Place(who, name, _days(days), points) for who, name, days, points in best_ever],
        )

    @contextmanager
    def _database(self) -> Generator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database, database:
            yield database


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
