"""How users are printed: for people, as CSV, and as JSON; page by page, so that there may be any number."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from eternaltwin.cli.output import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.users import User

#: The columns of CSV.
_COLUMNS = ("identifier", "username", "is_administrator", "created_at", "deleted_at")


class UserFormat(Protocol):
    """Writes users as they are read. Each method returns what to write, which is complete in itself."""

    def begin(self, is_resumed: bool) -> str:
        """Return the start.

        Args:
            is_resumed: Whether the list goes on where another one has stopped.
        """
        ...

    def users(self, users: Iterable[User]) -> str:
        """Return a page.

        Args:
            users: The users of the page.
        """
        ...

    def end(self, fields: dict[str, Any]) -> str:
        """Return the end, also of a list that was interrupted.

        Args:
            fields: What to say about the list.
        """
        ...


class UserLines:
    """A line for each user, for people."""

    def begin(self, is_resumed: bool) -> str:
        """Return the start.

        Args:
            is_resumed: Whether the list goes on where another one has stopped.

        Returns:
            Nothing.
        """
        del is_resumed
        return ""

    def users(self, users: Iterable[User]) -> str:
        """Return a page.

        Args:
            users: The users of the page.

        Returns:
            A line for each: id, day of the registration, name.
        """
        return "".join(map(_line, users))

    def end(self, fields: dict[str, Any]) -> str:
        """Return the end.

        Args:
            fields: What to say about the list.

        Returns:
            Nothing.
        """
        del fields
        return ""


def _line(user: User) -> str:
    day = "" if user.created_at is None else f"{user.created_at:%Y-%m-%d}"
    flags = [
        name for name, is_set in (("administrator", user.is_administrator), ("deleted", user.deleted_at)) if is_set
    ]
    marks = f"  ({', '.join(flags)})" if flags else ""
    return f"{user.identifier}  {day:10}  {printable(user.username)}{marks}\n"


class UserCsv(UserLines):
    """CSV (RFC 4180), whose names of columns are written at the start of the list only."""

    def begin(self, is_resumed: bool) -> str:
        """Return the start.

        Args:
            is_resumed: Whether the list goes on where another one has stopped.

        Returns:
            The names of the columns. Nothing for a list that goes on, so that it can be appended.
        """
        return "" if is_resumed else _rows([_COLUMNS])

    def users(self, users: Iterable[User]) -> str:
        """Return a page.

        Args:
            users: The users of the page.

        Returns:
            A row for each.
        """
        return _rows([tuple(user.to_dict()[name] for name in _COLUMNS) for user in users])


def _rows(rows: Iterable[Iterable[object]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return target.getvalue()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


class UserJson:
    """One JSON document, with a line for each user."""

    def __init__(self) -> None:
        self._is_first = True

    def begin(self, is_resumed: bool) -> str:
        """Return the start.

        Args:
            is_resumed: Whether the list goes on where another one has stopped.

        Returns:
            The start of the document.
        """
        del is_resumed
        return '{\n  "items": ['

    def users(self, users: Iterable[User]) -> str:
        """Return a page.

        Args:
            users: The users of the page.

        Returns:
            A line for each.
        """
        written = ",".join(f"\n    {msgspec.json.encode(user.to_dict()).decode()}" for user in users)
        comma = "" if self._is_first or not written else ","
        self._is_first = self._is_first and not written
        return f"{comma}{written}"

    def end(self, fields: dict[str, Any]) -> str:
        """Return the end, also of a list that was interrupted.

        Args:
            fields: What to say about the list.

        Returns:
            The rest of the document.
        """
        rest = msgspec.json.format(msgspec.json.encode(fields), indent=2).decode()
        return f"\n  ],{rest[1:]}\n"
