"""Links between users and archived accounts.

Administrators may link. Administrators and the linked user may unlink. Source: recordings of the official server
0.16.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    LinkTakenError,
    NotLinkedError,
    NotPermittedError,
    UserNotFoundError,
)
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.services.seed_errors import seed_error
from eternaltwin.rules.archives import SITES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import Caller, LinkRecord
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.services.archives import Archives
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.links import LinkTable


def _user(caller: Caller) -> UserRecord | None:
    return caller if isinstance(caller, UserRecord) else None


def _is_current(row: LinkRecord) -> bool:
    return row.unlinked_at is None


def _unknown(site: str, account: int) -> AccountNotFoundError:
    return AccountNotFoundError(f"the archive has no account {account} of {site}")


class AccountLinks:
    """Links between users and archived accounts.

    Args:
        database: The database, for transactions.
        table: The links in that database.
        archives: The archived accounts.
        accounts: The users.
        clock: The server's clock.
        behaviour: What the server's version does.
    """

    def __init__(
        self,
        database: Database,
        table: LinkTable,
        archives: Archives,
        accounts: Accounts,
        clock: Clock,
        behaviour: Behaviour,
    ) -> None:
        self._database = database
        self._table = table
        self._archives = archives
        self._accounts = accounts
        self._clock = clock
        self._fails = behaviour.fails_at_links

    def seed(self) -> None:
        """Add the links of the configuration.

        A link is left out if the account, or the user on that site, has or had a link already.

        Raises:
            ConfigurationError: An account is linked to a user who does not exist.
        """
        with self._database.transaction():
            for key, seed in self._archives.all().items():
                if seed.linked_to is not None and not self._table.of_account(seed.server, seed.id):
                    user = self._user_to_link(f"{key}.linked_to", seed.linked_to)
                    if not self._history(user.id, seed.server, seed.id):
                        self._table.add(user.id, seed.server, seed.id, user.id, self._clock.now())

    def _user_to_link(self, key: str, username: str) -> UserRecord:
        try:
            return self._accounts.find(username)
        except UserNotFoundError as exc:
            raise seed_error(key, f"{exc}; add seed.user.{username}, or link the account to another user") from None

    def of_users(self, user_ids: Iterable[UUID]) -> list[LinkRecord]:
        """List the links of users to archived accounts.

        Args:
            user_ids: Ids of the users.

        Returns:
            Current and former links, the oldest first. Links to unknown accounts are left out.
        """
        rows = self._table.of_users(user_ids)
        return [row for row in rows if self._archives.account(row.site, row.account) is not None]

    def of_account(self, site: str, account: int) -> list[LinkRecord]:
        """List the links of an archived account.

        Args:
            site: Name of the site.
            account: Number of the account.

        Returns:
            Current and former links, the oldest first.
        """
        return self._table.of_account(site, account)

    def breaks(self, user_id: UUID) -> bool:
        """Return whether a link causes internal errors for a user, a defect of the released server.

        Args:
            user_id: The user's id. An unknown id is no error here.

        Returns:
            True if the user is linked to an unknown account and the server's version has this defect.
        """
        if not self._fails:
            return False
        rows = filter(_is_current, self._table.of_users([user_id]))
        return any(self._archives.account(row.site, row.account) is None for row in rows)

    def _history(self, user_id: UUID, site: str, account: int) -> list[LinkRecord]:
        """Return all current and former links of the account, and of the user on that site."""
        of_user = [row for row in self._table.of_users([user_id]) if row.site == site]
        return [*of_user, *self._table.of_account(site, account)]

    def link(self, caller: Caller, user_id: UUID, site: str, account: int) -> None:
        """Link an archived account to a user. An existing link stays as it is.

        Args:
            caller: The user or the game that makes the change.
            user_id: The user's id.
            site: Name of the site.
            account: Number of the account.

        Raises:
            NotPermittedError: The caller is not an administrator.
            UserNotFoundError: The user does not exist.
            AccountNotFoundError: The account is not archived. The released server stores the link nevertheless, but for
                Hammerfest.
            LinkTakenError: The user or the account is linked to another.
        """
        actor = _user(caller)
        if actor is None or not actor.is_administrator:
            raise NotPermittedError("only administrators link archived accounts")
        with self._database.transaction():
            user = self._accounts.get(user_id)
            is_known = self._archives.account(site, account) is not None
            if not is_known and not (self._fails and SITES[site].game != "Hammerfest"):
                raise _unknown(site, account)
            self._add(user, site, account, actor)
        if not is_known:  # the released server has stored the link nevertheless
            raise _unknown(site, account)

    def put(self, user: UserRecord, site: str, account: int) -> None:
        """Link an archived account to a user in the name of this user, without a caller who may.

        Args:
            user: The user.
            site: Name of the site.
            account: Number of the account.

        Raises:
            AccountNotFoundError: The account is not archived.
            LinkTakenError: The user or the account is linked to another.
        """
        with self._database.transaction():
            if self._archives.account(site, account) is None:
                raise _unknown(site, account)
            self._add(user, site, account, user)

    def remove(self, site: str, account: int) -> None:
        """Remove the link of an archived account in the name of its user. Nothing happens if there is none.

        Args:
            site: Name of the site.
            account: Number of the account.
        """
        with self._database.transaction():
            for row in filter(_is_current, self._table.of_account(site, account)):
                self._table.end(row.number, row.user_id, self._clock.now())

    def _add(self, user: UserRecord, site: str, account: int, actor: UserRecord) -> None:
        if not self._is_linked(user, site, account):
            self._table.add(user.id, site, account, actor.id, self._clock.now())

    def _is_linked(self, user: UserRecord, site: str, account: int) -> bool:
        """Return whether the two are linked. Raise LinkTakenError if either is linked to another."""
        current = [row for row in self._history(user.id, site, account) if _is_current(row)]
        if any((row.user_id, row.account) != (user.id, account) for row in current):
            raise LinkTakenError("the user or the archived account is linked to another")
        return bool(current)

    def unlink(self, caller: Caller, user_id: UUID, site: str, account: int) -> None:
        """Remove a link between a user and an archived account.

        Args:
            caller: The user or the game that makes the change.
            user_id: The user's id.
            site: Name of the site.
            account: Number of the account.

        Raises:
            NotPermittedError: The caller is neither the user nor an administrator.
            NotLinkedError: The two are not linked.
        """
        actor = _user(caller)
        if actor is None or (actor.id != user_id and not actor.is_administrator):
            raise NotPermittedError("only the user and administrators unlink archived accounts")
        with self._database.transaction():
            for row in self._table.of_account(site, account):
                if _is_current(row) and row.user_id == user_id:
                    self._table.end(row.number, actor.id, self._clock.now())
                    return
        raise NotLinkedError(f"the user is not linked to the account {account} of {site}")
