"""The forum, as immutable values: the records that the storage returns, and from which the JSON is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

#: Maximum size of a text in a post, in bytes of UTF-8. The official server 0.16.4 limits only the whole request.
MAX_TEXT_SIZE = 64 * 2**10


def is_too_long(text: str) -> bool:
    """Return whether a text is too long for a post.

    Args:
        text: The text.

    Returns:
        True if it has more than `MAX_TEXT_SIZE` bytes in UTF-8.
    """
    return len(text) > MAX_TEXT_SIZE or len(text.encode(errors="surrogatepass")) > MAX_TEXT_SIZE


class SectionRecord(NamedTuple):
    """A section of the forum.

    Attributes:
        number: Number of the section, in order of creation.
        id: Id.
        key: Key in the configuration.
        display_name: Display name.
        locale: Language, such as `fr-FR`, or None.
        created_at: Time of creation, in UTC.
        thread_count: Number of threads.
    """

    number: int
    id: UUID
    key: str
    display_name: str
    locale: str | None
    created_at: datetime
    thread_count: int


class ThreadRecord(NamedTuple):
    """A thread.

    Attributes:
        number: Number of the thread, in order of creation.
        id: Id.
        section: Number of its section.
        title: Title.
        created_at: Time of creation, in UTC.
        is_pinned: Whether it is shown before other threads.
        is_locked: Whether only moderators may write in it.
        post_count: Number of posts.
        last_post: Number of its newest post.
    """

    number: int
    id: UUID
    section: int
    title: str
    created_at: datetime
    is_pinned: bool
    is_locked: bool
    post_count: int
    last_post: int


class RevisionRecord(NamedTuple):
    """A revision of a post. Its texts are Marktwin.

    Attributes:
        id: Id.
        created_at: Time of creation, in UTC.
        author_id: Id of the author.
        author_name: The author's current display name.
        content: Text of the post, or None if it was removed.
        moderation: Text by a moderator, or None.
        comment: Reason for the revision, or None.
    """

    id: UUID
    created_at: datetime
    author_id: UUID
    author_name: str
    content: str | None
    moderation: str | None
    comment: str | None


class PostRecord(NamedTuple):
    """A post, without its text.

    Attributes:
        number: Number of the post, in order of creation.
        id: Id.
        thread: Number of its thread.
        created_at: Time of creation, in UTC.
        author_id: Id of the author.
        author_name: The author's current display name.
        revision_count: Number of revisions.
    """

    number: int
    id: UUID
    thread: int
    created_at: datetime
    author_id: UUID
    author_name: str
    revision_count: int


class ModeratorRecord(NamedTuple):
    """A moderator of a section.

    Attributes:
        user_id: Id of the moderator.
        user_name: The moderator's current display name.
        created_at: Time of the appointment, in UTC.
        granter_id: Id of the administrator who appointed them.
        granter_name: The administrator's current display name.
    """

    user_id: UUID
    user_name: str
    created_at: datetime
    granter_id: UUID
    granter_name: str


class LastPostRecord(NamedTuple):
    """The newest post of a thread, and how far a user has read the thread.

    Attributes:
        thread: Number of the thread.
        number: Number of the post.
        id: Id.
        created_at: Time of creation, in UTC.
        author_id: Id of the author.
        author_name: The author's current display name.
        read_until: Number of the newest post that the user has read. None if there is none.
    """

    thread: int
    number: int
    id: UUID
    created_at: datetime
    author_id: UUID
    author_name: str
    read_until: int | None


class Standing(NamedTuple):
    """What decides what a user may do in a section.

    Attributes:
        user_id: Id of the user. None for a guest.
        moderates: Whether the user has the permissions of a moderator.
        is_muted: Whether the user may not write.
    """

    user_id: UUID | None
    moderates: bool
    is_muted: bool

    @property
    def can_write(self) -> bool:
        """Whether the user may start threads, and write in those that are open."""
        return self.user_id is not None and not self.is_muted

    @property
    def can_moderate(self) -> bool:
        """Whether the user may change what others have written."""
        return self.can_write and self.moderates

    def can_post(self, thread: ThreadRecord) -> bool:
        """Return whether the user may write in a thread.

        Args:
            thread: The thread.

        Returns:
            False in a locked thread, except for moderators.
        """
        return self.can_write and (self.moderates or not thread.is_locked)

    def can_rewrite(self, thread: ThreadRecord, post: PostRecord, last: RevisionRecord) -> bool:
        """Return whether the user may change the text of a post.

        Authors may change the last post of a thread, unless somebody else has changed or removed it.

        Args:
            thread: The thread of the post.
            post: The post.
            last: Its newest revision.

        Returns:
            Whether they may. Moderators always may.
        """
        is_own = post.author_id == last.author_id == self.user_id
        is_open = last.content is not None and post.number == thread.last_post
        return self.can_moderate or (is_own and is_open and self.can_post(thread))
