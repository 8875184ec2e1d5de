"""What users have read of the forum, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.forum import LastPostRecord
from eternaltwin.devserver.storage.forum_statements import (
    ADD_READING,
    CHANGE_READING,
    LAST_POSTS,
    READ_THREADS,
    READING,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from eternaltwin.devserver.storage.database import Database


class ForumReadingTable:
    """Reads and writes how far users have read the threads of the forum.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_posts(self, reader: UUID | None, numbers: Sequence[int]) -> dict[int, LastPostRecord]:
        """Read the newest posts of threads, in one statement.

        Args:
            reader: Id of the user whose reading is included. None for nobody's.
            numbers: Numbers of the posts.

        Returns:
            The posts, by the numbers of their threads.
        """
        if not numbers:
            return {}
        rows = self._database.all(LAST_POSTS, {"reader": reader, "numbers": list(numbers)})
        return {int(row[0]): LastPostRecord._make(row) for row in rows}

    def read_threads(self, reader: UUID) -> dict[int, int]:
        """Count the threads that a user has read to their end.

        Args:
            reader: Id of the user.

        Returns:
            Number of threads, by the numbers of their sections.
        """
        rows = self._database.all(READ_THREADS, {"reader": reader})
        return {int(row.section): int(row.read_threads) for row in rows}

    def read_until(self, reader: UUID, thread: int) -> int:
        """Read how far a user has read a thread.

        Args:
            reader: Id of the user.
            thread: Number of the thread.

        Returns:
            Number of the newest post that the user has read, or 0.
        """
        row = self._database.one(READING, {"reader": reader, "of_thread": thread})
        return 0 if row is None else int(row[0])

    def set_read(self, reader: UUID, thread: int, post: int) -> None:
        """Store how far a user has read a thread, unless they have read further.

        Args:
            reader: Id of the user.
            thread: Number of the thread.
            post: Number of the newest post that the user has read.
        """
        with self._database.transaction():
            known = self.read_until(reader, thread)
            if not known:
                self._database.run(ADD_READING, {"user_id": reader, "thread": thread, "post": post})
            elif known < post:
                self._database.run(CHANGE_READING, {"reader": reader, "of_thread": thread, "post": post})
