"""The forum, as immutable values: the records that the storage returns, and from which the JSON is built."""

from __future__ import annotations

from typing import NamedTuple


class SectionRecord(NamedTuple):
    """A section of the forum.

    Attributes:
        number: Number of the section, in order of creation.
        id: Id, a UUID.
        key: Key in the configuration.
        display_name: Display name.
        locale: Language, such as `fr-FR`, or None.
        created_at: Time of creation, in milliseconds since the Unix epoch.
        thread_count: Number of threads.
    """

    number: int
    id: str
    key: str
    display_name: str
    locale: str | None
    created_at: int
    thread_count: int


class ThreadRecord(NamedTuple):
    """A thread.

    Attributes:
        number: Number of the thread, in order of creation.
        id: Id, a UUID.
        section: Number of its section.
        title: Title.
        created_at: Time of creation, in milliseconds since the Unix epoch.
        is_pinned: Whether it is shown before other threads.
        is_locked: Whether only moderators may write in it.
        post_count: Number of posts.
    """

    number: int
    id: str
    section: int
    title: str
    created_at: int
    is_pinned: bool
    is_locked: bool
    post_count: int


class RevisionRecord(NamedTuple):
    """A revision of a post. Its texts are Marktwin.

    Attributes:
        id: Id, a UUID.
        created_at: Time of creation, in milliseconds since the Unix epoch.
        author_id: Id of the author, a UUID.
        author_name: The author's current display name.
        content: Text of the post, or None if it was removed.
        moderation: Text by a moderator, or None.
        comment: Reason for the revision, or None.
    """

    id: str
    created_at: int
    author_id: str
    author_name: str
    content: str | None
    moderation: str | None
    comment: str | None


class PostRecord(NamedTuple):
    """A post, without its text.

    Attributes:
        number: Number of the post, in order of creation.
        id: Id, a UUID.
        thread: Number of its thread.
        created_at: Time of creation, in milliseconds since the Unix epoch.
        author_id: Id of the author, a UUID.
        author_name: The author's current display name.
        revision_count: Number of revisions.
    """

    number: int
    id: str
    thread: int
    created_at: int
    author_id: str
    author_name: str
    revision_count: int


class ModeratorRecord(NamedTuple):
    """A moderator of a section.

    Attributes:
        user_id: Id of the moderator, a UUID.
        user_name: The moderator's current display name.
        created_at: Time of the appointment, in milliseconds since the Unix epoch.
        granter_id: Id of the administrator who appointed them, a UUID.
        granter_name: The administrator's current display name.
    """

    user_id: str
    user_name: str
    created_at: int
    granter_id: str
    granter_name: str
