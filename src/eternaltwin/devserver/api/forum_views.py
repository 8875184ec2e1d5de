"""View helpers: build the JSON of the forum for a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.responses import Instant
from eternaltwin.devserver.api.views import short_user
from eternaltwin.devserver.domain.marktwin import marktwin_to_html
from eternaltwin.models import (
    Count,
    ForumActor,
    ForumContent,
    ForumPost,
    ForumPostRevision,
    ForumRoleGrant,
    ForumSection,
    ForumSectionMeta,
    ForumSelf,
    ForumThread,
    ForumThreadMeta,
    LatestForumPostRevision,
    Listing,
    ShortForumPost,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.domain.forum import (
        ModeratorRecord,
        PostRecord,
        RevisionRecord,
        SectionRecord,
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


def _author(user_id: str, name: str) -> ForumActor:
    return ForumActor(user=short_user(UUID(user_id), name))


def _content(text: str | None) -> ForumContent | None:
    return None if text is None else ForumContent(text, marktwin_to_html(text))


def _revision(row: RevisionRecord) -> ForumPostRevision:
    return ForumPostRevision(
        id=UUID(row.id),
        time=Instant.at_milliseconds(row.created_at),
        author=_author(row.author_id, row.author_name),
        content=_content(row.content),
        moderation=_content(row.moderation),
        comment=row.comment,
    )


def _short_post(post: PostRecord, last: RevisionRecord) -> ShortForumPost:
    return ShortForumPost(
        id=UUID(post.id),
        ctime=Instant.at_milliseconds(post.created_at),
        author=_author(post.author_id, post.author_name),
        revisions=LatestForumPostRevision(post.revision_count, _revision(last)),
    )


def _thread_meta(row: ThreadRecord) -> ForumThreadMeta:
    return ForumThreadMeta(
        id=UUID(row.id),
        key=None,
        title=row.title,
        ctime=Instant.at_milliseconds(row.created_at),
        is_pinned=row.is_pinned,
        is_locked=row.is_locked,
        posts=Count(row.post_count),
    )


def _role_grant(row: ModeratorRecord) -> ForumRoleGrant:
    return ForumRoleGrant(
        role=_MODERATOR,
        user=short_user(UUID(row.user_id), row.user_name),
        start_time=Instant.at_milliseconds(row.created_at),
        granted_by=short_user(UUID(row.granter_id), row.granter_name),
    )


class ForumViews:
    """Builds the models of the forum for a caller.

    Args:
        forum: The forum.
        viewer: The user whose roles the models contain, or None for a guest.
    """

    def __init__(self, forum: Forum, viewer: UserRecord | None) -> None:
        self._forum = forum
        self._table = forum.table
        self._is_administrator = viewer is not None and viewer.is_administrator
        self._moderated = frozenset[int]() if viewer is None else self._table.moderated_by(str(viewer.id))

    def _self(self, section: int) -> ForumSelf:
        roles = [_ADMINISTRATOR] if self._is_administrator else []
        return ForumSelf([*roles, _MODERATOR] if section in self._moderated else roles)

    def _section_meta(self, row: SectionRecord) -> ForumSectionMeta:
        return ForumSectionMeta(
            id=UUID(row.id),
            key=row.key,
            display_name=row.display_name,
            ctime=Instant.at_milliseconds(row.created_at),
            locale=row.locale,
            threads=Count(row.thread_count),
            own=self._self(row.number),
        )

    def sections(self) -> Listing[ForumSectionMeta]:
        """Build the list of sections.

        Returns:
            The first 20 sections. The API has no further pages.
        """
        rows = self._table.sections(_MAX_SECTIONS)
        return Listing(0, _MAX_SECTIONS, self._table.count_sections(), [self._section_meta(row) for row in rows])

    def section(self, row: SectionRecord, page: PageRange) -> ForumSection:
        """Build a section.

        Args:
            row: The section.
            page: The range of its threads.

        Returns:
            The section with a page of its threads.
        """
        threads = [_thread_meta(thread) for thread in self._table.threads(row.number, *page)]
        return ForumSection(
            id=UUID(row.id),
            key=row.key,
            display_name=row.display_name,
            ctime=Instant.at_milliseconds(row.created_at),
            locale=row.locale,
            threads=Listing(page.offset, page.limit, row.thread_count, threads),
            role_grants=[_role_grant(moderator) for moderator in self._table.moderators(row.number)],
            own=self._self(row.number),
        )

    def thread(self, row: ThreadRecord, page: PageRange) -> ForumThread:
        """Build a thread.

        Args:
            row: The thread.
            page: The range of its posts.

        Returns:
            The thread with a page of its posts.
        """
        posts = [_short_post(*found) for found in self._table.posts(row.number, *page)]
        return ForumThread(
            id=UUID(row.id),
            key=None,
            title=row.title,
            ctime=Instant.at_milliseconds(row.created_at),
            section=self._section_meta(self._forum.section_of(row)),
            posts=Listing(page.offset, page.limit, row.post_count, posts),
            is_pinned=row.is_pinned,
            is_locked=row.is_locked,
        )

    def post(self, row: PostRecord, page: PageRange) -> ForumPost:
        """Build a post.

        Args:
            row: The post.
            page: The range of its revisions.

        Returns:
            The post with a page of its revisions.
        """
        thread = self._forum.thread_of(row)
        revisions = [_revision(revision) for revision in self._table.revisions(row.number, *page)]
        return ForumPost(
            id=UUID(row.id),
            ctime=Instant.at_milliseconds(row.created_at),
            author=_author(row.author_id, row.author_name),
            revisions=Listing(page.offset, page.limit, row.revision_count, revisions),
            thread=msgspec.structs.replace(
                _thread_meta(thread), section=self._section_meta(self._forum.section_of(thread))
            ),
        )
