"""The statements that read and write the forum."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from eternaltwin.devserver.domain.forum import SectionRecord, ThreadRecord
from eternaltwin.devserver.storage.schema import (
    forum_moderators,
    forum_posts,
    forum_readings,
    forum_revisions,
    forum_sections,
    forum_threads,
    users,
)

_THREADS_OF_SECTION = select(func.count()).where(forum_threads.c.section == forum_sections.c.number).scalar_subquery()
SECTIONS = select(*(forum_sections.c[name] for name in SectionRecord._fields[:-1]), _THREADS_OF_SECTION)
_THREADS = select(*(forum_threads.c[name] for name in ThreadRecord._fields))
PAGE_OF_THREADS = _THREADS.where(forum_threads.c.section == bindparam("section")).order_by(
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
PAGE_OF_REVISIONS = _REVISIONS.where(forum_revisions.c.post == bindparam("post")).order_by(forum_revisions.c.number)
LAST_REVISION = _REVISIONS.join(forum_posts, forum_posts.c.last_revision == forum_revisions.c.number).where(
    forum_posts.c.number == bindparam("post")
)

_editors = users.alias("editors")
PAGE_OF_POSTS = (
    select(
        *_POST_COLUMNS,
        *(_editors.c.display_name if column is users.c.display_name else column for column in _REVISION_COLUMNS),
    )
    .join(users, users.c.id == forum_posts.c.author_id)
    .join(forum_revisions, forum_revisions.c.number == forum_posts.c.last_revision)
    .join(_editors, _editors.c.id == forum_revisions.c.author_id)
    .order_by(forum_posts.c.number)
)
NUMBERS_OF_POSTS = (
    select(forum_posts.c.number).where(forum_posts.c.thread == bindparam("thread")).order_by(forum_posts.c.number)
)

_granters = users.alias("granters")
MODERATORS = (
    select(users.c.id, users.c.display_name, forum_moderators.c.created_at, _granters.c.id, _granters.c.display_name)
    .join(users, users.c.id == forum_moderators.c.user_id)
    .join(_granters, _granters.c.id == forum_moderators.c.granter_id)
    .where(forum_moderators.c.section == bindparam("section"))
    .order_by(forum_moderators.c.number)
)
MODERATED = select(forum_moderators.c.section).where(forum_moderators.c.user_id == bindparam("user"))
DISMISS = delete(forum_moderators).where(
    forum_moderators.c.section == bindparam("of_section"), forum_moderators.c.user_id == bindparam("of_user")
)

SECTION_NUMBERS = select(forum_sections.c.key, forum_sections.c.number)
ADD_SECTIONS = insert(forum_sections)
SECTION_OF_ID = SECTIONS.where(forum_sections.c.id == bindparam("value"))
SECTION_OF_KEY = SECTIONS.where(forum_sections.c.key == bindparam("value"))
SECTION_OF_NUMBER = SECTIONS.where(forum_sections.c.number == bindparam("value"))
THREAD_OF_ID = _THREADS.where(forum_threads.c.id == bindparam("value"))
THREAD_OF_NUMBER = _THREADS.where(forum_threads.c.number == bindparam("value"))
POST_OF_ID = _POSTS.where(forum_posts.c.id == bindparam("value"))
SECTIONS_OF_KEYS = SECTIONS.where(forum_sections.c.key.in_(bindparam("keys", expanding=True))).order_by(
    forum_sections.c.number
)

LAST_POSTS = (
    select(
        forum_posts.c.thread,
        forum_posts.c.number,
        forum_posts.c.id,
        forum_posts.c.created_at,
        forum_posts.c.author_id,
        users.c.display_name,
        forum_readings.c.post,
    )
    .join(users, users.c.id == forum_posts.c.author_id)
    .outerjoin(
        forum_readings,
        and_(forum_readings.c.thread == forum_posts.c.thread, forum_readings.c.user_id == bindparam("reader")),
    )
    .where(forum_posts.c.number.in_(bindparam("numbers", expanding=True)))
)
# By what the user has read, and not by what they have not: that would be nearly the whole forum.
READ_THREADS = (
    select(forum_threads.c.section, func.count().label("read_threads"))
    .join(forum_readings, forum_readings.c.thread == forum_threads.c.number)
    .where(forum_readings.c.user_id == bindparam("reader"), forum_readings.c.post >= forum_threads.c.last_post)
    .group_by(forum_threads.c.section)
)
_READING = (forum_readings.c.user_id == bindparam("reader"), forum_readings.c.thread == bindparam("of_thread"))
READING = select(forum_readings.c.post).where(*_READING)
ADD_READING = insert(forum_readings)
CHANGE_READING = update(forum_readings).where(*_READING)
