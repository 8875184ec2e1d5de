"""View helpers: build the JSON of links between users and archived accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.api.responses import Instant
from eternaltwin.devserver.api.views import NO_LINKS, short_archive_user, short_user
from eternaltwin.models import Act, CurrentLink, CurrentOwner, Link, Links, OldLink, OldOwner, Owners
from eternaltwin.rules.archives import SITES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from eternaltwin.devserver.domain.records import LinkRecord
    from eternaltwin.devserver.services.world import World
    from eternaltwin.models import ShortArchiveUser


def _act(time: datetime, user_id: UUID, name: str) -> Act:
    return Act(Instant.at(time), short_user(user_id, name))


def _linked(record: LinkRecord) -> Act:
    return _act(record.linked_at, record.linker_id, record.linker_name)


def _unlinked(record: LinkRecord) -> Act | None:
    """Return when and by whom a link was removed, or None for a current link."""
    if record.unlinked_at is None or record.unlinker_id is None or record.unlinker_name is None:
        return None
    return _act(record.unlinked_at, record.unlinker_id, record.unlinker_name)


class LinkViews:
    """Builds the models of links. The released server leaves former links out.

    Args:
        world: The state of the server.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._shows_old = not world.behaviour.fails_at_links

    def _account(self, record: LinkRecord) -> ShortArchiveUser | None:
        seed = self._world.archives.account(record.site, record.account)
        return None if seed is None else short_archive_user(seed)

    def _link(self, records: Iterable[LinkRecord]) -> Link:
        current, old = None, list[OldLink]()
        for record in records:
            account, unlinked = self._account(record), _unlinked(record)
            if account is not None and unlinked is None:
                current = CurrentLink(link=_linked(record), user=account)
            elif account is not None and unlinked is not None and self._shows_old:
                old.append(OldLink(link=_linked(record), unlink=unlinked, remote=account))
        return Link(current, old)

    def link(self, user_id: UUID, site: str) -> Link:
        """Build the links of a user on one site.

        Args:
            user_id: The user.
            site: The name of the site, such as `twinoid.com`.

        Returns:
            The current link and the former ones.
        """
        return self._link(record for record in self._world.links.of_users([user_id]) if record.site == site)

    def of_users(self, user_ids: Sequence[UUID]) -> dict[UUID, Links]:
        """Build all links of several users.

        Args:
            user_ids: The users.

        Returns:
            The links by user, without the users who have none.
        """
        records_of: dict[UUID, list[LinkRecord]] = {}
        for record in self._world.links.of_users(user_ids) if user_ids else ():
            records_of.setdefault(record.user_id, []).append(record)
        return {user_id: self._links(records) for user_id, records in records_of.items()}

    def _links(self, records: list[LinkRecord]) -> Links:
        sites = {record.site for record in records}
        return Links(
            **{SITES[site].field: self._link(record for record in records if record.site == site) for site in sites}
        )

    def of_user(self, user_id: UUID) -> Links:
        """Build all links of a user.

        Args:
            user_id: The user.

        Returns:
            The current and the former links on every site.
        """
        return self.of_users([user_id]).get(user_id, NO_LINKS)

    def owners(self, site: str, account: int) -> Owners:
        """Build the owners of an archived account: the users to whom it is or was linked.

        Args:
            site: The name of the site.
            account: The number of the account.

        Returns:
            The current owner and the former ones.
        """
        current, old = None, list[OldOwner]()
        for record in self._world.links.of_account(site, account):
            user, unlinked = short_user(record.user_id, record.user_name), _unlinked(record)
            if unlinked is None:
                current = CurrentOwner(link=_linked(record), user=user)
            elif self._shows_old:
                old.append(OldOwner(link=_linked(record), unlink=unlinked, user=user))
        return Owners(current, old)
