"""The rules for links between users and archived accounts.

Administrators link, and whoever is linked may unlink. Source: the recordings of the official server 0.16.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.domain.archives import SITES
from eternaltwin.devserver.domain.clock import to_milliseconds
from eternaltwin.devserver.domain.errors import (
    AccountNotFoundError,
    LinkTakenError,
    NotLinkedError,
    NotPermittedError,
)
from eternaltwin.devserver.domain.records import UserRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.services.archives import Archives
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.links import LinkRow, LinkTable


def _user(caller: Caller) -> UserRecord | None:
    return caller if isinstance(caller, UserRecord) else None


def _stands(row: LinkRow) -> bool:
    return row.unlinked_at is None


class LinkBook:
    """Who is linked to what.

    Methods that are given a user's id raise UserNotFoundError where there is none.
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

    def _now(self) -> int:
        return to_milliseconds(self._clock.now())

    def seed(self) -> None:
        """Link the archived accounts that the configuration links, unless they, or the user there, ever were."""
        with self._database.transaction():
            for seed in self._archives.all():
                if seed.linked_to is None or self._table.of_account(seed.server, seed.id):
                    continue
                user = self._accounts.find(seed.linked_to)
                if not self._rivals(user.id, seed.server, seed.id):
                    self._table.add(str(user.id), seed.server, seed.id, str(user.id), self._now())

    def of_users(self, user_ids: Iterable[UUID]) -> list[LinkRow]:
        """The links of users to accounts that are in the archive, and those before them, the oldest first."""
        rows = self._table.of_users(map(str, user_ids))
        return [row for row in rows if self._archives.account(row.site, row.account) is not None]

    def of_account(self, site: str, account: int) -> list[LinkRow]:
        """The link of an archived account, and those before it, the oldest first."""
        return self._table.of_account(site, account)

    def breaks(self, user_id: UUID) -> bool:
        """Whether a link makes the server fail for this user; only the released one does."""
        if not self._fails:
            return False
        rows = filter(_stands, self._table.of_users([str(user_id)]))
        return any(self._archives.account(row.site, row.account) is None for row in rows)

    def _rivals(self, user_id: UUID, site: str, account: int) -> list[LinkRow]:
        """What was ever linked to the account, and to the user on that site."""
        of_user = [row for row in self._table.of_users([str(user_id)]) if row.site == site]
        return [*of_user, *self._table.of_account(site, account)]

    def link(self, caller: Caller, user_id: UUID, site: str, account: int) -> None:
        """Link an archived account to a user, as an administrator; once more does nothing.

        Raises:
            NotPermittedError: whoever asks is no administrator.
            AccountNotFoundError: the archive does not have it.
            LinkTakenError: the user, or the account, is linked to another.
        """
        actor = _user(caller)
        if actor is None or not actor.is_administrator:
            raise NotPermittedError("only administrators link archived accounts")
        with self._database.transaction():
            user = self._accounts.get(user_id)
            is_known = self._archives.account(site, account) is not None
            if not is_known and not (self._fails and SITES[site].game != "Hammerfest"):
                raise AccountNotFoundError(f"the archive has no account {account} of {site}")
            if not self._is_linked(user, site, account):
                self._table.add(str(user.id), site, account, str(actor.id), self._now())
        if not is_known:  # the link is there, and yet this fails
            raise AccountNotFoundError(f"the archive has no account {account} of {site}")

    def _is_linked(self, user: UserRecord, site: str, account: int) -> bool:
        """Whether these are linked; raises LinkTakenError where either is linked to another."""
        standing = [row for row in self._rivals(user.id, site, account) if _stands(row)]
        if any((row.user_id, row.account) != (str(user.id), account) for row in standing):
            raise LinkTakenError("the user or the archived account is linked to another")
        return bool(standing)

    def unlink(self, caller: Caller, user_id: UUID, site: str, account: int) -> None:
        """Take a link back: of oneself, or of anybody as an administrator.

        Raises:
            NotPermittedError: whoever asks is neither.
            NotLinkedError: there is no such link.
        """
        actor = _user(caller)
        if actor is None or (actor.id != user_id and not actor.is_administrator):
            raise NotPermittedError("only the user and administrators unlink archived accounts")
        with self._database.transaction():
            for row in self._table.of_account(site, account):
                if _stands(row) and row.user_id == str(user_id):
                    self._table.end(row.number, str(actor.id), self._now())
                    return
        raise NotLinkedError(f"the user is not linked to the account {account} of {site}")
