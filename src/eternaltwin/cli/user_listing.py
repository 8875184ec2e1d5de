"""Reads all users page by page, from where an earlier command stopped.

The server lists users in the order of their registration, and leaves deleted ones out. Users who are added come last;
users who are deleted move the ones behind them forward. Each page is therefore read from the last known user on, and
further ahead if that one is gone, so that nobody is read twice or left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from typing import Self

    from eternaltwin.clients.sync.clients import Eternaltwin

#: Number of users per request.
PAGE_SIZE = 100


class ListingPosition(msgspec.Struct, frozen=True):
    """How far a list was read.

    Attributes:
        offset: Number of users that were read.
        created_at: When the last of them was registered, in ISO 8601. Empty at the start.
        identifiers: The ids of all users of that time that were read.
        source: Which list it is: the server and the query.
    """

    offset: int = 0
    created_at: str = ""
    identifiers: tuple[str, ...] = ()
    source: str = ""

    def after(self, page: list[User]) -> ListingPosition:
        """Return the position after more users.

        Args:
            page: The users, at least one.

        Returns:
            The new position.
        """
        created = _created(page[-1])
        known = self.identifiers if created == self.created_at else ()
        identifiers = (*known, *(user.identifier for user in page if _created(user) == created))
        return ListingPosition(self.offset + len(page), created, identifiers, self.source)

    @classmethod
    def read(cls, file: Path, source: str) -> Self:
        """Read a position from a file.

        Args:
            file: The file.
            source: Which list it must be of.

        Returns:
            The position: the start if there is no such file.

        Raises:
            ConfigurationError: The file cannot be read, contains something else, or is of another list.
        """
        try:
            found = msgspec.json.decode(file.read_bytes(), type=cls)
        except FileNotFoundError:
            return cls(source=source)
        except (OSError, msgspec.MsgspecError):
            problem = f"{file} does not contain how far a list was read: name another file, or remove it"
        else:
            if found.source == source:
                return found
            problem = f"{file} contains how far another list was read: name another file, or remove it"
        raise ConfigurationError(problem)

    def write(self, file: Path) -> None:
        """Write the position to a file, at once or not at all.

        Args:
            file: The file.

        Raises:
            ConfigurationError: The file cannot be written.
        """
        try:
            new = file.with_name(f"{file.name}.new")
            new.write_bytes(msgspec.json.encode(self))
            new.replace(file)
        except OSError as exc:
            problem = f"{file} cannot be written: {exc.strerror}"
        else:
            return
        raise ConfigurationError(problem)


def pages_after(
    position: ListingPosition, query: str | None, client: Eternaltwin
) -> Iterator[tuple[list[User], ListingPosition]]:
    """Read the users after a position.

    Args:
        position: How far the list was read.
        query: Part of a display name. None matches every user.
        client: The client.

    Yields:
        The users of a page, at least one, and the position after them.
    """
    while found := _page_after(position, query, client):
        position = position.after(found)
        yield found, position


def _page_after(position: ListingPosition, query: str | None, client: Eternaltwin) -> list[User]:
    """Read a page from a user who was read on, so that none is left out, and return those who were not read."""
    offset = max(0, position.offset - len(position.identifiers) - 1)
    page = User.search(query, PAGE_SIZE, offset, client)
    while offset and not (page and _created(page[0]) < position.created_at):
        offset = max(0, offset - PAGE_SIZE)
        page = User.search(query, PAGE_SIZE, offset, client)
    # All users of the page may have been read. Then those behind them follow.
    while not (new := _not_read(page, position)) and len(page) == PAGE_SIZE:
        offset += PAGE_SIZE
        page = User.search(query, PAGE_SIZE, offset, client)
    return new


def _not_read(page: list[User], position: ListingPosition) -> list[User]:
    later = [user for user in page if _created(user) >= position.created_at]
    return [user for user in later if user.identifier not in position.identifiers]


def _created(user: User) -> str:
    created: datetime | None = user.created_at
    return "" if created is None else created.isoformat(timespec="milliseconds")
