"""Sections: their threads, and who moderates them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from eternaltwin import models
from eternaltwin.clients.driver import run
from eternaltwin.forum.origins import asyncio_forum, blocking_forum
from eternaltwin.forum.pages import Page
from eternaltwin.forum.threads import Thread
from eternaltwin.users import User, make_user, user_id_of

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from eternaltwin.clients.api.pagination import Pages
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.forum.origins import Origin

ADMINISTRATOR = "Administrator"
MODERATOR = "Moderator"


class RoleGrant:
    """A role that somebody has in a section.

    Attributes:
        role: such as `Moderator`.
        user: who has it.
        since: since when.
        granted_by: who gave it.
    """

    def __init__(self, grant: models.ForumRoleGrant) -> None:
        self.role = grant.role
        self.user = make_user(User, grant.user)
        self.since = grant.start_time
        self.granted_by = make_user(User, grant.granted_by)

    def __repr__(self) -> str:
        return f"<RoleGrant {self.role} {self.user.username!r}>"


class Section:
    """A section of the forum. Sections are equal if their identifiers are.

    Attributes:
        identifier: the UUID, in lower case.
        key: a name that can stand for the id, such as `main_en`.
        name: what it is called.
        created_at: when it was created.
        locale: the language that is spoken there, such as `en-US`.
        thread_count: how many threads it has.
        roles: what whoever asked is there: `Administrator`, `Moderator`, or nothing.
        role_grants: who is what there; None in a list of sections, and around a thread.
        origin: the connection that it was read over.
    """

    def __init__(self, section: models.ForumSection | models.ForumSectionMeta, using: Origin = None) -> None:
        self.identifier = str(section.id)
        self.key = section.key
        self.name = section.display_name
        self.created_at = section.ctime
        self.locale = section.locale
        self.thread_count: int = section.threads.count
        self.roles = frozenset(section.own.roles)
        self.role_grants: builtins.list[RoleGrant] | None = (
            [RoleGrant(grant) for grant in section.role_grants] if isinstance(section, models.ForumSection) else None
        )
        self.origin: Origin = using

    @property
    def is_administrator(self) -> bool:
        """Whether whoever asked administrates the forum."""
        return ADMINISTRATOR in self.roles

    @property
    def is_moderator(self) -> bool:
        """Whether whoever asked moderates this section."""
        return MODERATOR in self.roles

    @property
    def moderators(self) -> builtins.list[User] | None:
        """Who moderates the section; None where `role_grants` is."""
        if self.role_grants is None:
            return None
        return [grant.user for grant in self.role_grants if grant.role == MODERATOR]

    @classmethod
    def list(
        cls, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> builtins.list[Self]:
        """All sections."""
        return [cls(section, using) for section in run(blocking_forum(using).sections(identity))]

    @classmethod
    async def alist(
        cls, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> builtins.list[Self]:
        """All sections; see `list`."""
        return [cls(section, using) for section in await asyncio_forum(using).sections(identity)]

    @classmethod
    def get(
        cls, section: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A section by id or key.

        Raises:
            InvalidArgumentError: it is neither; nothing was sent.
            NotFoundError: there is no such section.
        """
        return cls(run(blocking_forum(using).section(section, 0, 0, identity)), using)

    @classmethod
    async def aget(
        cls, section: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A section by id or key; see `get`."""
        return cls(await asyncio_forum(using).section(section, 0, 0, identity), using)

    def threads(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Page[Thread]:
        """A page of the threads, in the server's order.

        Args:
            offset: how many to leave out at the front.
            limit: how many, at the most; what the server's configuration says by default.
            using: the connection.
            identity: who asks.
        """
        forum = blocking_forum(using, self.origin)
        return self._page(run(forum.section(self.identifier, offset, limit, identity)).threads, using)

    async def athreads(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Page[Thread]:
        """A page of the threads, in the server's order; see `threads`."""
        forum = asyncio_forum(using, self.origin)
        return self._page((await forum.section(self.identifier, offset, limit, identity)).threads, using)

    def iterate_threads(
        self,
        page_size: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Iterator[Thread]:
        """All threads, page by page; each once, even when some move to the front meanwhile.

        Args:
            page_size: how many to ask for at a time; what the server's configuration says by default.
            using: the connection.
            identity: who asks.
        """
        pages = blocking_forum(using, self.origin).all_threads(self.identifier, page_size, identity)
        return self._walk(pages, using)

    def aiterate_threads(
        self,
        page_size: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Thread]:
        """All threads, page by page; see `iterate_threads`."""
        pages = asyncio_forum(using, self.origin).all_threads(self.identifier, page_size, identity)
        return self._awalk(pages, using)

    def grant_moderator(
        self,
        user: User | str | UUID,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Make somebody a moderator, as an administrator, and answer the section as it is then.

        Raises:
            InvalidArgumentError: the id is no UUID; nothing was sent.
            ForbiddenError: whoever asks is no administrator.
            NotFoundError: there is no such user.
        """
        changed = run(blocking_forum(using, self.origin).grant(self.identifier, user_id_of(user), identity))
        return type(self)(changed, self._origin(using))

    async def agrant_moderator(
        self,
        user: User | str | UUID,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Make somebody a moderator; see `grant_moderator`."""
        changed = await asyncio_forum(using, self.origin).grant(self.identifier, user_id_of(user), identity)
        return type(self)(changed, self._origin(using))

    def revoke_moderator(
        self,
        user: User | str | UUID,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Make a moderator one no more, and answer the section as it is then; moderators may resign.

        Raises:
            InvalidArgumentError: the id is no UUID; nothing was sent.
            ForbiddenError: whoever asks may not do this.
            NotFoundError: there is no such user.
        """
        changed = run(blocking_forum(using, self.origin).revoke(self.identifier, user_id_of(user), identity))
        return type(self)(changed, self._origin(using))

    async def arevoke_moderator(
        self,
        user: User | str | UUID,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Make a moderator one no more; see `revoke_moderator`."""
        changed = await asyncio_forum(using, self.origin).revoke(self.identifier, user_id_of(user), identity)
        return type(self)(changed, self._origin(using))

    def _origin(self, using: Origin) -> Origin:
        return self.origin if using is None else using

    def _page(self, page: models.Listing[models.ForumThreadMeta], using: Origin) -> Page[Thread]:
        threads = [Thread(thread, self, self._origin(using)) for thread in page.items]
        return Page(threads, offset=page.offset, limit=page.limit, total=page.count)

    def _walk(self, pages: Pages[models.ForumThreadMeta], using: Origin) -> Iterator[Thread]:
        while (threads := run(pages.next())) is not None:
            for thread in threads:
                yield Thread(thread, self, self._origin(using))

    async def _awalk(self, pages: Pages[models.ForumThreadMeta], using: Origin) -> AsyncIterator[Thread]:
        while (threads := await pages.next()) is not None:
            for thread in threads:
                yield Thread(thread, self, self._origin(using))

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, Section) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.key or self.name!r}>"
