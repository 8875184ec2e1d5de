"""Links between users and archived accounts, as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from eternaltwin.devserver.api.responses import Instant
from eternaltwin.devserver.api.views import NO_LINKS, short_user
from eternaltwin.devserver.domain.archives import SITES
from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.services.archives import short_archive_user
from eternaltwin.models import Act, CurrentLink, CurrentOwner, Link, Links, OldLink, OldOwner, Owners

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eternaltwin.devserver.services.world import World
    from eternaltwin.devserver.storage.links import LinkRow
    from eternaltwin.models import ShortArchiveUser


def _act(time: int, user_id: str, name: str) -> Act:
    return Act(Instant.at(from_milliseconds(time)), short_user(UUID(user_id), name))


def _made(row: LinkRow) -> Act:
    return _act(row.linked_at, row.linker_id, row.linker_name)


def _ended(row: LinkRow) -> Act | None:
    """When and by whom a link was taken back, unless it stands."""
    if row.unlinked_at is None or row.unlinker_id is None or row.unlinker_name is None:
        return None
    return _act(row.unlinked_at, row.unlinker_id, row.unlinker_name)


class LinkViews:
    """Shows links; the released server does not tell of former ones."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tells_of_old = not world.behaviour.fails_at_links

    def _account(self, row: LinkRow) -> ShortArchiveUser | None:
        seed = self._world.archives.account(row.site, row.account)
        return None if seed is None else short_archive_user(seed)

    def _link(self, rows: Iterable[LinkRow]) -> Link:
        current, old = None, list[OldLink]()
        for row in rows:
            account, ended = self._account(row), _ended(row)
            if account is not None and ended is None:
                current = CurrentLink(link=_made(row), user=account)
            elif account is not None and ended is not None and self._tells_of_old:
                old.append(OldLink(link=_made(row), unlink=ended, remote=account))
        return Link(current, old)

    def link(self, user_id: UUID, site: str) -> Link:
        """The links of a user on one site."""
        return self._link(row for row in self._world.links.of_users([user_id]) if row.site == site)

    def of_users(self, user_ids: Sequence[UUID]) -> dict[UUID, Links]:
        """The links of those users that have any."""
        rows_of: dict[UUID, list[LinkRow]] = {}
        for row in self._world.links.of_users(user_ids) if user_ids else ():
            rows_of.setdefault(UUID(row.user_id), []).append(row)
        return {user_id: self._links(rows) for user_id, rows in rows_of.items()}

    def _links(self, rows: list[LinkRow]) -> Links:
        sites = {row.site for row in rows}
        return Links(**{SITES[site].field: self._link(row for row in rows if row.site == site) for site in sites})

    def of_user(self, user_id: UUID) -> Links:
        """All links of a user."""
        return self.of_users([user_id]).get(user_id, NO_LINKS)

    def owners(self, site: str, account: int) -> Owners:
        """Whom an archived account is linked to."""
        current, old = None, list[OldOwner]()
        for row in self._world.links.of_account(site, account):
            user, ended = short_user(UUID(row.user_id), row.user_name), _ended(row)
            if ended is None:
                current = CurrentOwner(link=_made(row), user=user)
            elif self._tells_of_old:
                old.append(OldOwner(link=_made(row), unlink=ended, user=user))
        return Owners(current, old)
