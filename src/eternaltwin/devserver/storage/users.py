"""Users and their sessions in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, select, update

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.domain.names import fold
from eternaltwin.devserver.domain.records import AccountRecord, UserRecord
from eternaltwin.devserver.storage.name_blocks import NameBlocks
from eternaltwin.devserver.storage.schema import access_tokens, sessions, users

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from eternaltwin.devserver.storage.database import Database

#: The columns are in the order of the fields of `UserRecord`.
_USERS = select(
    users.c.id,
    users.c.username,
    users.c.display_name,
    users.c.is_administrator,
    users.c.password.is_not(None).label("has_password"),
    users.c.created_at,
    users.c.deleted_at,
)
_OF_ID = _USERS.where(users.c.id == bindparam("id"))
_OF_USERNAME = _USERS.where(users.c.username == bindparam("username"))
_OF_SESSION = _USERS.join(sessions, sessions.c.user_id == users.c.id).where(
    sessions.c.id == bindparam("sid"), users.c.deleted_at.is_(None)
)
#: The further columns are in the order of the fields of `AccountRecord`.
_ACCOUNTS = _USERS.add_columns(
    users.c.password, users.c.display_name_at, users.c.username_at, users.c.password_at, users.c.terms_at
)
_ACCOUNT_OF_ID = _ACCOUNTS.where(users.c.id == bindparam("id"))
_ACCOUNT_OF_USERNAME = _ACCOUNTS.where(users.c.username == bindparam("username"))
_DELETED = (
    _USERS.where(users.c.deleted_at.is_not(None))
    .order_by(users.c.deleted_at.desc(), users.c.number.desc())
    .limit(bindparam("limit"))
)
_ADD = insert(users)
_ADD_SESSION = insert(sessions)
_UPDATE = update(users).where(users.c.id == bindparam("user_id"))
_FORGET_SESSIONS = delete(sessions).where(sessions.c.user_id == bindparam("user"))
_FORGET_TOKENS = delete(access_tokens).where(access_tokens.c.user_id == bindparam("user"))
_ANY = select(users.c.number).limit(1)
_OF_NUMBERS = _USERS.where(users.c.number.in_(bindparam("numbers", expanding=True))).order_by(users.c.number)

#: Number of users that one statement reads, since databases limit the number of parameters.
_BATCH_SIZE = 500


def _record(row: Sequence[Any]) -> UserRecord:
    return UserRecord(**dict(zip(UserRecord.__struct_fields__, row, strict=True)))  # faster than `_asdict`


def _account(row: Sequence[Any]) -> AccountRecord:
    width = len(UserRecord.__struct_fields__)
    return AccountRecord(_record(row[:width]), *row[width:])


def _new_row(user: UserRecord, password: str | None) -> dict[str, object]:
    return {
        "id": user.id,
        "username": user.username,
        "display_name": user.display_name,
        "folded_name": fold(user.display_name),
        "is_administrator": user.is_administrator,
        "password": password,
        "created_at": user.created_at,
        "username_at": user.created_at,
        "password_at": user.created_at,
    }


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

    def of_id(self, user_id: UUID) -> UserRecord | None:
        """Find a user by id.

        Args:
            user_id: Id of the user.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        row = self._database.one(_OF_ID, {"id": user_id})
        return None if row is None else _record(row)

    def of_username(self, username: str) -> UserRecord | None:
        """Find a user by username.

        Args:
            username: Name to log in with.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        row = self._database.one(_OF_USERNAME, {"username": username})
        return None if row is None else _record(row)

    def account(self, user_id: UUID) -> AccountRecord | None:
        """Find a user by id, with what only the server knows.

        Args:
            user_id: Id of the user.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        row = self._database.one(_ACCOUNT_OF_ID, {"id": user_id})
        return None if row is None else _account(row)

    def account_of_username(self, username: str) -> AccountRecord | None:
        """Find a user by username, with what only the server knows.

        Args:
            username: Name to log in with.

        Returns:
            The user, deleted or not, or None if there is none.
        """
        row = self._database.one(_ACCOUNT_OF_USERNAME, {"username": username})
        return None if row is None else _account(row)

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
        user_id, username, display_name, is_administrator, has_password, created_at, _ = row
        return UserRecord(
            id=UUID(user_id),
            username=username,
            display_name=display_name,
            is_administrator=bool(is_administrator),
            has_password=bool(has_password),
            created_at=from_milliseconds(created_at),
            deleted_at=None,
        )

    def add(self, user: UserRecord, password: str | None) -> None:
        """Add a user.

        Args:
            user: The user.
            password: Hash of the password, or None.

        Raises:
            IntegrityError: The id or the username is taken.
        """
        self.add_all([user], password)

    def add_all(self, users: Sequence[UserRecord], password: str | None) -> None:
        """Add several users at once.

        Args:
            users: The users, at least one.
            password: Hash of the password of each, or None.

        Raises:
            IntegrityError: An id or a username is taken. No user is added then.
        """
        with self._database.transaction():
            self._database.run(_ADD, [_new_row(user, password) for user in users])
            self._names.update_between(users[0].id, users[-1].id)

    def change(self, user_id: UUID, **values: object) -> None:
        """Change columns of a user. Nothing happens if there is no such user or no value.

        Args:
            user_id: Id of the user.
            **values: New values, by column.

        Raises:
            IntegrityError: The username is taken.
        """
        if not values:
            return
        if "display_name" in values:
            values["folded_name"] = fold(str(values["display_name"]))
        with self._database.transaction():
            self._database.run(_UPDATE.values(**values), {"user_id": user_id})
            if values.keys() & {"folded_name", "deleted_at"}:
                self._names.update(user_id)

    def search(self, query: str, offset: int = 0, limit: int | None = None) -> tuple[list[UserRecord], int]:
        """Search users that are not deleted by display name.

        Args:
            query: Part of a display name, in any case. An empty string matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users to return. None means all.

        Returns:
            The users of the page, in order of creation, and the number of all matching users.
        """
        page, count = self._names.find(fold(query), offset, limit)
        batches = (page[start : start + _BATCH_SIZE] for start in range(0, len(page), _BATCH_SIZE))
        return [_record(row) for batch in batches for row in self._database.all(_OF_NUMBERS, {"numbers": batch})], count

    def deleted(self, limit: int) -> list[UserRecord]:
        """List the users who were deleted last.

        Args:
            limit: Maximum number of users to return.

        Returns:
            The users, the last one first.
        """
        return [_record(row) for row in self._database.all(_DELETED, {"limit": limit})]

    def add_session(self, sid: str, user_id: UUID, now: datetime) -> None:
        """Add a session.

        Args:
            sid: Id of the session, a UUID.
            user_id: Id of its user.
            now: Current time.
        """
        self._database.run(_ADD_SESSION, {"id": sid, "user_id": user_id, "created_at": now})

    def forget(self, user_id: UUID, *, every_session: bool) -> None:
        """Delete the sessions and the access tokens of a user.

        Args:
            user_id: Id of the user.
            every_session: Whether the sessions of all other users are deleted as well.
        """
        self._database.run(
            delete(sessions) if every_session else _FORGET_SESSIONS, {} if every_session else {"user": user_id}
        )
        self._database.run(_FORGET_TOKENS, {"user": str(user_id)})
