"""The forum: reading, and the rules for writing, editing and moderating.

Source: recordings of the official server 0.16.4. All methods that write have an actor, since guests cannot write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.domain.errors import (
    ForumNotFoundError,
    NotPermittedError,
    StaleEditError,
    TextTooLongError,
)
from eternaltwin.devserver.domain.forum import MAX_TEXT_SIZE, RevisionRecord, Standing, is_too_long
from eternaltwin.devserver.domain.grammar import strip_markup
from eternaltwin.devserver.domain.names import seed_id
from eternaltwin.devserver.services.forum_sections import SectionSettings
from eternaltwin.devserver.storage.forum import NewSection
from eternaltwin.devserver.storage.forum_readings import ForumReadingTable

if TYPE_CHECKING:
    from eternaltwin.devserver.config import ForumSectionSeed
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.forum import (
        LastPostRecord,
        ModeratorRecord,
        PostRecord,
        SectionRecord,
        ThreadRecord,
    )
    from eternaltwin.devserver.domain.grammar import WritingGrammar
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.services.forum_sections import ParentSection
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.forum import ForumTable

#: A reference to a section: its id, or its key.
SectionRef = UUID | str

if TYPE_CHECKING:
    _Edited = tuple[ThreadRecord, PostRecord, RevisionRecord]

CREATE_THREAD = "create a thread in this section"
CREATE_POST = "create a post in this thread"
UPDATE_POST = "update this post"
ADD_MODERATORS = "add moderators to this section"
REMOVE_MODERATOR = "remove moderator"


def not_permitted(what: str) -> NotPermittedError:
    """Build the error for a missing permission, in the words of the official server.

    Args:
        what: A constant of this module, such as `CREATE_THREAD`.

    Returns:
        The error, for the caller to raise.
    """
    return NotPermittedError(f"current actor does not have the permission to {what}")


def _check_length(*texts: str | None | UnsetType) -> None:
    if any(isinstance(text, str) and is_too_long(text) for text in texts):
        raise TextTooLongError(f"a text in a post has at most {MAX_TEXT_SIZE} bytes on the development server")


class PostEdit(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a post. Fields that are unset stay as they are. Texts are Marktwin, and None removes one.

    Attributes:
        last_revision_id: Id of the revision that the changes are based on.
        content: The new content.
        moderation: The new text of the moderators.
        comment: Reason for the changes, or None.
    """

    last_revision_id: UUID
    content: str | None | UnsetType = UNSET
    moderation: str | None | UnsetType = UNSET
    comment: str | None


class Forum:
    """Sections, threads and posts.

    Args:
        database: The database, for transactions.
        table: The forum in that database.
        accounts: The users.
        clock: The server's clock.
        behaviour: What the server's version does.
    """

    def __init__(
        self, database: Database, table: ForumTable, accounts: Accounts, clock: Clock, behaviour: Behaviour
    ) -> None:
        self._table = table
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._behaviour = behaviour
        self._readings = ForumReadingTable(database)
        self._muted: set[UUID] = set()
        self._announcing: set[UUID] = set()
        self._settings = SectionSettings({})

    def seed(self, seeds: dict[str, ForumSectionSeed]) -> None:
        """Add the sections of the configuration, and update the names and locales of existing ones.

        Args:
            seeds: The sections by their keys in the configuration.

        Raises:
            ConfigurationError: The parent of a section does not exist, or is within the section itself.
        """
        self.nest(seeds)
        now = self._clock.now()
        with self._database.transaction():
            known = self._table.section_numbers()
            for key in seeds.keys() & known.keys():
                self._table.change_section(known[key], seeds[key].display_name, seeds[key].locale)
            self._table.add_sections(
                NewSection(seed_id("forum_section", key), key, seed.display_name, seed.locale, now)
                for key, seed in seeds.items()
                if key not in known
            )

    def add_section(self, key: str, display_name: str, locale: str | None) -> SectionRecord:
        """Add a section. An existing section with the key stays as it is.

        Args:
            key: Key of the section.
            display_name: Title of the section.
            locale: Language, such as `fr-FR`, or None.

        Returns:
            The section.
        """
        with self._database.transaction():
            if self._table.section_of_key(key) is None:
                new = NewSection(seed_id("forum_section", key), key, display_name, locale, self._clock.now())
                self._table.add_sections([new])
            return self.section(key)

    def nest(self, seeds: dict[str, ForumSectionSeed]) -> None:
        """Nest the sections as the configuration does, and grant what it grants in them.

        Args:
            seeds: The sections by their keys in the configuration.

        Raises:
            ConfigurationError: The parent of a section does not exist, or is within the section itself.
        """
        self._settings = SectionSettings(seeds)

    def forget(self) -> None:
        """Forget which users are muted, and which threads are announcements."""
        self._muted.clear()
        self._announcing.clear()

    # --- reading

    def sections(self, limit: int) -> tuple[list[SectionRecord], int]:
        """List the first sections.

        Args:
            limit: Maximum number of sections.

        Returns:
            The sections, in order of creation, and the number of all sections.
        """
        return self._table.sections(limit), self._table.count_sections()

    def section(self, section: SectionRef) -> SectionRecord:
        """Return a section.

        Args:
            section: Id or key of the section.

        Returns:
            The section.

        Raises:
            ForumNotFoundError: The section does not exist.
        """
        table = self._table
        found = table.section_of_id(section) if isinstance(section, UUID) else table.section_of_key(section)
        if found is None:
            raise ForumNotFoundError("section not found")
        return found

    def section_of(self, thread: ThreadRecord) -> SectionRecord:
        """Return the section of a thread.

        Args:
            thread: The thread.

        Returns:
            The section.
        """
        return self._table.section(thread.section)

    def parent(self, section: SectionRecord) -> ParentSection | None:
        """Return the section that a section is in.

        Args:
            section: The section.

        Returns:
            The section around it, or None.
        """
        return self._settings.parent(section)

    def children(self, section: SectionRecord) -> list[SectionRecord]:
        """List the sections that are directly in a section.

        Args:
            section: The section.

        Returns:
            The sections, in order of creation.
        """
        keys = self._settings.children(section)
        return self._table.sections_of_keys(keys) if keys else []

    def threads(self, section: SectionRecord, offset: int, limit: int) -> list[ThreadRecord]:
        """List a page of the threads of a section.

        Args:
            section: The section.
            offset: Number of threads to skip.
            limit: Maximum number of threads.

        Returns:
            The threads: pinned ones first, then those with the newest posts.
        """
        return self._table.threads(section.number, offset, limit)

    def thread(self, thread_id: UUID | str) -> ThreadRecord:
        """Return a thread.

        Args:
            thread_id: Id of the thread. Threads have no keys, so any other string is unknown.

        Returns:
            The thread.

        Raises:
            ForumNotFoundError: The thread does not exist.
        """
        found = self._table.thread_of_id(thread_id)
        if found is None:
            raise ForumNotFoundError("thread not found")
        return found

    def posts(self, thread: ThreadRecord, offset: int, limit: int) -> list[tuple[PostRecord, RevisionRecord]]:
        """List a page of the posts of a thread.

        Args:
            thread: The thread.
            offset: Number of posts to skip.
            limit: Maximum number of posts.

        Returns:
            The posts with their newest revisions, in order of creation.
        """
        return self._table.posts(thread.number, offset, limit)

    def post(self, post_id: UUID) -> PostRecord:
        """Return a post.

        Args:
            post_id: Id of the post.

        Returns:
            The post.

        Raises:
            ForumNotFoundError: The post does not exist.
        """
        found = self._table.post_of_id(post_id)
        if found is None:
            raise ForumNotFoundError("post not found")
        return found

    def thread_of(self, post: PostRecord) -> ThreadRecord:
        """Return the thread of a post.

        Args:
            post: The post.

        Returns:
            The thread.
        """
        return self._table.thread(post.thread)

    def revisions(self, post: PostRecord, offset: int, limit: int) -> list[RevisionRecord]:
        """List a page of the revisions of a post.

        Args:
            post: The post.
            offset: Number of revisions to skip.
            limit: Maximum number of revisions.

        Returns:
            The revisions, in order of creation.
        """
        return self._table.revisions(post.number, offset, limit)

    def last_revision(self, post: PostRecord) -> RevisionRecord:
        """Return the newest revision of a post.

        Args:
            post: The post.

        Returns:
            The revision.
        """
        return self._table.last_revision(post.number)

    def moderators(self, section: SectionRecord) -> list[ModeratorRecord]:
        """List the moderators of a section.

        Args:
            section: The section.

        Returns:
            The moderators, in order of their appointment.
        """
        return self._table.moderators(section.number)

    def moderated_by(self, user: UserRecord) -> frozenset[int]:
        """Return the sections that a user moderates.

        Args:
            user: The user.

        Returns:
            The numbers of the sections.
        """
        return self._table.moderated_by(user.id)

    # --- what a user may do, and has read, on newer servers

    def standing(self, user: UserRecord | None, section: int, moderated: frozenset[int] | None = None) -> Standing:
        """Return what decides what a user may do in a section.

        Args:
            user: The user, or None for a guest.
            section: Number of the section.
            moderated: What `moderated_by` returns for the user, if it is known. None means to read it.

        Returns:
            The standing.
        """
        if user is None:
            return Standing(None, moderates=False, is_muted=False)
        moderates = self._moderates(user, section) if moderated is None else self._is_one(user, section, moderated)
        return Standing(user.id, moderates, self._behaviour.tells_permissions and user.id in self._muted)

    def grammar(self, section: SectionRecord, standing: Standing, roles: frozenset[str]) -> WritingGrammar:
        """Return the Marktwin that a user may write in a section.

        Args:
            section: The section.
            standing: What decides what the user may do there.
            roles: The flags that the user has for their roles: `mod` and `admin`.

        Returns:
            The grammar.
        """
        return self._settings.grammar(section, standing, roles)

    def has_admin_announcement(self, thread: ThreadRecord) -> bool:
        """Return whether a thread has an announcement of the administrators, which only `announce` decides.

        Args:
            thread: The thread.

        Returns:
            Whether it has.
        """
        return thread.id in self._announcing

    def last_posts(self, reader: UserRecord | None, threads: list[ThreadRecord]) -> dict[int, LastPostRecord]:
        """Read the newest posts of threads, and how far a user has read these.

        Args:
            reader: The user, or None for a guest.
            threads: The threads.

        Returns:
            The posts, by the numbers of their threads.
        """
        numbers = [thread.last_post for thread in threads]
        return self._readings.last_posts(None if reader is None else reader.id, numbers)

    def read_threads(self, reader: UserRecord) -> dict[int, int]:
        """Count the threads that a user has read to their end.

        Args:
            reader: The user.

        Returns:
            Number of threads, by the numbers of their sections.
        """
        return self._readings.read_threads(reader.id)

    def read_until(self, reader: UserRecord, thread: ThreadRecord) -> int:
        """Return how far a user has read a thread.

        Args:
            reader: The user.
            thread: The thread.

        Returns:
            Number of the newest post that the user has read, or 0.
        """
        return self._readings.read_until(reader.id, thread.number)

    def set_read(self, reader: UserRecord, thread: ThreadRecord, post: int) -> None:
        """Store how far a user has read a thread.

        Args:
            reader: The user.
            thread: The thread.
            post: Number of the newest post that the user has read.
        """
        self._readings.set_read(reader.id, thread.number, post)

    def mute(self, user: UserRecord, is_muted: bool = True) -> None:
        """Forbid a user to write in the forum, until the server is reset.

        Only the control API has requests for this. The released server does not mute users, and so nothing changes with
        `api_version="0.16.4"`.

        Args:
            user: The user.
            is_muted: False permits it again.
        """
        (self._muted.add if is_muted else self._muted.discard)(user.id)

    def announce(self, thread_id: UUID | str, is_announcement: bool = True) -> ThreadRecord:
        """Mark a thread as an announcement of the administrators, until the server is reset.

        Only the control API has a request for this.

        Args:
            thread_id: Id of the thread.
            is_announcement: False removes the mark.

        Returns:
            The thread.

        Raises:
            ForumNotFoundError: The thread does not exist.
        """
        thread = self.thread(thread_id)
        (self._announcing.add if is_announcement else self._announcing.discard)(thread.id)
        return thread

    def _is_one(self, actor: UserRecord, section: int, moderated: frozenset[int]) -> bool:
        """Return whether the actor has the role of a moderator in a section."""
        return actor.is_administrator or section in moderated

    def _moderates(self, actor: UserRecord, section: int) -> bool:
        """Return whether the actor has the permissions of a moderator in a section."""
        if self._is_one(actor, section, self.moderated_by(actor)):
            return True
        return self._behaviour.everyone_moderates and bool(self._table.moderators(section))

    # --- writing

    def create_thread(self, actor: UserRecord, section: SectionRef, title: str, body: str) -> ThreadRecord:
        """Create a thread with its first post.

        Args:
            actor: The author.
            section: Id or key of the section.
            title: Title of the thread.
            body: Content of the post, in Marktwin.

        Returns:
            The thread.

        Raises:
            TextTooLongError: The content has more than `MAX_TEXT_SIZE` bytes.
            ForumNotFoundError: The section does not exist.
            NotPermittedError: The actor is muted.
        """
        _check_length(body)
        with self._database.transaction():
            found = self.section(section)
            if not self.standing(actor, found.number).can_write:
                raise not_permitted(CREATE_THREAD)
            number = self._table.add_thread(uuid4(), found.number, title, self._clock.now())
            self._add_post(actor, number, self._granted(actor, found, body))
            return self._table.thread(number)

    def _granted(self, actor: UserRecord, section: SectionRecord, text: str) -> str:
        """Return a text without the markup that the actor may not write in a section."""
        if not self._behaviour.tells_permissions:
            return text
        # No mark that is rendered needs a role.
        standing = self.standing(actor, section.number)
        return strip_markup(text, self.grammar(section, standing, frozenset()))

    def reply(self, actor: UserRecord, thread_id: UUID | str, body: str) -> PostRecord:
        """Add a post to a thread.

        Args:
            actor: The author.
            thread_id: Id of the thread.
            body: Content of the post, in Marktwin.

        Returns:
            The post.

        Raises:
            TextTooLongError: The content has more than `MAX_TEXT_SIZE` bytes.
            ForumNotFoundError: The thread does not exist.
            NotPermittedError: The thread is locked, and the actor is not a moderator, or the actor is muted.
        """
        _check_length(body)
        with self._database.transaction():
            thread = self.thread(thread_id)
            if not self.standing(actor, thread.section).can_post(thread):
                raise not_permitted(CREATE_POST)
            return self.post(self._add_post(actor, thread.number, self._granted(actor, self.section_of(thread), body)))

    def _add_post(self, actor: UserRecord, thread: int, body: str) -> UUID:
        post_id = uuid4()
        post = self._table.add_post(post_id, thread, actor.id, self._clock.now())
        self._add_revision(actor, post, body, None, None)
        if self._behaviour.tells_permissions:
            self._readings.set_read(actor.id, thread, post)
        return post_id

    def _add_revision(
        self, actor: UserRecord, post: int, content: str | None, moderation: str | None, comment: str | None
    ) -> None:
        revision = RevisionRecord(
            id=uuid4(),
            created_at=self._clock.now(),
            author_id=actor.id,
            author_name=actor.display_name,
            content=content,
            moderation=moderation,
            comment=comment,
        )
        self._table.add_revision(post, revision)

    def edit(self, actor: UserRecord, post_id: UUID, edit: PostEdit) -> PostRecord:
        """Add a revision to a post.

        Authors may change the content of the last post of a thread, unless somebody else has changed or removed it, the
        thread is locked, or they are muted. Moderators may change everything.

        Args:
            actor: The editor.
            post_id: Id of the post.
            edit: The changes.

        Returns:
            The changed post.

        Raises:
            TextTooLongError: A text has more than `MAX_TEXT_SIZE` bytes.
            ForumNotFoundError: The post does not exist.
            NotPermittedError: The actor may not make these changes.
            StaleEditError: The post has a newer revision than the one that the changes are based on.
        """
        _check_length(edit.content, edit.moderation, edit.comment)
        with self._database.transaction():
            post = self.post(post_id)
            thread, last = self.thread_of(post), self.last_revision(post)
            edit = self._granted_edit(actor, thread, edit)
            content = last.content if edit.content is UNSET else edit.content
            moderation = last.moderation if edit.moderation is UNSET else edit.moderation
            permits = self._permits_edit if self._behaviour.edits_contents else self._permits_released_edit
            if not permits(self.standing(actor, thread.section), (thread, post, last), content, moderation):
                raise not_permitted(UPDATE_POST)
            if self._behaviour.edits_contents and edit.last_revision_id != last.id:
                raise StaleEditError("the post has a newer revision")
            self._add_revision(actor, post.number, content, moderation, edit.comment)
            return self.post(post_id)

    def _granted_edit(self, actor: UserRecord, thread: ThreadRecord, edit: PostEdit) -> PostEdit:
        """Return the changes of a post without the markup that the actor may not write."""
        section = self.section_of(thread)
        texts = {"content": edit.content, "moderation": edit.moderation}
        granted = {name: self._granted(actor, section, text) for name, text in texts.items() if isinstance(text, str)}
        return msgspec.structs.replace(edit, **granted)

    @staticmethod
    def _permits_edit(standing: Standing, edited: _Edited, content: str | None, moderation: str | None) -> bool:
        last = edited[-1]
        is_only_content = content is not None and moderation == last.moderation
        return standing.can_rewrite(*edited) and (standing.can_moderate or is_only_content)

    @staticmethod
    def _permits_released_edit(
        standing: Standing, edited: _Edited, content: str | None, moderation: str | None
    ) -> bool:
        """Return whether the released server permits an edit: it accepts no new content, and no changes from others."""
        last = edited[-1]
        if content is not None and content != last.content:
            return False
        return standing.moderates or (content, moderation) == (last.content, last.moderation)

    def mark(self, thread_id: UUID | str, *, is_pinned: bool = False, is_locked: bool = False) -> ThreadRecord:
        """Pin a thread to the top of its section, or lock it. Only the control API has a request for this.

        Args:
            thread_id: Id of the thread.
            is_pinned: Whether the thread is pinned from now on.
            is_locked: Whether the thread is locked from now on.

        Returns:
            The thread.

        Raises:
            ForumNotFoundError: The thread does not exist.
        """
        with self._database.transaction():
            number = self.thread(thread_id).number
            self._table.mark_thread(number, is_pinned, is_locked)
            return self._table.thread(number)

    # --- moderators

    def grant(self, actor: UserRecord, section: SectionRef, user_id: UUID) -> SectionRecord:
        """Make a user a moderator of a section. A user who is one already stays one.

        Args:
            actor: The user who makes the change.
            section: Id or key of the section.
            user_id: Id of the future moderator.

        Returns:
            The section.

        Raises:
            NotPermittedError: The actor is not an administrator.
            ForumNotFoundError: The section does not exist.
            UserNotFoundError: The user does not exist.
        """
        if not actor.is_administrator:
            raise not_permitted(ADD_MODERATORS)
        with self._database.transaction():
            found, user = self.section(section), self._accounts.get(user_id)
            if found.number not in self.moderated_by(user):
                self._table.add_moderator(found.number, user.id, actor.id, self._clock.now())
        return found

    def revoke(self, actor: UserRecord, section: SectionRef, user_id: UUID) -> SectionRecord:
        """Remove a moderator from a section.

        Args:
            actor: The user who makes the change.
            section: Id or key of the section.
            user_id: Id of the moderator.

        Returns:
            The section.

        Raises:
            NotPermittedError: The actor is neither that moderator nor an administrator.
            ForumNotFoundError: The section does not exist.
            UserNotFoundError: The user does not exist.
        """
        if not actor.is_administrator and actor.id != user_id:
            raise not_permitted(REMOVE_MODERATOR)
        found, user = self.section(section), self._accounts.get(user_id)
        self._table.remove_moderator(found.number, user.id)
        return found
