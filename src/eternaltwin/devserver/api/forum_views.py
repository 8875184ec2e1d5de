"""View helpers: build the JSON of the forum for a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    from uuid import UUID

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


def _short_post(post: PostRecord, last: RevisionRecord) -> ShortForumPost:
    return ShortForumPost(
        id=post.id,
        ctime=Instant.at(post.created_at),
        author=_author(post.author_id, post.author_name),
        revisions=LatestForumPostRevision(post.revision_count, _revision(last)),
    )


def _thread_meta(record: ThreadRecord) -> ForumThreadMeta:
    return ForumThreadMeta(
        id=record.id,
        key=None,
        title=record.title,
        ctime=Instant.at(record.created_at),
        is_pinned=record.is_pinned,
        is_locked=record.is_locked,
        posts=Count(record.post_count),
    )


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
    """

    def __init__(self, forum: Forum, viewer: UserRecord | None) -> None:
        self._forum = forum
        self._is_administrator = viewer is not None and viewer.is_administrator
        self._moderated = frozenset[int]() if viewer is None else forum.moderated_by(viewer)

    def _self(self, section: int) -> ForumSelf:
        roles = [_ADMINISTRATOR] if self._is_administrator else []
        return ForumSelf([*roles, _MODERATOR] if section in self._moderated else roles)

    def _section_meta(self, record: SectionRecord) -> ForumSectionMeta:
        return ForumSectionMeta(
            id=record.id,
            key=record.key,
            display_name=record.display_name,
            ctime=Instant.at(record.created_at),
            locale=record.locale,
            threads=Count(record.thread_count),
            own=self._self(record.number),
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
        threads = [_thread_meta(thread) for thread in self._forum.threads(record, *page)]
        return ForumSection(
            id=record.id,
            key=record.key,
            display_name=record.display_name,
            ctime=Instant.at(record.created_at),
            locale=record.locale,
            threads=Listing(page.offset, page.limit, record.thread_count, threads),
            role_grants=[_role_grant(moderator) for moderator in self._forum.moderators(record)],
            own=self._self(record.number),
        )

    def thread(self, record: ThreadRecord, page: PageRange) -> ForumThread:
        """Build a thread.

        Args:
            record: The thread.
            page: The range of its posts.

        Returns:
            The thread with a page of its posts.
        """
        posts = [_short_post(*found) for found in self._forum.posts(record, *page)]
        return ForumThread(
            id=record.id,
            key=None,
            title=record.title,
            ctime=Instant.at(record.created_at),
            section=self._section_meta(self._forum.section_of(record)),
            posts=Listing(page.offset, page.limit, record.post_count, posts),
            is_pinned=record.is_pinned,
            is_locked=record.is_locked,
        )

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
                _thread_meta(thread), section=self._section_meta(self._forum.section_of(thread))
            ),
        )
