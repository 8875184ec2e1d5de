"""Threads: reading them, starting them, replying in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import UNSET

from eternaltwin.clients.driver import run
from eternaltwin.forum.origins import asyncio_forum, blocking_forum
from eternaltwin.forum.pages import Page
from eternaltwin.forum.posts import Post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from eternaltwin import models
    from eternaltwin.clients.api.pagination import Pages
    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.forum.origins import Origin
    from eternaltwin.forum.sections import Section


class Thread:
    """A thread. Threads are equal if their identifiers are.

    Attributes:
        identifier: the UUID, in lower case.
        key: a name that can stand for the id; most threads have none.
        title: 2 to 64 characters.
        created_at: when it was started.
        is_pinned: whether it is kept at the top of its section.
        is_locked: whether nobody may reply any more.
        post_count: how many posts it has.
        section: the section it is in; None if the server did not say.
    """

    section: Section | None

    def __init__(
        self,
        thread: models.ForumThread | models.ForumThreadMeta,
        section: Section | None = None,
        using: Origin = None,
    ) -> None:
        self.identifier = str(thread.id)
        self.key = thread.key
        self.title = thread.title
        self.created_at = thread.ctime
        self.is_pinned = thread.is_pinned
        self.is_locked = thread.is_locked
        self.post_count: int = thread.posts.count
        self.section = _section_of(thread, using) if section is None else section
        self._using = using

    @classmethod
    def get(
        cls, thread: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A thread by id or key.

        Raises:
            InvalidArgumentError: it is neither; nothing was sent.
            NotFoundError: there is no such thread; 0.16.4 fails with a `ServerError` instead.
        """
        return cls(run(blocking_forum(using).thread(thread, 0, 0, identity)), using=using)

    @classmethod
    async def aget(
        cls, thread: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A thread by id or key; see `get`."""
        return cls(await asyncio_forum(using).thread(thread, 0, 0, identity), using=using)

    @classmethod
    def create(
        cls,
        section: Section | str | UUID,
        title: str,
        body: str,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Start a thread with its first post.

        Args:
            section: where, or its id or key.
            title: 2 to 64 characters in one line.
            body: the first post, in Marktwin.
            using: the connection; that of the section by default.
            identity: who asks.

        Raises:
            InvalidArgumentError: the title is none, or the text cannot be sent.
            ForbiddenError: whoever asks may not, or the token lacks the scope `forum:write`.
            UnsupportedByServerError: 0.16.4 and older accept no tokens here.
        """
        reference, origin = _reference(section)
        made = run(blocking_forum(using, origin).create_thread(reference, title, body, identity))
        return cls(made, using=origin if using is None else using)

    @classmethod
    async def acreate(
        cls,
        section: Section | str | UUID,
        title: str,
        body: str,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Start a thread with its first post; see `create`."""
        reference, origin = _reference(section)
        made = await asyncio_forum(using, origin).create_thread(reference, title, body, identity)
        return cls(made, using=origin if using is None else using)

    def posts(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Page[Post]:
        """A page of the posts, the oldest first.

        Args:
            offset: how many to leave out at the front.
            limit: how many, at the most; what the server's configuration says by default.
            using: the connection.
            identity: who asks.
        """
        forum = blocking_forum(using, self._using)
        return self._page(run(forum.thread(self.identifier, offset, limit, identity)).posts, using)

    async def aposts(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Page[Post]:
        """A page of the posts, the oldest first; see `posts`."""
        forum = asyncio_forum(using, self._using)
        return self._page((await forum.thread(self.identifier, offset, limit, identity)).posts, using)

    def iterate_posts(
        self,
        page_size: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Iterator[Post]:
        """All posts, page by page, the oldest first; each once.

        Args:
            page_size: how many to ask for at a time; what the server's configuration says by default.
            using: the connection.
            identity: who asks.
        """
        pages = blocking_forum(using, self._using).all_posts(self.identifier, page_size, identity)
        return self._walk(pages, using)

    def aiterate_posts(
        self,
        page_size: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Post]:
        """All posts, page by page; see `iterate_posts`."""
        pages = asyncio_forum(using, self._using).all_posts(self.identifier, page_size, identity)
        return self._awalk(pages, using)

    def reply(self, body: str, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> Post:
        """Write a post.

        Args:
            body: the text, in Marktwin.
            using: the connection.
            identity: who asks.

        Raises:
            InvalidArgumentError: the text cannot be sent.
            ForbiddenError: whoever asks may not, or the token lacks the scope `forum:write`.
            UnsupportedByServerError: 0.16.4 and older accept no tokens here.
        """
        made = run(blocking_forum(using, self._using).reply(self.identifier, body, identity))
        return Post(made, self, self._origin(using))

    async def areply(
        self, body: str, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Post:
        """Write a post; see `reply`."""
        made = await asyncio_forum(using, self._using).reply(self.identifier, body, identity)
        return Post(made, self, self._origin(using))

    def _origin(self, using: Origin) -> Origin:
        return self._using if using is None else using

    def _page(self, page: models.Listing[models.ShortForumPost], using: Origin) -> Page[Post]:
        posts = [Post(post, self, self._origin(using)) for post in page.items]
        return Page(posts, offset=page.offset, limit=page.limit, total=page.count)

    def _walk(self, pages: Pages[models.ShortForumPost], using: Origin) -> Iterator[Post]:
        while (posts := run(pages.next())) is not None:
            for post in posts:
                yield Post(post, self, self._origin(using))

    async def _awalk(self, pages: Pages[models.ShortForumPost], using: Origin) -> AsyncIterator[Post]:
        while (posts := await pages.next()) is not None:
            for post in posts:
                yield Post(post, self, self._origin(using))

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, Thread) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.title!r}>"


def _section_of(thread: models.ForumThread | models.ForumThreadMeta, using: Origin) -> Section | None:
    from eternaltwin.forum.sections import Section

    return None if thread.section is UNSET else Section(thread.section, using)


def _reference(section: Section | str | UUID) -> tuple[str | UUID, Origin]:
    """What names a section, and the connection that it was read over."""
    from eternaltwin.forum.sections import Section

    return (section.identifier, section.origin) if isinstance(section, Section) else (section, None)
