"""The rules for users: who may be called what, and change it when.

Rules and lock times are those of the official server 0.16.4.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.domain.clock import from_milliseconds, to_milliseconds
from eternaltwin.devserver.domain.errors import (
    MalformedNameError,
    NameTakenError,
    RenameLockedError,
    UserDeletedError,
    UserNotFoundError,
)
from eternaltwin.devserver.domain.names import (
    DISPLAY_NAME_RULE,
    USERNAME_RULE,
    fold,
    is_display_name,
    is_username,
    parse_uuid,
)
from eternaltwin.devserver.domain.passwords import hash_password, is_password
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.services.games import seed_id
from eternaltwin.devserver.storage.database import IntegrityError
from eternaltwin.devserver.storage.users import Account

if TYPE_CHECKING:
    from eternaltwin.devserver.config import UserSeed
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import UserRef
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.users import UserTable

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE

#: How long after a change the next one is refused, in milliseconds.
DISPLAY_NAME_LOCK = 30 * _DAY
USERNAME_LOCK = 7 * _DAY
PASSWORD_LOCK = 10 * _MINUTE


class UserPatch(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a user; what is unset stays."""

    display_name: str | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    password: bytes | None | UnsetType = UNSET


class Terms(msgspec.Struct, frozen=True):
    """Whether, and when, a user has accepted the terms of service."""

    accepted_at: datetime | None


def check_username(username: str) -> str:
    """A username as it is; raises MalformedNameError where it breaks the rule."""
    if not is_username(username):
        raise MalformedNameError(f"username {username!r} is not {USERNAME_RULE}")
    return username


def check_display_name(display_name: str) -> str:
    """A display name as it is; raises MalformedNameError where it breaks the rule."""
    if not is_display_name(display_name):
        raise MalformedNameError(f"display name {display_name!r} is not {DISPLAY_NAME_RULE}")
    return display_name


def _locked(what: str, since: int, lock: int, now: int) -> None:
    if since <= now < since + lock:
        until = from_milliseconds(since + lock)
        raise RenameLockedError(
            f"the {what} was changed too recently; it can be changed again at {until:%Y-%m-%d %H:%M} UTC"
        )


class Accounts:
    """Users, and what they and administrators may do to them.

    Methods that are given a user's id raise UserNotFoundError where there is none.
    """

    def __init__(self, database: Database, table: UserTable, clock: Clock, behaviour: Behaviour) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._behaviour = behaviour
        self._seed_passwords: dict[str, str] = {}
        self._must_accept_terms: set[UUID] = set()

    def _now(self) -> int:
        return to_milliseconds(self._clock.now())

    # --- reading

    def get(self, user_id: UUID) -> UserRecord:
        """The user with this id, deleted or not."""
        return self._account(user_id).record()

    def find(self, user: UserRef) -> UserRecord:
        """The user that this names, deleted or not; raises UserNotFoundError where there is none."""
        if isinstance(user, UserRecord):
            return self.get(user.id)
        user_id = parse_uuid(user) if isinstance(user, str) else user
        account = self._table.of_id(user_id) if user_id is not None else self._table.of_username(str(user))
        if account is None:
            raise UserNotFoundError(f"there is no user {str(user)!r}")
        return account.record()

    def page(self, query: str, offset: int, limit: int | None) -> list[UserRecord]:
        """Users that are not deleted and whose display name contains a text, in order of creation."""
        return self.search(query, offset, limit)[0]

    def count(self, query: str) -> int:
        """How many users `page` would answer without a limit."""
        return self._table.search(fold(query), limit=0)[1]

    def search(self, query: str, offset: int, limit: int | None) -> tuple[list[UserRecord], int]:
        """`page` and `count` at once, which takes half the time."""
        accounts, count = self._table.search(fold(query), offset, limit)
        return [account.record() for account in accounts], count

    def with_password(
        self, *, username: str | None = None, user_id: UUID | None = None, password: bytes
    ) -> UserRecord | None:
        """The user with this name or id and this password, unless the user is deleted."""
        account = self._table.of_id(user_id) if user_id is not None else self._table.of_username(username or "")
        if account is None or account.deleted_at is not None or account.password is None:
            return None
        return account.record() if is_password(password, account.password) else None

    def _account(self, user_id: UUID) -> Account:
        account = self._table.of_id(user_id)
        if account is None:
            raise UserNotFoundError(f"there is no user {str(user_id)!r}")
        return account

    # --- adding

    def add(
        self,
        username: str,
        display_name: str,
        password: bytes | None,
        *,
        is_administrator: bool = False,
        user_id: UUID | None = None,
    ) -> UserRecord:
        """Add a user; raises MalformedNameError or NameTakenError."""
        kept = None if password is None else hash_password(password)
        account = self._new(user_id or uuid4(), check_username(username), display_name, kept, is_administrator)
        self._insert(account)
        return account.record()

    def register(self, username: str, display_name: str, password: bytes) -> UserRecord:
        """Add a user; the first one that a server ever has is an administrator."""
        with self._database.transaction():
            return self.add(username, display_name, password, is_administrator=self._table.is_empty())

    def _insert(self, account: Account) -> None:
        try:
            self._table.add(account)
        except IntegrityError:
            problem = f"the username {account.username!r} or the id {account.id} is taken"
        else:
            return
        raise NameTakenError(problem)

    def _new(
        self, user_id: UUID, username: str | None, display_name: str, kept: str | None, is_administrator: bool
    ) -> Account:
        now = self._now()
        return Account(
            id=str(user_id),
            username=username,
            display_name=check_display_name(display_name),
            folded_name=fold(display_name),
            is_administrator=is_administrator,
            password=kept,
            created_at=now,
            username_at=now,
            password_at=now,
        )

    def seed(self, seeds: dict[str, UserSeed]) -> None:
        """Add whom the configuration names, in order of its keys; whoever is there already stays as they are."""
        with self._database.transaction():
            for key in sorted(seeds):
                self._seed(key, seeds[key])

    def _seed(self, key: str, seed: UserSeed) -> None:
        user_id = seed.id or seed_id("user", key)
        if seed.must_accept_terms:
            self._must_accept_terms.add(user_id)
        if self._table.of_id(user_id) is None:
            kept = None if seed.password is None else self._kept_once(seed.password)
            self._insert(self._new(user_id, seed.username, seed.display_name, kept, seed.is_administrator))

    def _kept_once(self, password: str) -> str:
        """Seeds are written again and again, so their passwords are worked out only once."""
        if password not in self._seed_passwords:
            self._seed_passwords[password] = hash_password(password.encode())
        return self._seed_passwords[password]

    # --- changing

    def patch(self, user_id: UUID, patch: UserPatch, actor: UserRecord) -> UserRecord:
        """Change what a patch names.

        Raises:
            RenameLockedError: it was changed too recently for that.
            NameTakenError: another user has the username.
        """
        with self._database.transaction():
            account = self._account(user_id)
            if not (actor.is_administrator and self._behaviour.administrators_skip_locks):
                self._check_locks(account, patch)
            self._write(account, patch)
            return self.get(user_id)

    def _check_locks(self, account: Account, patch: UserPatch) -> None:
        now = self._now()
        if patch.display_name is not UNSET and account.display_name_at is not None:
            _locked("display name", account.display_name_at, DISPLAY_NAME_LOCK, now)
        if patch.username is not UNSET and account.username is not None:
            _locked("username", account.username_at, USERNAME_LOCK, now)
        if patch.password is not UNSET and account.password is not None:
            _locked("password", account.password_at, PASSWORD_LOCK, now)

    def _write(self, account: Account, patch: UserPatch) -> None:
        values: dict[str, object] = {}
        now = self._now()
        if patch.display_name not in (UNSET, account.display_name):
            name = check_display_name(str(patch.display_name))
            values.update(display_name=name, folded_name=fold(name), display_name_at=now)
        if patch.username not in (UNSET, account.username):
            username = None if patch.username is None else check_username(patch.username)
            values.update(username=username, username_at=now)
        if patch.password is not UNSET:
            kept = None if patch.password is None else hash_password(patch.password)
            values.update(password=kept, password_at=now)
        try:
            self._table.change(account.id, **values)
        except IntegrityError:
            raise NameTakenError(f"the username {patch.username!r} is taken") from None

    def rename(self, user_id: UUID, display_name: str) -> UserRecord:
        """Change a display name, whenever it was changed before."""
        name = check_display_name(display_name)
        self._table.change(str(user_id), display_name=name, folded_name=fold(name))
        return self.get(user_id)

    # --- deleting

    def delete(self, user_id: UUID) -> UserRecord:
        """Mark a user as deleted, and end its sessions and tokens; raises UserDeletedError where it is already."""
        with self._database.transaction():
            if self._account(user_id).deleted_at is not None:
                raise UserDeletedError(f"the user {str(user_id)!r} is already deleted")
            self._table.change(str(user_id), deleted_at=self._now())
            self._table.forget(user_id, every_session=self._behaviour.deletion_ends_every_session)
            return self.get(user_id)

    def restore(self, user_id: UUID) -> UserRecord:
        """Take a deletion back; nothing happens to a user that is not deleted."""
        self._table.change(str(user_id), deleted_at=None)
        return self.get(user_id)

    # --- terms of service

    def terms(self, user_id: UUID) -> Terms:
        """Whether a user has accepted the terms; a user that does not exist has not."""
        account = self._table.of_id(user_id)
        accepted = None if account is None else account.terms_at
        return Terms(None if accepted is None else from_milliseconds(accepted))

    def owes_terms(self, user_id: UUID) -> bool:
        """Whether a user has to accept the terms before anything else."""
        if not self._behaviour.keeps_terms or user_id not in self._must_accept_terms:
            return False
        return self.terms(user_id).accepted_at is None

    def accept_terms(self, user_id: UUID) -> None:
        """Accept the terms of service, for good."""
        if self._behaviour.keeps_terms and self._account(user_id).terms_at is None:
            self._table.change(str(user_id), terms_at=self._now())
