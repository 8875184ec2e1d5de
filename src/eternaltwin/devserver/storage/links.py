"""Links between users and archived accounts in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from eternaltwin.devserver.domain.records import LinkRecord
from eternaltwin.devserver.storage.schema import links, users

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from eternaltwin.devserver.storage.database import Database


_linkers = users.alias("linkers")
_unlinkers = users.alias("unlinkers")
_LINKS = (
    select(
        links.c.number,
        links.c.site,
        links.c.account,
        users.c.id,
        users.c.display_name,
        links.c.linked_at,
        _linkers.c.id,
        _linkers.c.display_name,
        links.c.unlinked_at,
        _unlinkers.c.id,
        _unlinkers.c.display_name,
    )
    .join(users, users.c.id == links.c.user_id)
    .join(_linkers, _linkers.c.id == links.c.linker_id)
    .outerjoin(_unlinkers, _unlinkers.c.id == links.c.unlinker_id)
    .order_by(links.c.number)
)
_OF_USERS = _LINKS.where(links.c.user_id.in_(bindparam("users", expanding=True)))
_OF_ACCOUNT = _LINKS.where(links.c.site == bindparam("site"), links.c.account == bindparam("account"))


class LinkTable:
    """Reads and writes links.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_users(self, user_ids: Iterable[UUID]) -> list[LinkRecord]:
        """Read the links of users, those that were removed included.

        Args:
            user_ids: Ids of the users.

        Returns:
            The links, in order of creation.
        """
        return [LinkRecord._make(row) for row in self._database.all(_OF_USERS, {"users": list(user_ids)})]

    def of_account(self, site: str, account: int) -> list[LinkRecord]:
        """Read the links of an archived account, those that were removed included.

        Args:
            site: Site of the account.
            account: Number of the account on the site.

        Returns:
            The links, in order of creation.
        """
        rows = self._database.all(_OF_ACCOUNT, {"site": site, "account": account})
        return [LinkRecord._make(row) for row in rows]

    def add(self, user_id: UUID, site: str, account: int, linker_id: UUID, now: datetime) -> None:
        """Link an archived account to a user.

        Args:
            user_id: Id of the user.
            site: Site of the account.
            account: Number of the account on the site.
            linker_id: Id of the user who creates the link.
            now: Current time.
        """
        values = {"user_id": user_id, "site": site, "account": account, "linker_id": linker_id, "linked_at": now}
        self._database.run(insert(links).values(**values))

    def end(self, number: int, unlinker_id: UUID, now: datetime) -> None:
        """Remove a link. It stays in the database as a former link.

        Args:
            number: Number of the link.
            unlinker_id: Id of the user who removes the link.
            now: Current time.
        """
        ended = update(links).where(links.c.number == number)
        self._database.run(ended.values(unlinker_id=unlinker_id, unlinked_at=now))
