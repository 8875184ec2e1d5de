"""Users and their sessions in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.storage.name_blocks import NameBlocks
from eternaltwin.devserver.storage.schema import access_tokens, sessions, users

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row, Select

    from eternaltwin.devserver.storage.database import Database


class UserRow(NamedTuple):
    """A row of the table of users.

    Fields have the names of the columns. Times are in milliseconds since the Unix epoch.

    Attributes:
        id: Id, a UUID.
        username: Name to log in with, or None.
        display_name: Current display name.
        folded_name: Display name without differences of case, for searches.
        is_administrator: Whether the user is an administrator.
        password: Hash of the password, or None.
        created_at: Time of the registration.
        username_at: Time when the username was set.
        password_at: Time when the password was set.
        deleted_at: Time of the deletion, or None.
        display_name_at: Time of the last change of the display name, or None.
        terms_at: Time when the terms of service were accepted, or None.
    """

    id: str
    username: str | None
    display_name: str
    folded_name: str
    is_administrator: bool
    password: str | None
    created_at: int
    username_at: int
    password_at: int
    deleted_at: int | None = None
    display_name_at: int | None = None
    terms_at: int | None = None

    def record(self) -> UserRecord:
        """Convert the row to a record.

        Returns:
            The user, without the password, the folded name and the times of changes.
        """
        return UserRecord(
            id=UUID(self.id),
            username=self.username,
            display_name=self.display_name,
            is_administrator=self.is_administrator,
            has_password=self.password is not None,
            created_at=from_milliseconds(self.created_at),
            deleted_at=None if self.deleted_at is None else from_milliseconds(self.deleted_at),
        )


_COLUMNS = [users.c[name] for name in UserRow._fields]
_OF_ID = select(*_COLUMNS).where(users.c.id == bindparam("id"))
_OF_USERNAME = select(*_COLUMNS).where(users.c.username == bindparam("username"))
_OF_SESSION = (
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.is_administrator,
        users.c.password.is_not(None),
        users.c.created_at,
    )
    .join(sessions, sessions.c.user_id == users.c.id)
    .where(sessions.c.id == bindparam("sid"), users.c.deleted_at.is_(None))
)
_ADD = insert(users)
_ADD_SESSION = insert(sessions)
_UPDATE = update(users).where(users.c.id == bindparam("user_id"))
_FORGET_SESSIONS = delete(sessions).where(sessions.c.user_id == bindparam("user"))
_FORGET_TOKENS = delete(access_tokens).where(access_tokens.c.user_id == bindparam("user"))
_ANY = select(users.c.number).limit(1)
_OF_NUMBERS = select(*_COLUMNS).where(users.c.number.in_(bindparam("numbers", expanding=True))).order_by(users.c.number)

#: Number of users that one statement reads, since databases limit the number of parameters.
_BATCH_SIZE = 500

#: The columns that a search depends on.
_SEARCHED = frozenset({"folded_name", "deleted_at"})


class UserTable:
    """Reads and writes users and sessions.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = NameBlocks(database)
        self._of_session = database.prepare(_OF_SESSION)

    def is_empty(self) -> bool:
        """Return whether there are no users, deleted ones included.

        Returns:
            True if the table is empty.
        """
        return self._database.one(_ANY) is None

    def _one(self, statement: Select[Any], parameters: dict[str, object]) -> UserRow | None:
        row = self._database.one(statement, parameters)
        return None if row is None else UserRow._make(row)

    def of_id(self, user_id: UUID) -> UserRow | None:
        """Find a user by id.

        Args:
            user_id: Id of the user.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        return self._one(_OF_ID, {"id": str(user_id)})

    def of_username(self, username: str) -> UserRow | None:
        """Find a user by username.

        Args:
            username: Name to log in with.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        return self._one(_OF_USERNAME, {"username": username})

    def of_session(self, sid: str) -> UserRecord | None:
        """Find the user of a session.

        Args:
            sid: The session's id: a UUID in lower case with hyphens.

        Returns:
            The user, or None if the session does not exist or the user is deleted.
        """
        row = self._of_session.one({"sid": sid})
        if row is None:
            return None
        user_id, username, display_name, is_administrator, has_password, created_at = row
        return UserRecord(
            id=UUID(user_id),
            username=username,
            display_name=display_name,
            is_administrator=bool(is_administrator),
            has_password=bool(has_password),
            created_at=from_milliseconds(created_at),
            deleted_at=None,
        )

    def add(self, user: UserRow) -> None:
        """Add a user.

        Args:
            user: The user.

        Raises:
            IntegrityError: The id or the username is taken.
        """
        with self._database.transaction():
            self._database.run(_ADD, user._asdict())
            self._names.update(user.id)

    def change(self, user_id: str, **values: object) -> None:
        """Change columns of a user. Nothing happens if there is no such user or no value.

        Args:
            user_id: Id of the user.
            **values: New values, by column.

        Raises:
            IntegrityError: The username is taken.
        """
        if not values:
            return
        with self._database.transaction():
            self._database.run(_UPDATE.values(**values), {"user_id": user_id})
            if values.keys() & _SEARCHED:
                self._names.update(user_id)

    def search(self, folded: str, offset: int = 0, limit: int | None = None) -> tuple[list[UserRow], int]:
        """Search users that are not deleted by display name.

        Args:
            folded: Part of a folded display name. An empty string matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users to return. None means all.

        Returns:
            The users of the page, in order of creation, and the number of all matching users.
        """
        page, count = self._names.find(folded, offset, limit)
        batches = (page[start : start + _BATCH_SIZE] for start in range(0, len(page), _BATCH_SIZE))
        return [UserRow._make(row) for batch in batches for row in self._of_numbers(batch)], count

    def _of_numbers(self, numbers: list[int]) -> Sequence[Row[Any]]:
        return self._database.all(_OF_NUMBERS, {"numbers": numbers})

    def add_session(self, sid: str, user_id: UUID, now: int) -> None:
        """Add a session.

        Args:
            sid: Id of the session, a UUID.
            user_id: Id of its user.
            now: Current time, in milliseconds since the Unix epoch.
        """
        self._database.run(_ADD_SESSION, {"id": sid, "user_id": str(user_id), "created_at": now})

    def forget(self, user_id: UUID, *, every_session: bool) -> None:
        """Delete the sessions and the access tokens of a user.

        Args:
            user_id: Id of the user.
            every_session: Whether the sessions of all other users are deleted as well.
        """
        user = {"user": str(user_id)}
        self._database.run(delete(sessions) if every_session else _FORGET_SESSIONS, None if every_session else user)
        self._database.run(_FORGET_TOKENS, user)
