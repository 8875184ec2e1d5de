"""Users: registration, changes of names and passwords, deletion, terms of service.

Rules and lock times are those of the official server 0.16.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from msgspec import UNSET

from eternaltwin.devserver.domain.changes import check_lock
from eternaltwin.devserver.domain.errors import (
    NameTakenError,
    UserDeletedError,
    UserNotFoundError,
)
from eternaltwin.devserver.domain.names import check_display_name, check_username, parse_uuid, seed_id
from eternaltwin.devserver.domain.passwords import hash_password, is_password
from eternaltwin.devserver.domain.records import Terms, UserRecord
from eternaltwin.devserver.services.seed_errors import check_distinct, seed_error
from eternaltwin.devserver.storage.database import IntegrityError
from eternaltwin.rules.accounts import DISPLAY_NAME_LOCK, PASSWORD_LOCK, USERNAME_LOCK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.devserver.config import UserSeed
    from eternaltwin.devserver.domain.changes import UserChanges
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import AccountRecord, UserLike
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.users import UserTable


def _seed_id(key: str, seed: UserSeed) -> UUID:
    return seed.id or seed_id("user", key)


class Accounts:
    """Users, and what they and administrators may change.

    Methods with the parameter `user_id` raise `UserNotFoundError` for an unknown id, unless stated otherwise.

    Args:
        database: The database, for transactions.
        table: The users in that database.
        clock: The server's clock.
        behaviour: What the server's version does.
    """

    def __init__(self, database: Database, table: UserTable, clock: Clock, behaviour: Behaviour) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._behaviour = behaviour
        self._seed_passwords: dict[str, str] = {}
        self._must_accept_terms: set[UUID] = set()

    # --- reading

    def get(self, user_id: UUID) -> UserRecord:
        """Return a user, deleted or not.

        Args:
            user_id: The user's id.

        Returns:
            The user.

        Raises:
            UserNotFoundError: The user does not exist.
        """
        user = self._table.of_id(user_id)
        if user is None:
            raise UserNotFoundError(f"there is no user {str(user_id)!r}")
        return user

    def find(self, user: UserLike) -> UserRecord:
        """Return the user that a reference names, deleted or not.

        Args:
            user: A record, whose current state is returned, an id, or a username.

        Returns:
            The user.

        Raises:
            UserNotFoundError: The user does not exist.
        """
        if isinstance(user, UserRecord):
            return self.get(user.id)
        user_id = parse_uuid(user) if isinstance(user, str) else user
        found = None if user_id is None else self._table.of_id(user_id)
        if found is None and isinstance(user, str):  # a username can also be the spelling of a UUID
            found = self._table.of_username(user)
        if found is None:
            raise UserNotFoundError(f"there is no user {str(user)!r}")
        return found

    def page(self, query: str, offset: int, limit: int | None) -> list[UserRecord]:
        """Return users who are not deleted, by a part of their display name.

        Args:
            query: Part of a display name, in any case. The empty string matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users to return. None means all.

        Returns:
            The matching users, in order of creation.
        """
        return self.search(query, offset, limit)[0]

    def count(self, query: str) -> int:
        """Count users who are not deleted, by a part of their display name.

        Args:
            query: Part of a display name, in any case.

        Returns:
            Number of the matching users.
        """
        return self._table.search(query, limit=0)[1]

    def search(self, query: str, offset: int, limit: int | None) -> tuple[list[UserRecord], int]:
        """Return what `page` and `count` return, in half the time of both.

        Args:
            query: Part of a display name, in any case. The empty string matches every user.
            offset: Number of matching users to skip.
            limit: Maximum number of users to return. None means all.

        Returns:
            The matching users of the page, and the number of all matching users.
        """
        return self._table.search(query, offset, limit)

    def with_password(
        self, *, username: str | None = None, user_id: UUID | None = None, password: bytes
    ) -> UserRecord | None:
        """Return the user with a name or an id and a password.

        Args:
            username: The username. It is ignored if there is a `user_id`.
            user_id: The user's id. An unknown id is no error here.
            password: The password, in UTF-8.

        Returns:
            The user, or None if the user does not exist, is deleted, has no password, or has another password.
        """
        table = self._table
        account = table.account_of_username(username or "") if user_id is None else table.account(user_id)
        if account is None or account.user.deleted_at is not None or account.password is None:
            return None
        return account.user if is_password(password, account.password) else None

    def _account(self, user_id: UUID) -> AccountRecord:
        account = self._table.account(user_id)
        if account is None:
            raise UserNotFoundError(f"there is no user {str(user_id)!r}")
        return account

    def deleted(self, limit: int) -> list[UserRecord]:
        """List the users who were deleted last.

        Args:
            limit: Maximum number of users to return.

        Returns:
            The users, the last one first.
        """
        return self._table.deleted(limit)

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
        """Add a user.

        Args:
            username: The username.
            display_name: The display name.
            password: The password, in UTF-8. None means that the user cannot log in with a password.
            is_administrator: Whether the user is an administrator.
            user_id: The user's id. None means a random one.

        Returns:
            The new user.

        Raises:
            MalformedNameError: A name breaks its rule.
            NameTakenError: Another user has the username or the id.
        """
        hashed = None if password is None else hash_password(password)
        return self._insert(user_id or uuid4(), check_username(username), display_name, hashed, is_administrator)

    def register(self, username: str, display_name: str, password: bytes) -> UserRecord:
        """Register a user. The first user of a server becomes an administrator.

        Args:
            username: The username.
            display_name: The display name.
            password: The password, in UTF-8.

        Returns:
            The new user.

        Raises:
            MalformedNameError: A name breaks its rule.
            NameTakenError: Another user has the username.
        """
        with self._database.transaction():
            return self.add(username, display_name, password, is_administrator=self._table.is_empty())

    def _insert(
        self, user_id: UUID, username: str | None, display_name: str, hashed: str | None, is_administrator: bool
    ) -> UserRecord:
        user = UserRecord(
            id=user_id,
            username=username,
            display_name=check_display_name(display_name),
            is_administrator=is_administrator,
            has_password=hashed is not None,
            created_at=self._clock.now(),
            deleted_at=None,
        )
        try:
            self._table.add(user, hashed)
        except IntegrityError:
            problem = f"the username {username!r} or the id {user_id} is taken"
        else:
            return user
        raise NameTakenError(problem)

    def seed(self, seeds: Mapping[str, UserSeed]) -> None:
        """Add the users of the configuration, in order of their keys. Users who exist already are not changed.

        Args:
            seeds: The users by their keys in the configuration.

        Raises:
            MalformedNameError: A name breaks its rule.
            ConfigurationError: Two users have the same username or id, or a user in the database has the username.
        """
        self._must_accept_terms.clear()
        self.reseed(seeds, {})
        self.require_terms_of(seeds, {})

    def reseed(self, seeds: Mapping[str, UserSeed], previous: Mapping[str, UserSeed]) -> None:
        """Add the users of a changed configuration, and change those that differ there, in order of their keys.

        Users keep what they have changed themselves, unless the configuration has changed the same. Who must accept the
        terms of service is left to `require_terms_of`.

        Args:
            seeds: The users by their keys in the configuration.
            previous: The users of the configuration that was used before.

        Raises:
            MalformedNameError: A name breaks its rule.
            ConfigurationError: Two users have the same username or id, or a user in the database has the username.
        """
        users = {f"seed.user.{key}": seeds[key] for key in sorted(seeds)}
        ids = {f"seed.user.{key}": _seed_id(key, seed) for key, seed in seeds.items()}
        named = [(key, seed.username) for key, seed in users.items() if seed.username is not None]
        check_distinct((key, f"users with the id {ids[key]}") for key in users)
        check_distinct((key, f"users with the username {username!r}") for key, username in named)
        with self._database.transaction():
            for key in sorted(seeds):
                place = f"seed.user.{key}"
                self._seed(place, ids[place], seeds[key], previous.get(key))

    def require_terms_of(self, seeds: Mapping[str, UserSeed], previous: Mapping[str, UserSeed]) -> None:
        """Decide which users of a changed configuration must accept the terms of service, where it has changed.

        Args:
            seeds: The users by their keys in the configuration.
            previous: The users of the configuration that was used before.
        """
        for key, seed in seeds.items():
            if key not in previous or previous[key].must_accept_terms != seed.must_accept_terms:
                self.require_terms(_seed_id(key, seed), seed.must_accept_terms)

    def _seed(self, key: str, user_id: UUID, seed: UserSeed, before: UserSeed | None) -> None:
        try:
            if self._table.of_id(user_id) is None:
                hashed = None if seed.password is None else self._hash_once(seed.password)
                self._insert(user_id, seed.username, seed.display_name, hashed, seed.is_administrator)
            elif before is not None:
                self._write_seed(user_id, seed, before)
        except NameTakenError:
            problem = f"another user in the database has the username {seed.username!r}; choose another one"
            raise seed_error(key, problem) from None

    def _write_seed(self, user_id: UUID, seed: UserSeed, before: UserSeed) -> None:
        names = ("username", "display_name", "password", "is_administrator")
        values = {name: getattr(seed, name) for name in names if getattr(seed, name) != getattr(before, name)}
        if values.get("password") is not None:
            values["password"] = self._hash_once(values["password"])
        try:
            self._table.change(user_id, **values)
        except IntegrityError:
            raise NameTakenError(f"the username {seed.username!r} is taken") from None

    def _hash_once(self, password: str) -> str:
        """Return the hash of a seed's password. Resets add seeds repeatedly, so each password is hashed once."""
        if password not in self._seed_passwords:
            self._seed_passwords[password] = hash_password(password.encode())
        return self._seed_passwords[password]

    # --- changing

    def patch(self, user_id: UUID, patch: UserChanges, actor: UserRecord) -> UserRecord:
        """Change a user.

        Args:
            user_id: The user's id.
            patch: The changes.
            actor: The user who makes the changes. Administrators may skip the lock times in newer versions.

        Returns:
            The changed user.

        Raises:
            UserNotFoundError: The user does not exist.
            MalformedNameError: A name breaks its rule.
            RenameLockedError: A name or the password was changed too recently.
            NameTakenError: Another user has the username.
        """
        with self._database.transaction():
            account = self._account(user_id)
            if not (actor.is_administrator and self._behaviour.administrators_skip_locks):
                self._check_locks(account, patch)
            self._write(account.user, patch)
            return self.get(user_id)

    def _check_locks(self, account: AccountRecord, patch: UserChanges) -> None:
        now = self._clock.now()
        if patch.display_name is not UNSET and account.display_name_at is not None:
            check_lock("display name", account.display_name_at, DISPLAY_NAME_LOCK, now)
        if patch.username is not UNSET and account.user.username is not None:
            check_lock("username", account.username_at, USERNAME_LOCK, now)
        if patch.password is not UNSET and account.password is not None:
            check_lock("password", account.password_at, PASSWORD_LOCK, now)

    def _write(self, user: UserRecord, patch: UserChanges) -> None:
        values: dict[str, object] = {}
        now = self._clock.now()
        if patch.display_name not in (UNSET, user.display_name):
            values.update(display_name=check_display_name(str(patch.display_name)), display_name_at=now)
        if patch.username not in (UNSET, user.username):
            username = None if patch.username is None else check_username(patch.username)
            values.update(username=username, username_at=now)
        if patch.password is not UNSET:
            hashed = None if patch.password is None else hash_password(patch.password)
            values.update(password=hashed, password_at=now)
        try:
            self._table.change(user.id, **values)
        except IntegrityError:
            raise NameTakenError(f"the username {patch.username!r} is taken") from None

    def rename(self, user_id: UUID, display_name: str) -> UserRecord:
        """Change a display name without regard to lock times.

        Args:
            user_id: The user's id.
            display_name: The new display name.

        Returns:
            The changed user.

        Raises:
            UserNotFoundError: The user does not exist.
            MalformedNameError: The display name breaks its rule.
        """
        self._table.change(user_id, display_name=check_display_name(display_name))
        return self.get(user_id)

    # --- deleting

    def delete(self, user_id: UUID) -> UserRecord:
        """Mark a user as deleted, and end the user's sessions and tokens.

        Args:
            user_id: The user's id.

        Returns:
            The deleted user.

        Raises:
            UserNotFoundError: The user does not exist.
            UserDeletedError: The user is already deleted.
        """
        with self._database.transaction():
            if self.get(user_id).deleted_at is not None:
                raise UserDeletedError(f"the user {str(user_id)!r} is already deleted")
            self._table.change(user_id, deleted_at=self._clock.now())
            self._table.forget(user_id, every_session=self._behaviour.deletion_ends_every_session)
            return self.get(user_id)

    def restore(self, user_id: UUID) -> UserRecord:
        """Restore a deleted user. Users who are not deleted stay as they are.

        Args:
            user_id: The user's id.

        Returns:
            The user.

        Raises:
            UserNotFoundError: The user does not exist.
        """
        self._table.change(user_id, deleted_at=None)
        return self.get(user_id)

    # --- terms of service

    def terms(self, user_id: UUID) -> Terms:
        """Return whether and when a user has accepted the terms of service.

        Args:
            user_id: The user's id. An unknown id is no error here.

        Returns:
            The acceptance. Unknown users have accepted nothing.
        """
        account = self._table.account(user_id)
        return Terms(None if account is None else account.terms_at)

    def owes_terms(self, user_id: UUID) -> bool:
        """Return whether a user must accept the terms of service before signing in to games.

        Args:
            user_id: The user's id. An unknown id is no error here.

        Returns:
            True if the configuration demands it and the user has not accepted the terms. Always False on the released
            server.
        """
        if not self._behaviour.keeps_terms or user_id not in self._must_accept_terms:
            return False
        return self.terms(user_id).accepted_at is None

    def require_terms(self, user_id: UUID, is_required: bool) -> None:
        """Decide whether a user must accept the terms of service before signing in to games, until the next reset.

        Args:
            user_id: The user's id.
            is_required: Whether the user must.
        """
        if is_required:
            self._must_accept_terms.add(user_id)
        else:
            self._must_accept_terms.discard(user_id)

    def accept_terms(self, user_id: UUID) -> None:
        """Store that a user accepts the terms of service. Later calls do not change the time.

        The released server stores nothing.

        Args:
            user_id: The user's id. An unknown id is no error on the released server.

        Raises:
            UserNotFoundError: The user does not exist.
        """
        if self._behaviour.keeps_terms and self._account(user_id).terms_at is None:
            self._table.change(user_id, terms_at=self._clock.now())
