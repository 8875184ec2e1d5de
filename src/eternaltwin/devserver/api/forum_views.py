"""View helpers: build the JSON of the forum for a caller."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.responses import Instant
from eternaltwin.devserver.api.views import short_user
from eternaltwin.devserver.domain.marktwin import marktwin_to_html
from eternaltwin.models import (
    Count,
    ForumActor,
    ForumContent,
    ForumLastPost,
    ForumPost,
    ForumPostRevision,
    ForumPostSelf,
    ForumRoleGrant,
    ForumSection,
    ForumSectionMeta,
    ForumSectionRef,
    ForumSelf,
    ForumThread,
    ForumThreadMeta,
    ForumThreadSelf,
    LatestForumPostRevision,
    Listing,
    ShortForumPost,
)
from eternaltwin.rules.grammar import MARK_FLAGS, ROLE_FLAGS

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.domain.forum import (
        LastPostRecord,
        ModeratorRecord,
        PostRecord,
        RevisionRecord,
        SectionRecord,
        Standing,
        ThreadRecord,
    )
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.devserver.services.forum import Forum

_MAX_SECTIONS = 20
_MODERATOR = "Moderator"
_ADMINISTRATOR = "Administrator"


class PageRange(NamedTuple):
    """The part of a list that a response contains.

    Attributes:
        offset: Number of items before it.
        limit: Maximum number of items in it.
    """

    offset: int
    limit: int


def _author(user_id: UUID, name: str) -> ForumActor:
    return ForumActor(user=short_user(user_id, name))


def _content(text: str | None) -> ForumContent | None:
    return None if text is None else ForumContent(text, marktwin_to_html(text))


def _revision(record: RevisionRecord) -> ForumPostRevision:
    return ForumPostRevision(
        id=record.id,
        time=Instant.at(record.created_at),
        author=_author(record.author_id, record.author_name),
        content=_content(record.content),
        moderation=_content(record.moderation),
        comment=record.comment,
    )


def _last_post(record: LastPostRecord) -> ForumLastPost:
    author = _author(record.author_id, record.author_name)
    return ForumLastPost(id=record.id, ctime=Instant.at(record.created_at), author=author)


def _role_grant(record: ModeratorRecord) -> ForumRoleGrant:
    return ForumRoleGrant(
        role=_MODERATOR,
        user=short_user(record.user_id, record.user_name),
        start_time=Instant.at(record.created_at),
        granted_by=short_user(record.granter_id, record.granter_name),
    )


class ForumViews:
    """Builds the models of the forum for a caller.

    Args:
        forum: The forum.
        viewer: The user whose roles the models contain, or None for a guest.
        tells_permissions: Whether the models contain what only newer servers send.
        is_game: Whether a game calls for the user, which has none of the marks that roles grant.
    """

    def __init__(
        self, forum: Forum, viewer: UserRecord | None, *, tells_permissions: bool, is_game: bool = False
    ) -> None:
        self._forum = forum
        self._viewer = viewer
        self._tells_permissions = tells_permissions
        self._is_game = is_game
        self._is_administrator = viewer is not None and viewer.is_administrator
        self._moderated = frozenset[int]() if viewer is None else forum.moderated_by(viewer)

    @cached_property
    def _read_threads(self) -> dict[int, int]:
        return {} if self._viewer is None else self._forum.read_threads(self._viewer)

    def _standing(self, section: int) -> Standing:
        return self._forum.standing(self._viewer, section, self._moderated)

    def _self(self, record: SectionRecord) -> ForumSelf:
        roles = [_ADMINISTRATOR] if self._is_administrator else []
        roles = [*roles, _MODERATOR] if record.number in self._moderated else roles
        if not self._tells_permissions:
            return ForumSelf(roles)
        standing = self._standing(record.number)
        return ForumSelf(
            roles,
            grammar=self._grammar(record, standing),
            unread_threads=self._unread_threads(record),
            can_create_thread=standing.can_write,
        )

    def _unread_threads(self, record: SectionRecord) -> int | UnsetType:
        if self._viewer is None:
            return UNSET
        return record.thread_count - self._read_threads.get(record.number, 0)

    def _grammar(self, record: SectionRecord, standing: Standing) -> dict[str, object]:
        roles = {"admin": self._is_administrator, "mod": standing.moderates}
        flags = frozenset(name for name, has_it in roles.items() if has_it and not self._is_game)
        granted = self._forum.grammar(record, standing, flags)
        shown = {flag: flag in granted.flags for flag in (*ROLE_FLAGS, *MARK_FLAGS)}
        limits = {"depth": granted.depth, "icons": granted.icons, "links": granted.links}
        return {**shown, **dict.fromkeys(granted.flags, True), **limits}

    def _parent(self, record: SectionRecord) -> ForumSectionRef | None | UnsetType:
        if not self._tells_permissions:
            return UNSET
        parent = self._forum.parent(record)
        return None if parent is None else ForumSectionRef(**parent._asdict())

    def _section_meta(self, record: SectionRecord) -> ForumSectionMeta:
        return ForumSectionMeta(
            id=record.id,
            key=record.key,
            display_name=record.display_name,
            ctime=Instant.at(record.created_at),
            locale=record.locale,
            threads=Count(record.thread_count),
            own=self._self(record),
            parent=self._parent(record),
        )

    def _children(self, record: SectionRecord) -> list[ForumSectionMeta] | UnsetType:
        if not self._tells_permissions:
            return UNSET
        return [self._section_meta(child) for child in self._forum.children(record)]

    def _thread_meta(self, record: ThreadRecord) -> ForumThreadMeta:
        return ForumThreadMeta(
            id=record.id,
            key=None,
            title=record.title,
            ctime=Instant.at(record.created_at),
            is_pinned=record.is_pinned,
            is_locked=record.is_locked,
            posts=Count(record.post_count),
            has_admin_announcement=self._has_announcement(record),
            own=self._thread_self(record),
        )

    def _has_announcement(self, record: ThreadRecord) -> bool | UnsetType:
        return self._forum.has_admin_announcement(record) if self._tells_permissions else UNSET

    def _thread_self(
        self, record: ThreadRecord, *, read_until: int | None = None, is_alone: bool = False
    ) -> ForumThreadSelf | UnsetType:
        """Build what the viewer may do in a thread, which is read on its own or with others."""
        if not self._tells_permissions:
            return UNSET
        standing = self._standing(record.section)
        moderates = standing.can_moderate
        return ForumThreadSelf(
            can_post=standing.can_post(record),
            can_lock=moderates,
            can_pin=moderates,
            can_move=moderates,
            can_delete=moderates,
            can_report=self._viewer is not None if is_alone else UNSET,
            is_unread=UNSET if read_until is None else read_until < record.last_post,
        )

    def _listed_threads(self, records: list[ThreadRecord]) -> list[ForumThreadMeta]:
        if not self._tells_permissions:
            return [self._thread_meta(record) for record in records]
        last_posts = self._forum.last_posts(self._viewer, records)
        return [self._listed_thread(record, last_posts[record.number]) for record in records]

    def _listed_thread(self, record: ThreadRecord, last: LastPostRecord) -> ForumThreadMeta:
        read_until = None if self._viewer is None else last.read_until or 0
        own = self._thread_self(record, read_until=read_until)
        return msgspec.structs.replace(self._thread_meta(record), last_post=_last_post(last), own=own)

    def _post_self(self, thread: ThreadRecord, post: PostRecord, last: RevisionRecord) -> ForumPostSelf:
        standing = self._standing(thread.section)
        return ForumPostSelf(
            can_edit=standing.can_rewrite(thread, post, last),
            can_delete=standing.can_moderate,
            can_report=standing.user_id not in (None, post.author_id),
        )

    def _short_post(self, thread: ThreadRecord, post: PostRecord, last: RevisionRecord) -> ShortForumPost:
        return ShortForumPost(
            id=post.id,
            ctime=Instant.at(post.created_at),
            author=_author(post.author_id, post.author_name),
            revisions=LatestForumPostRevision(post.revision_count, _revision(last)),
            own=self._post_self(thread, post, last) if self._tells_permissions else UNSET,
        )

    def sections(self) -> Listing[ForumSectionMeta]:
        """Build the list of sections.

        Returns:
            The first 20 sections. The API has no further pages.
        """
        sections, count = self._forum.sections(_MAX_SECTIONS)
        return Listing(0, _MAX_SECTIONS, count, [self._section_meta(section) for section in sections])

    def section(self, record: SectionRecord, page: PageRange) -> ForumSection:
        """Build a section.

        Args:
            record: The section.
            page: The range of its threads.

        Returns:
            The section with a page of its threads.
        """
        threads = self._listed_threads(self._forum.threads(record, *page))
        return ForumSection(
            id=record.id,
            key=record.key,
            display_name=record.display_name,
            ctime=Instant.at(record.created_at),
            locale=record.locale,
            threads=Listing(page.offset, page.limit, record.thread_count, threads),
            role_grants=[_role_grant(moderator) for moderator in self._forum.moderators(record)],
            own=self._self(record),
            parent=self._parent(record),
            children=self._children(record),
        )

    def thread(self, record: ThreadRecord, page: PageRange) -> ForumThread:
        """Build a thread. On newer servers, the viewer has then read the posts of the page, and those before it.

        Args:
            record: The thread.
            page: The range of its posts.

        Returns:
            The thread with a page of its posts.
        """
        found = self._forum.posts(record, *page)
        section = self._section_meta(self._forum.section_of(record))
        read_until = self._read(record, found[-1][0].number if found else 0)
        return ForumThread(
            id=record.id,
            key=None,
            title=record.title,
            ctime=Instant.at(record.created_at),
            section=section,
            posts=Listing(
                page.offset, page.limit, record.post_count, [self._short_post(record, *post) for post in found]
            ),
            is_pinned=record.is_pinned,
            is_locked=record.is_locked,
            has_admin_announcement=self._has_announcement(record),
            own=self._thread_self(record, read_until=read_until, is_alone=True),
        )

    def _read(self, record: ThreadRecord, last: int) -> int | None:
        """Note that the viewer has read a thread up to a post, and return how far they had read it before."""
        if self._viewer is None or not self._tells_permissions:
            return None
        read_until = self._forum.read_until(self._viewer, record)
        if last > read_until:
            self._forum.set_read(self._viewer, record, last)
        return read_until

    def post(self, record: PostRecord, page: PageRange) -> ForumPost:
        """Build a post.

        Args:
            record: The post.
            page: The range of its revisions.

        Returns:
            The post with a page of its revisions.
        """
        thread = self._forum.thread_of(record)
        revisions = [_revision(revision) for revision in self._forum.revisions(record, *page)]
        return ForumPost(
            id=record.id,
            ctime=Instant.at(record.created_at),
            author=_author(record.author_id, record.author_name),
            revisions=Listing(page.offset, page.limit, record.revision_count, revisions),
            thread=msgspec.structs.replace(
                self._thread_meta(thread), section=self._section_meta(self._forum.section_of(thread))
            ),
            own=self._post_self(thread, record, self._forum.last_revision(record))
            if self._tells_permissions
            else UNSET,
        )
