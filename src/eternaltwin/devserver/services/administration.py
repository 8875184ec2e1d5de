"""What the developer of a game may do with users: everything, without the rules that bind players."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET

from eternaltwin.devserver.domain.errors import MalformedNameError, NameTakenError, UserNotFoundError
from eternaltwin.devserver.domain.names import check_display_name, check_username, default_display_name
from eternaltwin.devserver.domain.passwords import hash_password
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.storage.database import IntegrityError

if TYPE_CHECKING:
    from datetime import datetime

    from eternaltwin.devserver.domain.changes import AccountChanges
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import UserLike
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.users import UserTable

#: What the number of a user replaces in the patterns of names.
NUMBER = "{n}"


class NewUsers(msgspec.Struct, frozen=True, kw_only=True):
    """Users to add at once. `{n}` in the names stands for the number of each.

    Attributes:
        count: How many users to add, at least 1.
        first: The number of the first one.
        username: Pattern of the usernames.
        display_name: Pattern of the display names. None means the usernames with a capital first letter.
        password: Password of all of them, in UTF-8. None means that they cannot log in with a password.
        is_administrator: Whether they are administrators.
    """

    count: int
    first: int
    username: str
    display_name: str | None
    password: bytes | None
    is_administrator: bool


class Administration:
    """Adds and changes users.

    Args:
        database: The database, for transactions.
        table: The users in that database.
        accounts: The users, with the rules that bind players.
        clock: The server's clock.
    """

    def __init__(self, database: Database, table: UserTable, accounts: Accounts, clock: Clock) -> None:
        self._database = database
        self._table = table
        self._accounts = accounts
        self._clock = clock

    def add(self, users: NewUsers) -> list[UserRecord]:
        """Add users in one transaction: all of them or, after an error, none.

        Args:
            users: The users.

        Returns:
            The users, in the order of their numbers.

        Raises:
            MalformedNameError: A name breaks its rule, or several users would have one username.
            NameTakenError: Another user has one of the usernames.
        """
        if users.count > 1 and NUMBER not in users.username:
            raise MalformedNameError(f"the username of several users must contain {NUMBER}, which becomes the number")
        now = self._clock.now()
        records = [self._record(users, str(users.first + index), now) for index in range(users.count)]
        hashed = None if users.password is None else hash_password(users.password)
        try:
            self._table.add_all(records, hashed)
        except IntegrityError:
            problem = f"a username between {records[0].username!r} and {records[-1].username!r} is taken"
        else:
            return records
        raise NameTakenError(problem)

    @staticmethod
    def _record(users: NewUsers, number: str, now: datetime) -> UserRecord:
        username = check_username(users.username.replace(NUMBER, number))
        pattern = users.display_name
        name = default_display_name(username) if pattern is None else pattern.replace(NUMBER, number)
        return UserRecord(
            id=uuid4(),
            username=username,
            display_name=check_display_name(name),
            is_administrator=users.is_administrator,
            has_password=users.password is not None,
            created_at=now,
            deleted_at=None,
        )

    def put(self, user: str, changes: AccountChanges) -> UserRecord:
        """Change a user, or add one with the username.

        Args:
            user: An id, or a username.
            changes: What the user is to have. A new user has the username and its display name by default.

        Returns:
            The user.

        Raises:
            MalformedNameError: A name breaks its rule.
            NameTakenError: Another user has the username.
        """
        with self._database.transaction():
            try:
                found = self._accounts.find(user)
            except UserNotFoundError:
                found = self._accounts.add(user, default_display_name(user), None)
            return self.change(found.id, changes)

    def change(self, user: UserLike, changes: AccountChanges) -> UserRecord:
        """Change a user. Lock times neither hinder the change, nor begin with it.

        Args:
            user: A record, an id, or a username.
            changes: The changes.

        Returns:
            The changed user.

        Raises:
            UserNotFoundError: The user does not exist.
            MalformedNameError: A name breaks its rule.
            NameTakenError: Another user has the username.
        """
        with self._database.transaction():
            found = self._accounts.find(user)
            try:
                self._table.change(found.id, **_columns(changes))
            except IntegrityError:
                raise NameTakenError(f"the username {changes.username!r} is taken") from None
            self._delete_or_restore(found, changes)
            self._change_terms(found.id, changes)
            return self._accounts.get(found.id)

    def _delete_or_restore(self, user: UserRecord, changes: AccountChanges) -> None:
        if changes.is_deleted is True and user.deleted_at is None:
            self._accounts.delete(user.id)
        elif changes.is_deleted is False:
            self._accounts.restore(user.id)

    def _change_terms(self, user_id: UUID, changes: AccountChanges) -> None:
        if changes.must_accept_terms is not UNSET:
            self._accounts.require_terms(user_id, changes.must_accept_terms)
        if changes.has_accepted_terms is True:
            self._accounts.accept_terms(user_id)
        elif changes.has_accepted_terms is False:
            self._table.change(user_id, terms_at=None)


def _columns(changes: AccountChanges) -> dict[str, object]:
    """Return the values of columns that changes set."""
    values: dict[str, object] = {}
    if changes.display_name is not UNSET:
        values["display_name"] = check_display_name(changes.display_name)
    if changes.username is not UNSET:
        values["username"] = None if changes.username is None else check_username(changes.username)
    if changes.password is not UNSET:
        values["password"] = None if changes.password is None else hash_password(changes.password)
    if changes.is_administrator is not UNSET:
        values["is_administrator"] = changes.is_administrator
    return values
