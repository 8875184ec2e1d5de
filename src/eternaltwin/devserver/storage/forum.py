"""The forum in the database: sections, threads, posts, revisions, and who moderates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from eternaltwin.devserver.storage.schema import (
    forum_moderators,
    forum_posts,
    forum_revisions,
    forum_sections,
    forum_threads,
    users,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select, Table

    from eternaltwin.devserver.storage.database import Database


class SectionRow(NamedTuple):
    """A section, and how many threads it has; times here and below in milliseconds since the Unix epoch."""

    number: int
    id: str
    key: str
    display_name: str
    locale: str | None
    created_at: int
    thread_count: int


class NewSection(NamedTuple):
    """A section to be added."""

    id: str
    key: str
    display_name: str
    locale: str | None
    created_at: int


class ThreadRow(NamedTuple):
    """A thread, and how many posts it has; `section` is the number of its section."""

    number: int
    id: str
    section: int
    title: str
    created_at: int
    is_pinned: bool
    is_locked: bool
    post_count: int


class RevisionRow(NamedTuple):
    """A revision with the present name of its author; texts are Marktwin."""

    id: str
    created_at: int
    author_id: str
    author_name: str
    content: str | None
    moderation: str | None
    comment: str | None


class PostRow(NamedTuple):
    """A post with the present name of its author; `thread` is the number of its thread."""

    number: int
    id: str
    thread: int
    created_at: int
    author_id: str
    author_name: str
    revision_count: int


class ModeratorRow(NamedTuple):
    """A moderator, and who made it one."""

    user_id: str
    user_name: str
    created_at: int
    granter_id: str
    granter_name: str


_THREADS_OF_SECTION = select(func.count()).where(forum_threads.c.section == forum_sections.c.number).scalar_subquery()
_SECTIONS = select(*(forum_sections.c[name] for name in SectionRow._fields[:-1]), _THREADS_OF_SECTION)
_THREADS = select(*(forum_threads.c[name] for name in ThreadRow._fields))
_PAGE_OF_THREADS = _THREADS.where(forum_threads.c.section == bindparam("section")).order_by(
    forum_threads.c.is_pinned.desc(), forum_threads.c.last_post.desc()
)

_POST_COLUMNS = (
    forum_posts.c.number,
    forum_posts.c.id,
    forum_posts.c.thread,
    forum_posts.c.created_at,
    forum_posts.c.author_id,
    users.c.display_name,
    forum_posts.c.revision_count,
)
_POSTS = select(*_POST_COLUMNS).join(users, users.c.id == forum_posts.c.author_id)

_REVISION_COLUMNS = (
    forum_revisions.c.id,
    forum_revisions.c.created_at,
    forum_revisions.c.author_id,
    users.c.display_name,
    forum_revisions.c.content,
    forum_revisions.c.moderation,
    forum_revisions.c.comment,
)
_REVISIONS = select(*_REVISION_COLUMNS).join(users, users.c.id == forum_revisions.c.author_id)
_PAGE_OF_REVISIONS = _REVISIONS.where(forum_revisions.c.post == bindparam("post")).order_by(forum_revisions.c.number)
_LAST_REVISION = _REVISIONS.join(forum_posts, forum_posts.c.last_revision == forum_revisions.c.number).where(
    forum_posts.c.number == bindparam("post")
)

_editors = users.alias("editors")
_PAGE_OF_POSTS = (
    select(
        *_POST_COLUMNS,
        *(_editors.c.display_name if column is users.c.display_name else column for column in _REVISION_COLUMNS),
    )
    .join(users, users.c.id == forum_posts.c.author_id)
    .join(forum_revisions, forum_revisions.c.number == forum_posts.c.last_revision)
    .join(_editors, _editors.c.id == forum_revisions.c.author_id)
    .order_by(forum_posts.c.number)
)
_NUMBERS_OF_POSTS = (
    select(forum_posts.c.number).where(forum_posts.c.thread == bindparam("thread")).order_by(forum_posts.c.number)
)

_granters = users.alias("granters")
_MODERATORS = (
    select(users.c.id, users.c.display_name, forum_moderators.c.created_at, _granters.c.id, _granters.c.display_name)
    .join(users, users.c.id == forum_moderators.c.user_id)
    .join(_granters, _granters.c.id == forum_moderators.c.granter_id)
    .where(forum_moderators.c.section == bindparam("section"))
    .order_by(forum_moderators.c.number)
)
_MODERATED = select(forum_moderators.c.section).where(forum_moderators.c.user_id == bindparam("user"))
_DISMISS = delete(forum_moderators).where(
    forum_moderators.c.section == bindparam("of_section"), forum_moderators.c.user_id == bindparam("of_user")
)


_SECTION_NUMBERS = select(forum_sections.c.key, forum_sections.c.number)
_ADD_SECTIONS = insert(forum_sections)
_SECTION_OF_ID = _SECTIONS.where(forum_sections.c.id == bindparam("value"))
_SECTION_OF_KEY = _SECTIONS.where(forum_sections.c.key == bindparam("value"))
_SECTION_OF_NUMBER = _SECTIONS.where(forum_sections.c.number == bindparam("value"))
_THREAD_OF_ID = _THREADS.where(forum_threads.c.id == bindparam("value"))
_THREAD_OF_NUMBER = _THREADS.where(forum_threads.c.number == bindparam("value"))
_POST_OF_ID = _POSTS.where(forum_posts.c.id == bindparam("value"))


class ForumTable:
    """Reads and writes the forum. What is asked for by number is there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _insert(self, table: Table, **values: object) -> int:
        """Add a row, and answer its number."""
        [row] = self._database.run(insert(table).values(**values).returning(table.c.number)).all()
        return int(row[0])

    # --- sections

    def sections(self, limit: int) -> list[SectionRow]:
        """The first sections."""
        rows = self._database.all(_SECTIONS.order_by(forum_sections.c.number).limit(limit))
        return [SectionRow._make(row) for row in rows]

    def count_sections(self) -> int:
        """How many sections there are."""
        [row] = self._database.all(select(func.count()).select_from(forum_sections))
        return int(row[0])

    def _section(self, statement: Select[tuple[object, ...]], value: object) -> SectionRow | None:
        row = self._database.one(statement, {"value": value})
        return None if row is None else SectionRow._make(row)

    def section_of_id(self, section_id: str) -> SectionRow | None:
        """The section with this id."""
        return self._section(_SECTION_OF_ID, section_id)

    def section_of_key(self, key: str) -> SectionRow | None:
        """The section with this key."""
        return self._section(_SECTION_OF_KEY, key)

    def section(self, number: int) -> SectionRow:
        """The section with this number."""
        [row] = self._database.all(_SECTION_OF_NUMBER, {"value": number})
        return SectionRow._make(row)

    def section_numbers(self) -> dict[str, int]:
        """The numbers of all sections by their keys."""
        return {str(row.key): int(row.number) for row in self._database.all(_SECTION_NUMBERS)}

    def add_sections(self, sections: Iterable[NewSection]) -> None:
        """Add sections."""
        rows = [section._asdict() for section in sections]
        if rows:
            self._database.run(_ADD_SECTIONS, rows)

    def change_section(self, number: int, display_name: str, locale: str | None) -> None:
        """Give a section another name and locale."""
        changed = update(forum_sections).where(forum_sections.c.number == number)
        self._database.run(changed.values(display_name=display_name, locale=locale))

    # --- threads

    def threads(self, section: int, offset: int, limit: int) -> list[ThreadRow]:
        """A page of a section: pinned threads first, then those with the newest posts."""
        rows = self._database.all(_PAGE_OF_THREADS.offset(offset).limit(limit), {"section": section})
        return [ThreadRow._make(row) for row in rows]

    def thread_of_id(self, thread_id: str) -> ThreadRow | None:
        """The thread with this id."""
        row = self._database.one(_THREAD_OF_ID, {"value": thread_id})
        return None if row is None else ThreadRow._make(row)

    def thread(self, number: int) -> ThreadRow:
        """The thread with this number."""
        [row] = self._database.all(_THREAD_OF_NUMBER, {"value": number})
        return ThreadRow._make(row)

    def add_thread(self, thread_id: str, section: int, title: str, now: int) -> int:
        """Add a thread that has no posts yet, and answer its number."""
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
        """Pin a thread, lock it, or take that back."""
        changed = update(forum_threads).where(forum_threads.c.number == number)
        self._database.run(changed.values(is_pinned=is_pinned, is_locked=is_locked))

    # --- posts

    def posts(self, thread: int, offset: int, limit: int) -> list[tuple[PostRow, RevisionRow]]:
        """A page of a thread, in order of creation: posts with their last revisions."""
        # The index alone skips what comes before the page: a tenth of the time, deep in a long thread.
        page = _NUMBERS_OF_POSTS.offset(offset).limit(limit).subquery()
        found = _PAGE_OF_POSTS.join(page, page.c.number == forum_posts.c.number)
        rows = self._database.all(found, {"thread": thread})
        width = len(PostRow._fields)
        return [(PostRow._make(row[:width]), RevisionRow._make(row[width:])) for row in rows]

    def post_of_id(self, post_id: str) -> PostRow | None:
        """The post with this id."""
        row = self._database.one(_POST_OF_ID, {"value": post_id})
        return None if row is None else PostRow._make(row)

    def add_post(self, post_id: str, thread: int, author_id: str, now: int) -> int:
        """Add a post that has no revisions yet, and answer its number."""
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

    def revisions(self, post: int, offset: int, limit: int) -> list[RevisionRow]:
        """A page of the revisions of a post, the oldest first."""
        rows = self._database.all(_PAGE_OF_REVISIONS.offset(offset).limit(limit), {"post": post})
        return [RevisionRow._make(row) for row in rows]

    def last_revision(self, post: int) -> RevisionRow:
        """The newest revision of a post."""
        [row] = self._database.all(_LAST_REVISION, {"post": post})
        return RevisionRow._make(row)

    def add_revision(self, post: int, row: RevisionRow) -> None:
        """Add a revision, which is now the newest; the name of its author is not kept."""
        values = {name: value for name, value in row._asdict().items() if name != "author_name"}
        number = self._insert(forum_revisions, post=post, **values)
        changed = update(forum_posts).where(forum_posts.c.number == post)
        self._database.run(changed.values(revision_count=forum_posts.c.revision_count + 1, last_revision=number))

    # --- moderators

    def moderators(self, section: int) -> list[ModeratorRow]:
        """Who moderates a section, in the order in which they came to it."""
        return [ModeratorRow._make(row) for row in self._database.all(_MODERATORS, {"section": section})]

    def moderated_by(self, user_id: str) -> frozenset[int]:
        """The numbers of the sections that somebody moderates."""
        return frozenset(int(row[0]) for row in self._database.all(_MODERATED, {"user": user_id}))

    def add_moderator(self, section: int, user_id: str, granter_id: str, now: int) -> None:
        """Make somebody a moderator who is not one yet."""
        self._insert(forum_moderators, section=section, user_id=user_id, granter_id=granter_id, created_at=now)

    def remove_moderator(self, section: int, user_id: str) -> None:
        """Make somebody a moderator no more."""
        self._database.run(_DISMISS, {"of_section": section, "of_user": user_id})
