"""The forum in the database: sections, threads, posts, revisions and moderators."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, insert, select, update

from eternaltwin.devserver.domain.forum import ModeratorRecord, PostRecord, RevisionRecord, SectionRecord, ThreadRecord
from eternaltwin.devserver.storage.forum_statements import (
    ADD_SECTIONS,
    DISMISS,
    LAST_REVISION,
    MODERATED,
    MODERATORS,
    NUMBERS_OF_POSTS,
    PAGE_OF_POSTS,
    PAGE_OF_REVISIONS,
    PAGE_OF_THREADS,
    POST_OF_ID,
    SECTION_NUMBERS,
    SECTION_OF_ID,
    SECTION_OF_KEY,
    SECTION_OF_NUMBER,
    SECTIONS,
    SECTIONS_OF_KEYS,
    THREAD_OF_ID,
    THREAD_OF_NUMBER,
)
from eternaltwin.devserver.storage.schema import (
    forum_moderators,
    forum_posts,
    forum_revisions,
    forum_sections,
    forum_threads,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select, Table

    from eternaltwin.devserver.storage.database import Database


class NewSection(NamedTuple):
    """A section that is to be added.

    Attributes:
        id: Id.
        key: Key in the configuration.
        display_name: Display name.
        locale: Language, such as `fr-FR`, or None.
        created_at: Time of creation, in UTC.
    """

    id: UUID
    key: str
    display_name: str
    locale: str | None
    created_at: datetime


class ForumTable:
    """Reads and writes the forum.

    Methods with the number of a section, thread or post require that it exists.

    Args:
        database: Database of the server.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def _insert(self, table: Table, **values: object) -> int:
        """Add a row and return its number."""
        [row] = self._database.run(insert(table).values(**values).returning(table.c.number)).all()
        return int(row[0])

    # --- sections

    def sections(self, limit: int) -> list[SectionRecord]:
        """Read the first sections.

        Args:
            limit: Maximum number of sections.

        Returns:
            The sections, in order of creation.
        """
        rows = self._database.all(SECTIONS.order_by(forum_sections.c.number).limit(limit))
        return [SectionRecord._make(row) for row in rows]

    def count_sections(self) -> int:
        """Count the sections.

        Returns:
            The number of sections.
        """
        [row] = self._database.all(select(func.count()).select_from(forum_sections))
        return int(row[0])

    def _section(self, statement: Select[tuple[object, ...]], value: object) -> SectionRecord | None:
        row = self._database.one(statement, {"value": value})
        return None if row is None else SectionRecord._make(row)

    def section_of_id(self, section_id: UUID) -> SectionRecord | None:
        """Find a section by its id.

        Args:
            section_id: Id of the section.

        Returns:
            The section, or None if there is none.
        """
        return self._section(SECTION_OF_ID, section_id)

    def section_of_key(self, key: str) -> SectionRecord | None:
        """Find a section by its key.

        Args:
            key: Key of the section.

        Returns:
            The section, or None if there is none.
        """
        return self._section(SECTION_OF_KEY, key)

    def section(self, number: int) -> SectionRecord:
        """Read a section.

        Args:
            number: Number of the section.

        Returns:
            The section.
        """
        [row] = self._database.all(SECTION_OF_NUMBER, {"value": number})
        return SectionRecord._make(row)

    def sections_of_keys(self, keys: Iterable[str]) -> list[SectionRecord]:
        """Read sections by their keys.

        Args:
            keys: The keys.

        Returns:
            The sections with these keys, in order of creation.
        """
        return [SectionRecord._make(row) for row in self._database.all(SECTIONS_OF_KEYS, {"keys": list(keys)})]

    def section_numbers(self) -> dict[str, int]:
        """Read the numbers of all sections.

        Returns:
            The numbers, by key.
        """
        return {str(row.key): int(row.number) for row in self._database.all(SECTION_NUMBERS)}

    def add_sections(self, sections: Iterable[NewSection]) -> None:
        """Add sections.

        Args:
            sections: The sections.
        """
        rows = [section._asdict() for section in sections]
        if rows:
            self._database.run(ADD_SECTIONS, rows)

    def change_section(self, number: int, display_name: str, locale: str | None) -> None:
        """Change the name and the language of a section.

        Args:
            number: Number of the section.
            display_name: New display name.
            locale: New language, or None.
        """
        changed = update(forum_sections).where(forum_sections.c.number == number)
        self._database.run(changed.values(display_name=display_name, locale=locale))

    # --- threads

    def threads(self, section: int, offset: int, limit: int) -> list[ThreadRecord]:
        """Read a page of a section: pinned threads first, then those with the newest posts.

        Args:
            section: Number of the section.
            offset: Number of threads to skip.
            limit: Maximum number of threads.

        Returns:
            The threads.
        """
        rows = self._database.all(PAGE_OF_THREADS.offset(offset).limit(limit), {"section": section})
        return [ThreadRecord._make(row) for row in rows]

    def thread_of_id(self, thread_id: UUID | str) -> ThreadRecord | None:
        """Find a thread by its id.

        Args:
            thread_id: Id of the thread.

        Returns:
            The thread, or None if there is none.
        """
        row = self._database.one(THREAD_OF_ID, {"value": thread_id})
        return None if row is None else ThreadRecord._make(row)

    def thread(self, number: int) -> ThreadRecord:
        """Read a thread.

        Args:
            number: Number of the thread.

        Returns:
            The thread.
        """
        [row] = self._database.all(THREAD_OF_NUMBER, {"value": number})
        return ThreadRecord._make(row)

    def add_thread(self, thread_id: UUID, section: int, title: str, now: datetime) -> int:
        """Add a thread without posts.

        Args:
            thread_id: Id of the thread.
            section: Number of the section.
            title: Title of the thread.
            now: Current time, in UTC.

        Returns:
            The number of the thread.
        """
        return self._insert(
            forum_threads,
            id=thread_id,
            section=section,
            title=title,
            created_at=now,
            is_pinned=False,
            is_locked=False,
            post_count=0,
            last_post=0,
        )

    def mark_thread(self, number: int, is_pinned: bool, is_locked: bool) -> None:
        """Set the marks of a thread.

        Args:
            number: Number of the thread.
            is_pinned: Whether it is shown before other threads.
            is_locked: Whether only moderators may write in it.
        """
        changed = update(forum_threads).where(forum_threads.c.number == number)
        self._database.run(changed.values(is_pinned=is_pinned, is_locked=is_locked))

    # --- posts

    def posts(self, thread: int, offset: int, limit: int) -> list[tuple[PostRecord, RevisionRecord]]:
        """Read a page of a thread.

        Args:
            thread: Number of the thread.
            offset: Number of posts to skip.
            limit: Maximum number of posts.

        Returns:
            The posts with their newest revisions, in order of creation.
        """
        # The index alone skips what comes before the page: a tenth of the time, deep in a long thread.
        page = NUMBERS_OF_POSTS.offset(offset).limit(limit).subquery()
        found = PAGE_OF_POSTS.join(page, page.c.number == forum_posts.c.number)
        rows = self._database.all(found, {"thread": thread})
        width = len(PostRecord._fields)
        return [(PostRecord._make(row[:width]), RevisionRecord._make(row[width:])) for row in rows]

    def post_of_id(self, post_id: UUID) -> PostRecord | None:
        """Find a post by its id.

        Args:
            post_id: Id of the post.

        Returns:
            The post, or None if there is none.
        """
        row = self._database.one(POST_OF_ID, {"value": post_id})
        return None if row is None else PostRecord._make(row)

    def add_post(self, post_id: UUID, thread: int, author_id: UUID, now: datetime) -> int:
        """Add a post without revisions.

        Args:
            post_id: Id of the post.
            thread: Number of the thread.
            author_id: Id of the author.
            now: Current time, in UTC.

        Returns:
            The number of the post.
        """
        number = self._insert(
            forum_posts,
            id=post_id,
            thread=thread,
            author_id=author_id,
            created_at=now,
            revision_count=0,
            last_revision=0,
        )
        changed = update(forum_threads).where(forum_threads.c.number == thread)
        self._database.run(changed.values(post_count=forum_threads.c.post_count + 1, last_post=number))
        return number

    def revisions(self, post: int, offset: int, limit: int) -> list[RevisionRecord]:
        """Read a page of the revisions of a post.

        Args:
            post: Number of the post.
            offset: Number of revisions to skip.
            limit: Maximum number of revisions.

        Returns:
            The revisions, in order of creation.
        """
        rows = self._database.all(PAGE_OF_REVISIONS.offset(offset).limit(limit), {"post": post})
        return [RevisionRecord._make(row) for row in rows]

    def last_revision(self, post: int) -> RevisionRecord:
        """Read the newest revision of a post.

        Args:
            post: Number of the post.

        Returns:
            The revision.
        """
        [row] = self._database.all(LAST_REVISION, {"post": post})
        return RevisionRecord._make(row)

    def add_revision(self, post: int, row: RevisionRecord) -> None:
        """Add a revision to a post, which is then its newest.

        Args:
            post: Number of the post.
            row: The revision. The name of its author is not stored.
        """
        values = {name: value for name, value in row._asdict().items() if name != "author_name"}
        number = self._insert(forum_revisions, post=post, **values)
        changed = update(forum_posts).where(forum_posts.c.number == post)
        self._database.run(changed.values(revision_count=forum_posts.c.revision_count + 1, last_revision=number))

    # --- moderators

    def moderators(self, section: int) -> list[ModeratorRecord]:
        """Read the moderators of a section.

        Args:
            section: Number of the section.

        Returns:
            The moderators, in order of their appointment.
        """
        return [ModeratorRecord._make(row) for row in self._database.all(MODERATORS, {"section": section})]

    def moderated_by(self, user_id: UUID) -> frozenset[int]:
        """Find the sections that a user moderates.

        Args:
            user_id: Id of the user.

        Returns:
            The numbers of the sections.
        """
        return frozenset(int(row[0]) for row in self._database.all(MODERATED, {"user": user_id}))

    def add_moderator(self, section: int, user_id: UUID, granter_id: UUID, now: datetime) -> None:
        """Appoint a moderator, who is not a moderator of the section yet.

        Args:
            section: Number of the section.
            user_id: Id of the user.
            granter_id: Id of the administrator.
            now: Current time, in UTC.
        """
        self._insert(forum_moderators, section=section, user_id=user_id, granter_id=granter_id, created_at=now)

    def remove_moderator(self, section: int, user_id: UUID) -> None:
        """Dismiss a moderator. Nothing happens if the user is not a moderator of the section.

        Args:
            section: Number of the section.
            user_id: Id of the user.
        """
        self._database.run(DISMISS, {"of_section": section, "of_user": user_id})
