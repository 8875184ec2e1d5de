"""The search for users by a part of their display names.

Searching 1,000 long rows takes a database a tenth of the time that 100,000 short rows take. A row of `name_blocks`
therefore contains the folded names of 128 users, one on each line.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select

from eternaltwin.devserver.storage.schema import FOLDED_NAME_LENGTH, name_blocks, users

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.storage.database import Database

#: Number of users in a block.
BLOCK_SIZE = 128

_BLOCKS = select(name_blocks.c.number, name_blocks.c.names).order_by(name_blocks.c.number)
_IS_WRITTEN = select(name_blocks.c.number).where(name_blocks.c.number == bindparam("block"))
_DELETE = delete(name_blocks).where(name_blocks.c.number == bindparam("block"))
_ADD = insert(name_blocks)
_NUMBER = select(users.c.number).where(users.c.id == bindparam("id"))
_HIGHEST = select(func.max(users.c.number))
_NAMES = select(users.c.number, users.c.folded_name).where(
    users.c.number.between(bindparam("first"), bindparam("last")), users.c.deleted_at.is_(None)
)


class Matches(NamedTuple):
    """The result of a search.

    Attributes:
        page: Numbers of the users on the page, in order of creation.
        total: Number of all matching users.
    """

    page: list[int]
    total: int


class NameBlocks:
    """Finds users by a part of their folded display names, in the table of blocks.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        with database.transaction():
            self._fill()

    def _fill(self) -> None:
        """Write every block if the last one is missing, as in a database of an older version of this server."""
        [[highest]] = self._database.all(_HIGHEST)
        last = None if highest is None else highest // BLOCK_SIZE
        if last is not None and self._database.one(_IS_WRITTEN, {"block": last}) is None:
            for block in range(last + 1):
                self._write(block)

    def update(self, user_id: UUID) -> None:
        """Rewrite the block of a user who was added, renamed, deleted or restored.

        Call it in the same transaction as the change. Nothing happens if there is no such user.

        Args:
            user_id: Id of the user.
        """
        row = self._database.one(_NUMBER, {"id": user_id})
        if row is not None:
            self._write(row[0] // BLOCK_SIZE)

    def update_between(self, first: UUID, last: UUID) -> None:
        """Rewrite the blocks of users who were added one after the other.

        Call it in the same transaction as the insertion.

        Args:
            first: Id of the first of the users.
            last: Id of the last of the users.
        """
        [start], [end] = (self._database.all(_NUMBER, {"id": user_id})[0] for user_id in (first, last))
        for block in range(start // BLOCK_SIZE, end // BLOCK_SIZE + 1):
            self._write(block)

    def _write(self, block: int) -> None:
        first = block * BLOCK_SIZE
        last = first + BLOCK_SIZE - 1
        names = {
            int(row.number): str(row.folded_name) for row in self._database.all(_NAMES, {"first": first, "last": last})
        }
        lines = "\n".join(names.get(number, "") for number in range(first, last + 1)).rstrip("\n")
        self._database.run(_DELETE, {"block": block})
        self._database.run(_ADD, {"number": block, "names": lines})

    def find(self, folded: str, offset: int, limit: int | None) -> Matches:
        """Find the users that are not deleted and whose folded display name contains a string.

        Args:
            folded: The string. An empty one matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users on the page. None means all.

        Returns:
            The numbers of the users on the page, and the number of all matching users.
        """
        end = sys.maxsize if limit is None else offset + limit
        page: list[int] = []
        count = 0
        for block, names in self._candidates(folded):
            start, count = count, count + _count(names, folded)
            if start < end and count > offset:
                lines = enumerate(names.split("\n"), block * BLOCK_SIZE)
                numbers = [number for number, name in lines if name and folded in name]
                page += numbers[max(offset - start, 0) : end - start]
        return Matches(page, count)

    def _candidates(self, folded: str) -> list[tuple[int, str]]:
        """Return the blocks that may contain a string: their numbers and names."""
        # No name contains these, and PostgreSQL rejects some of them, such as NUL.
        if len(folded) > FOLDED_NAME_LENGTH or not folded.isprintable():
            return []
        blocks = _BLOCKS.where(name_blocks.c.names.contains(folded, autoescape=True)) if folded else _BLOCKS
        return [(int(row.number), str(row.names)) for row in self._database.all(blocks)]


@lru_cache(maxsize=8192)
def _count(names: str, folded: str) -> int:
    """Count the names in a block that contain a string. All pages of a search need the same counts."""
    if not folded:
        return sum(map(bool, names.split("\n")))
    # Each match extends to the end of its line, so that no name counts twice. Splitting all lines takes longer.
    return len(re.findall(f"{re.escape(folded)}.*", names))
