"""Sections, threads and posts. One module, since each leads to the others: a thread to its section and its posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import UNSET, UnsetType

from eternaltwin import models
from eternaltwin.clients.api.pagination import awalk, walk
from eternaltwin.clients.driver import run
from eternaltwin.forum.grammar import Grammar, LastPost, SectionName, if_sent
from eternaltwin.forum.origins import async_forum, sync_forum
from eternaltwin.forum.pages import ListPage
from eternaltwin.forum.revisions import Authored, Revision
from eternaltwin.forum.roles import ADMINISTRATOR, MODERATOR, RoleGrant
from eternaltwin.users import user_id_of

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Iterator
    from uuid import UUID

    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.forum.origins import Origin
    from eternaltwin.models import ForumContent, ForumPostSource
    from eternaltwin.users import User

_NO_THREAD_SELF = models.ForumThreadSelf()
_NO_POST_SELF = models.ForumPostSelf()


class Section:
    """A section of the forum, which holds threads. Sections are equal if their identifiers are.

    Args:
        section: The part of a response to convert.
        using: The connection that it was read over.

    Attributes:
        identifier: The UUID, in lower case.
        key: A short name that can be used instead of the id, such as `main_en`. None if there is none.
        name: The title of the section.
        created_at: When the section was created, in UTC.
        locale: The language of the section, such as `en-US`. None if there is none.
        thread_count: Number of threads.
        roles: The caller's roles in the section: `Administrator`, `Moderator`, or empty.
        role_grants: All roles of all users. None in a list of sections and in `Thread.section`, where the server
            does not send them.
        grammar: The Marktwin that the caller may write here. None if it is unknown, as on 0.16.4 and older.
        can_create_thread: Whether the caller may start a thread. None if it is unknown.
        unread_threads: Number of threads with posts that the caller has not read. None if it is unknown.
        parent: The section that this one is in. None if there is none, or if it is unknown.
        children: The sections in this one, with `thread_count` and without threads. None if they are unknown, as in a
            list of sections.
        origin: The connection that the section was read over.
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
        self.grammar: Grammar | None = _grammar(section.own.grammar)
        self.can_create_thread: bool | None = if_sent(section.own.can_create_thread)
        self.unread_threads: int | None = if_sent(section.own.unread_threads)
        self.parent: SectionName | None = SectionName(section.parent) if section.parent else None
        self.children: builtins.list[Section] | None = _children(section, using)
        self.origin: Origin = using

    @property
    def is_administrator(self) -> bool:
        """Whether the caller administrates the forum."""
        return ADMINISTRATOR in self.roles

    @property
    def is_moderator(self) -> bool:
        """Whether the caller moderates this section."""
        return MODERATOR in self.roles

    @property
    def moderators(self) -> builtins.list[User] | None:
        """The moderators of the section. None if `role_grants` is None."""
        if self.role_grants is None:
            return None
        return [grant.user for grant in self.role_grants if grant.role == MODERATOR]

    @classmethod
    def list(
        cls, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> builtins.list[Self]:
        """Read all sections.

        Args:
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The sections, in the server's order, without `role_grants`.

        Example:
            >>> [section.key for section in Section.list() if section.locale == "en-US"]
            ['main_en']
        """
        return [cls(section, using) for section in run(sync_forum(using).sections(identity))]

    @classmethod
    async def alist(
        cls, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> builtins.list[Self]:
        """Async variant of [`list`][eternaltwin.forum.objects.Section.list]."""
        return [cls(section, using) for section in await async_forum(using).sections(identity)]

    @classmethod
    def get(
        cls, section: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Read a section.

        Args:
            section: The id or the key of the section.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The section.

        Raises:
            InvalidArgumentError: `section` is neither a UUID nor a key. Nothing was sent.
            NotFoundError: The server has no such section.

        Example:
            >>> Section.get("main_en").thread_count
            7
        """
        return cls(run(sync_forum(using).section(section, 0, 0, identity)), using)

    @classmethod
    async def aget(
        cls, section: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Async variant of [`get`][eternaltwin.forum.objects.Section.get]."""
        return cls(await async_forum(using).section(section, 0, 0, identity), using)

    def threads(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> ListPage[Thread]:
        """Read one page of the threads.

        Args:
            offset: Number of threads to skip, at least 0.
            limit: Maximum number of threads, at least 0. None means the page size of the server's configuration.
            using: Alias of the connection, or a client. None means the connection that the section was read over.
            identity: The caller. None means a guest.

        Returns:
            The threads, in the server's order.

        Raises:
            InvalidArgumentError: `offset` or `limit` is negative. Nothing was sent.

        Example:
            >>> page = section.threads(limit=2)
            >>> [thread.title for thread in page], page.total, page.has_next
            (['Hello', 'Patch notes'], 7, True)
        """
        page = run(sync_forum(using, self.origin).section(self.identifier, offset, limit, identity)).threads
        return self._page(page, using)

    async def athreads(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> ListPage[Thread]:
        """Async variant of [`threads`][eternaltwin.forum.objects.Section.threads]."""
        page = (await async_forum(using, self.origin).section(self.identifier, offset, limit, identity)).threads
        return self._page(page, using)

    def iterate_threads(
        self,
        page_size: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Iterator[Thread]:
        """Read all threads, page by page. Each is yielded once, even if threads move to the front meanwhile.

        Args:
            page_size: Number of threads per request, at least 1. None means the page size of the server's
                configuration.
            using: Alias of the connection, or a client. None means the connection that the section was read over.
            identity: The caller. None means a guest.

        Returns:
            An iterator that reads a page when it is needed. Errors of requests are raised by the iteration.

        Raises:
            InvalidArgumentError: `page_size` is less than 1. Nothing was sent.
        """
        pages = sync_forum(using, self.origin).all_threads(self.identifier, page_size, identity)
        return walk(pages, lambda thread: self._thread(thread, using))

    def aiterate_threads(
        self,
        page_size: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Thread]:
        """Async variant of [`iterate_threads`][eternaltwin.forum.objects.Section.iterate_threads]."""
        pages = async_forum(using, self.origin).all_threads(self.identifier, page_size, identity)
        return awalk(pages, lambda thread: self._thread(thread, using))

    def grant_moderator(
        self,
        user: User | str | UUID,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Make a user a moderator of the section. Administrators may do this.

        Args:
            user: The user, or the id.
            using: Alias of the connection, or a client. None means the connection that the section was read over.
            identity: The caller, an administrator.

        Returns:
            The section after the change. This object is not changed.

        Raises:
            InvalidArgumentError: The id is not a UUID. Nothing was sent.
            ForbiddenError: The caller is not an administrator.
            NotFoundError: The server has no such user, or no longer the section.
            TransportError: The section is unknown to a server of version 0.16.4 that keeps everything in memory: it
                closes the connection.
        """
        changed = run(sync_forum(using, self.origin).grant(self.identifier, user_id_of(user), identity))
        return type(self)(changed, self._origin(using))

    async def agrant_moderator(
        self,
        user: User | str | UUID,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Async variant of [`grant_moderator`][eternaltwin.forum.objects.Section.grant_moderator]."""
        changed = await async_forum(using, self.origin).grant(self.identifier, user_id_of(user), identity)
        return type(self)(changed, self._origin(using))

    def revoke_moderator(
        self,
        user: User | str | UUID,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Revoke the role of a moderator. Administrators may do this, and moderators for themselves.

        Args:
            user: The user, or the id.
            using: Alias of the connection, or a client. None means the connection that the section was read over.
            identity: The caller: an administrator, or the moderator.

        Returns:
            The section after the change. This object is not changed.

        Raises:
            InvalidArgumentError: The id is not a UUID. Nothing was sent.
            ForbiddenError: The caller may not do this.
            NotFoundError: The server has no such user, or no longer the section.
        """
        changed = run(sync_forum(using, self.origin).revoke(self.identifier, user_id_of(user), identity))
        return type(self)(changed, self._origin(using))

    async def arevoke_moderator(
        self,
        user: User | str | UUID,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Self:
        """Async variant of [`revoke_moderator`][eternaltwin.forum.objects.Section.revoke_moderator]."""
        changed = await async_forum(using, self.origin).revoke(self.identifier, user_id_of(user), identity)
        return type(self)(changed, self._origin(using))

    def _origin(self, using: Origin) -> Origin:
        return self.origin if using is None else using

    def _thread(self, thread: models.ForumThreadMeta, using: Origin) -> Thread:
        return Thread(thread, self, self._origin(using))

    def _page(self, page: models.Listing[models.ForumThreadMeta], using: Origin) -> ListPage[Thread]:
        threads = [self._thread(thread, using) for thread in page.items]
        return ListPage(threads, offset=page.offset, limit=page.limit, total=page.count)

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, Section) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.key or self.name!r}>"


class Thread:
    """A thread, which holds posts. Threads are equal if their identifiers are.

    Args:
        thread: The part of a response to convert.
        section: The section of the thread. None means the one in `thread`, if there is one.
        using: The connection that it was read over.

    Attributes:
        identifier: The UUID, in lower case.
        key: A short name that can be used instead of the id. None for most threads.
        title: The title, 2 to 64 characters.
        created_at: When the thread was started, in UTC.
        is_pinned: Whether the thread is kept at the top of its section.
        is_locked: Whether the thread accepts no more replies, except from moderators.
        post_count: Number of posts.
        section: The section of the thread. None if the server did not send it.
        last_post: Who wrote the newest post, and when. Sent in the threads of a section by newer servers than 0.16.4;
            otherwise None.
        has_admin_announcement: Whether the thread has an announcement of the administrators. None if it is unknown, as
            on 0.16.4 and older.
        is_unread: Whether the thread has posts that the caller had not read before. None if it is unknown.
        can_post: Whether the caller may reply. None if it is unknown, like what follows.
        can_lock: Whether the caller may lock the thread.
        can_pin: Whether the caller may pin the thread.
        can_move: Whether the caller may move the thread to another section.
        can_delete: Whether the caller may delete the thread.
        can_report: Whether the caller may report the thread. Sent for a thread that is read on its own.

    Example:
        A game shows its form only where a reply is not known to be refused:

        >>> thread = Thread.get("9a2bb2e4-a4e5-4c09-a26c-6d459aa3ca1c", identity=token)
        >>> shows_form = thread.can_post is not False
    """

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
        self.section = section
        if section is None and thread.section is not UNSET:
            self.section = Section(thread.section, using)
        self.last_post: LastPost | None = None
        if isinstance(thread, models.ForumThreadMeta) and thread.last_post:
            self.last_post = LastPost(thread.last_post)
        self.has_admin_announcement: bool | None = if_sent(thread.has_admin_announcement)
        own = _NO_THREAD_SELF if thread.own is UNSET else thread.own
        self.is_unread: bool | None = if_sent(own.is_unread)
        self.can_post: bool | None = if_sent(own.can_post)
        self.can_lock: bool | None = if_sent(own.can_lock)
        self.can_pin: bool | None = if_sent(own.can_pin)
        self.can_move: bool | None = if_sent(own.can_move)
        self.can_delete: bool | None = if_sent(own.can_delete)
        self.can_report: bool | None = if_sent(own.can_report)
        self._using = using

    @classmethod
    def get(
        cls, thread: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Read a thread.

        Args:
            thread: The id or the key of the thread.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The thread.

        Raises:
            InvalidArgumentError: `thread` is neither a UUID nor a key. Nothing was sent.
            NotFoundError: The server has no such thread.
            ServerError: The id is unknown to a server of version 0.16.4.
            TransportError: The key is unknown to a server of version 0.16.4 that keeps everything in memory: it closes
                the connection.
        """
        return cls(run(sync_forum(using).thread(thread, 0, 0, identity)), using=using)

    @classmethod
    async def aget(
        cls, thread: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Async variant of [`get`][eternaltwin.forum.objects.Thread.get]."""
        return cls(await async_forum(using).thread(thread, 0, 0, identity), using=using)

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
            section: The section, or its id or key.
            title: The title: one line of 2 to 64 characters, without white space at either end.
            body: The first post, in Marktwin.
            using: Alias of the connection, or a client. None means the connection that the section was read over.
            identity: The caller.

        Returns:
            The new thread.

        Raises:
            InvalidArgumentError: The section, the title or the body is malformed. Nothing was sent.
            NotFoundError: The server has no such section.
            TransportError: The section is unknown to a server of version 0.16.4 that keeps everything in memory: it
                closes the connection.
            ForbiddenError: The caller may not write here, or the token lacks the scope `forum:write`.
            UnsupportedByServerError: The server accepts no tokens here (0.16.4 and older).

        Example:
            >>> Thread.create("main_en", "Patch notes", "**Version 2** is out", identity=session)
            <Thread 9a2bb2e4-a4e5-4c09-a26c-6d459aa3ca1c 'Patch notes'>
        """
        reference, origin = _reference(section)
        created = run(sync_forum(using, origin).create_thread(reference, title, body, identity))
        return cls(created, using=origin if using is None else using)

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
        """Async variant of [`create`][eternaltwin.forum.objects.Thread.create]."""
        reference, origin = _reference(section)
        created = await async_forum(using, origin).create_thread(reference, title, body, identity)
        return cls(created, using=origin if using is None else using)

    def posts(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> ListPage[Post]:
        """Read one page of the posts.

        Args:
            offset: Number of posts to skip, at least 0.
            limit: Maximum number of posts, at least 0. None means the page size of the server's configuration.
            using: Alias of the connection, or a client. None means the connection that the thread was read over.
            identity: The caller. None means a guest.

        Returns:
            The posts, the oldest first, each with its last revision only.

        Raises:
            InvalidArgumentError: `offset` or `limit` is negative. Nothing was sent.

        Example:
            >>> [post.body.marktwin for post in thread.posts(limit=2) if post.body]
            ['**Hello** world', 'How are you?']
        """
        page = run(sync_forum(using, self._using).thread(self.identifier, offset, limit, identity)).posts
        return self._page(page, using)

    async def aposts(
        self,
        offset: int = 0,
        limit: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> ListPage[Post]:
        """Async variant of [`posts`][eternaltwin.forum.objects.Thread.posts]."""
        page = (await async_forum(using, self._using).thread(self.identifier, offset, limit, identity)).posts
        return self._page(page, using)

    def iterate_posts(
        self,
        page_size: int | None = None,
        using: str | Eternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> Iterator[Post]:
        """Read all posts, page by page, the oldest first. Each is yielded once.

        Args:
            page_size: Number of posts per request, at least 1. None means the page size of the server's
                configuration.
            using: Alias of the connection, or a client. None means the connection that the thread was read over.
            identity: The caller. None means a guest.

        Returns:
            An iterator that reads a page when it is needed. Errors of requests are raised by the iteration.

        Raises:
            InvalidArgumentError: `page_size` is less than 1. Nothing was sent.
        """
        pages = sync_forum(using, self._using).all_posts(self.identifier, page_size, identity)
        return walk(pages, lambda post: self._post(post, using))

    def aiterate_posts(
        self,
        page_size: int | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        identity: Identifiable | None = None,
    ) -> AsyncIterator[Post]:
        """Async variant of [`iterate_posts`][eternaltwin.forum.objects.Thread.iterate_posts]."""
        pages = async_forum(using, self._using).all_posts(self.identifier, page_size, identity)
        return awalk(pages, lambda post: self._post(post, using))

    def reply(self, body: str, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> Post:
        """Add a post to the thread.

        Args:
            body: The post, in Marktwin.
            using: Alias of the connection, or a client. None means the connection that the thread was read over.
            identity: The caller.

        Returns:
            The new post.

        Raises:
            InvalidArgumentError: The body is not a string, or cannot be encoded. Nothing was sent.
            NotFoundError: The server no longer has the thread.
            TransportError: The thread is unknown to a server of version 0.16.4 that keeps everything in memory: it
                closes the connection.
            ForbiddenError: The caller may not write here, or the token lacks the scope `forum:write`.
            UnsupportedByServerError: The server accepts no tokens here (0.16.4 and older).

        Example:
            >>> thread.reply("How are you?", identity=session)
            <Post 0ddf3b16-ba78-4d89-8a71-60468dc38374 by 'Alice'>
        """
        return self._post(run(sync_forum(using, self._using).reply(self.identifier, body, identity)), using)

    async def areply(
        self, body: str, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Post:
        """Async variant of [`reply`][eternaltwin.forum.objects.Thread.reply]."""
        return self._post(await async_forum(using, self._using).reply(self.identifier, body, identity), using)

    def _post(self, post: models.ForumPost | models.ShortForumPost, using: Origin) -> Post:
        return Post(post, self, self._using if using is None else using)

    def _page(self, page: models.Listing[models.ShortForumPost], using: Origin) -> ListPage[Post]:
        posts = [self._post(post, using) for post in page.items]
        return ListPage(posts, offset=page.offset, limit=page.limit, total=page.count)

    def __eq__(self, other: object) -> bool:
        return self.identifier == other.identifier if isinstance(other, Thread) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.identifier} {self.title!r}>"


class Post(Authored):
    """A post. Posts are equal if their identifiers are.

    Args:
        post: The part of a response to convert.
        thread: The thread of the post.
        using: The connection that it was read over.

    Attributes:
        identifier: The UUID, in lower case.
        created_at: When the post was written, in UTC.
        author: The user who wrote the post. None if a game did.
        author_role: The role that the author wrote in, such as `Moderator`. None for an ordinary author.
        author_game: Name of the game that wrote the post. None if a user did.
        revisions: The known revisions, the oldest first; the last one is always among them. A page of posts has no
            others, `get` has the first 100 as well. At least one.
        revision_count: Number of all revisions.
        thread: The thread of the post.
        can_edit: Whether the caller may change the text. None if it is unknown, as on 0.16.4 and older, like what
            follows. Authors may change only the last post of a thread, unless a moderator has changed it.
        can_delete: Whether the caller may remove the text.
        can_report: Whether the caller may report the post.
    """

    def __init__(self, post: models.ForumPost | models.ShortForumPost, thread: Thread, using: Origin = None) -> None:
        super().__init__(post)
        self.thread = thread
        self.revision_count: int = post.revisions.count
        known = post.revisions.items if isinstance(post, models.ForumPost) else [post.revisions.last]
        self.revisions: list[Revision] = [Revision(revision) for revision in known]
        own = _NO_POST_SELF if post.own is UNSET else post.own
        self.can_edit: bool | None = if_sent(own.can_edit)
        self.can_delete: bool | None = if_sent(own.can_delete)
        self.can_report: bool | None = if_sent(own.can_report)
        self._using = using

    @property
    def last_revision(self) -> Revision:
        """The newest revision at the time of reading."""
        return self.revisions[-1]

    @property
    def body(self) -> ForumContent | None:
        """The body, with the attributes `marktwin` and `html`. None if a moderator has removed it."""
        return self.last_revision.body

    @classmethod
    def get(
        cls, post_id: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Read a post with its revisions.

        Args:
            post_id: The id of the post.
            using: Alias of the connection, or a client. None means `default`.
            identity: The caller. None means a guest.

        Returns:
            The post.

        Raises:
            InvalidArgumentError: The id is not a UUID. Nothing was sent.
            NotFoundError: The server has no such post.
            TransportError: The post is unknown to a server of version 0.16.4 that keeps everything in memory: it closes
                the connection.

        Example:
            >>> Post.get("0ddf3b16-ba78-4d89-8a71-60468dc38374").revision_count
            1
        """
        return cls._of(run(sync_forum(using).post(post_id, identity)), using)

    @classmethod
    async def aget(
        cls, post_id: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """Async variant of [`get`][eternaltwin.forum.objects.Post.get]."""
        return cls._of(await async_forum(using).post(post_id, identity), using)

    def edit(
        self,
        body: str | None | UnsetType = UNSET,
        comment: str | None = None,
        using: str | Eternaltwin | None = None,
        *,
        moderation: str | None | UnsetType = UNSET,
        revision: str | UUID | None = None,
        identity: Identifiable | None = None,
    ) -> Self:
        """Change the post. What is not given stays as it is.

        Args:
            body: The new body, in Marktwin. None removes it, which moderators may do.
            comment: Why the post is changed, not empty. None gives no reason.
            using: Alias of the connection, or a client. None means the connection that the post was read over.
            moderation: The moderators' remark, in Marktwin. None removes it.
            revision: Id of the revision that the change is based on. None means the last known one.
            identity: The caller.

        Returns:
            The post after the change. This object is not changed.

        Raises:
            InvalidArgumentError: A value is malformed or cannot be encoded. Nothing was sent.
            ConflictError: The post has a newer revision. Read the post again, then decide.
            NotFoundError: The server no longer has the post.
            TransportError: The post is unknown to a server of version 0.16.4 that keeps everything in memory: it closes
                the connection.
            ForbiddenError: The caller may not change the post, or the token lacks the scope `forum:write`.
            UnsupportedByServerError: The server cannot change the body of posts, or accepts no tokens here (0.16.4 and
                older).

        Example:
            >>> post.edit("Tell us what you think!", "typo", identity=session).body.html
            'Tell us what you think!'
        """
        based_on = self.last_revision.identifier if revision is None else revision
        forum = sync_forum(using, self._using)
        changed = run(forum.edit(self.identifier, based_on, body, moderation, comment, identity))
        return self._of(changed, self._using if using is None else using)

    async def aedit(
        self,
        body: str | None | UnsetType = UNSET,
        comment: str | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        moderation: str | None | UnsetType = UNSET,
        revision: str | UUID | None = None,
        identity: Identifiable | None = None,
    ) -> Self:
        """Async variant of [`edit`][eternaltwin.forum.objects.Post.edit]."""
        based_on = self.last_revision.identifier if revision is None else revision
        forum = async_forum(using, self._using)
        changed = await forum.edit(self.identifier, based_on, body, moderation, comment, identity)
        return self._of(changed, self._using if using is None else using)

    def source(
        self, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> ForumPostSource:
        """Read the Marktwin of the post, for an editor.

        Args:
            using: Alias of the connection, or a client. None means the connection that the post was read over.
            identity: The caller. None means a guest.

        Returns:
            The Marktwin, and the id of the revision to pass to `edit` as `revision`.

        Raises:
            NotFoundError: The server has no such post.
            UnsupportedByServerError: The server has no such call (0.16.4 and older). `body.marktwin` is the same
                there.
        """
        return run(sync_forum(using, self._using).source(self.identifier, identity))

    async def asource(
        self, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> ForumPostSource:
        """Async variant of [`source`][eternaltwin.forum.objects.Post.source]."""
        return await async_forum(using, self._using).source(self.identifier, identity)

    @classmethod
    def _of(cls, post: models.ForumPost, using: Origin) -> Self:
        return cls(post, Thread(post.thread, using=using), using)


def _grammar(grammar: models.ForumGrammar | None | UnsetType) -> Grammar | None:
    return Grammar(grammar) if isinstance(grammar, dict) else None


def _children(section: models.ForumSection | models.ForumSectionMeta, using: Origin) -> list[Section] | None:
    """Return the sections in a section. None if the server did not send them."""
    if isinstance(section, models.ForumSectionMeta) or section.children is UNSET:
        return None
    return [Section(child, using) for child in section.children]


def _reference(section: Section | str | UUID) -> tuple[str | UUID, Origin]:
    """Return the id or key of a section, and the connection that it was read over."""
    return (section.identifier, section.origin) if isinstance(section, Section) else (section, None)
