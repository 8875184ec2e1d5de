"""The rules of the forum: who may write, edit, and moderate.

Source: the recordings of the official server 0.16.4. Whoever asks is known by then: guests write nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.domain.clock import to_milliseconds
from eternaltwin.devserver.domain.errors import ForumNotFoundError, NotPermittedError, StaleEditError
from eternaltwin.devserver.services.games import seed_id
from eternaltwin.devserver.storage.forum import NewSection, RevisionRow

if TYPE_CHECKING:
    from eternaltwin.devserver.config import ForumSectionSeed
    from eternaltwin.devserver.domain.clock import Clock
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.accounts import Accounts
    from eternaltwin.devserver.storage.database import Database
    from eternaltwin.devserver.storage.forum import ForumTable, PostRow, SectionRow, ThreadRow

#: What a section is named by: its id, or its key.
SectionRef = UUID | str

CREATE_THREAD = "create a thread in this section"
CREATE_POST = "create a post in this thread"
UPDATE_POST = "update this post"
ADD_MODERATORS = "add moderators to this section"
REMOVE_MODERATOR = "remove moderator"


def not_permitted(what: str) -> NotPermittedError:
    """The refusal of one of the above, in the words of the official server."""
    return NotPermittedError(f"current actor does not have the permission to {what}")


class PostEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of a post; what is unset stays. Texts are Marktwin, and `None` removes one."""

    last_revision_id: UUID
    content: str | None | UnsetType = UNSET
    moderation: str | None | UnsetType = UNSET
    comment: str | None


class Forum:
    """Sections, threads and posts, and what may be done to them.

    Methods that are given an id or a key raise ForumNotFoundError where it names nothing, and those that are given
    an actor raise NotPermittedError where it may not do that.

    Attributes:
        table: what there is, for whoever only reads.
    """

    def __init__(
        self, database: Database, table: ForumTable, accounts: Accounts, clock: Clock, behaviour: Behaviour
    ) -> None:
        self.table = table
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._behaviour = behaviour

    def _now(self) -> int:
        return to_milliseconds(self._clock.now())

    def seed(self, seeds: dict[str, ForumSectionSeed]) -> None:
        """Add the sections that the configuration names, or bring them up to date."""
        now = self._now()
        with self._database.transaction():
            known = self.table.section_numbers()
            for key in seeds.keys() & known.keys():
                self.table.change_section(known[key], seeds[key].display_name, seeds[key].locale)
            self.table.add_sections(
                NewSection(str(seed_id("forum_section", key)), key, seed.display_name, seed.locale, now)
                for key, seed in seeds.items()
                if key not in known
            )

    # --- reading

    def section(self, section: SectionRef) -> SectionRow:
        """The section with this id or key."""
        is_id = isinstance(section, UUID)
        found = self.table.section_of_id(str(section)) if is_id else self.table.section_of_key(str(section))
        if found is None:
            raise ForumNotFoundError("section not found")
        return found

    def section_of(self, thread: ThreadRow) -> SectionRow:
        """The section that a thread is in."""
        return self.table.section(thread.section)

    def thread(self, thread_id: UUID | str) -> ThreadRow:
        """The thread with this id; threads have no keys, so that a key names nothing."""
        found = self.table.thread_of_id(str(thread_id))
        if found is None:
            raise ForumNotFoundError("thread not found")
        return found

    def post(self, post_id: UUID) -> PostRow:
        """The post with this id."""
        found = self.table.post_of_id(str(post_id))
        if found is None:
            raise ForumNotFoundError("post not found")
        return found

    def thread_of(self, post: PostRow) -> ThreadRow:
        """The thread that a post is in."""
        return self.table.thread(post.thread)

    def _moderates(self, actor: UserRecord, section: int) -> bool:
        """Whether somebody may do there what moderators may."""
        if actor.is_administrator or section in self.table.moderated_by(str(actor.id)):
            return True
        return self._behaviour.everyone_moderates and bool(self.table.moderators(section))

    # --- writing

    def create_thread(self, actor: UserRecord, section: SectionRef, title: str, body: str) -> ThreadRow:
        """Start a thread with its first post."""
        with self._database.transaction():
            number = self.table.add_thread(str(uuid4()), self.section(section).number, title, self._now())
            self._add_post(actor, number, body)
            return self.table.thread(number)

    def reply(self, actor: UserRecord, thread_id: UUID | str, body: str) -> PostRow:
        """Add a post to a thread; to one that is locked, only moderators may."""
        with self._database.transaction():
            thread = self.thread(thread_id)
            if thread.is_locked and not self._moderates(actor, thread.section):
                raise not_permitted(CREATE_POST)
            return self.post(self._add_post(actor, thread.number, body))

    def _add_post(self, actor: UserRecord, thread: int, body: str) -> UUID:
        post_id = uuid4()
        post = self.table.add_post(str(post_id), thread, str(actor.id), self._now())
        self._add_revision(actor, post, body, None, None)
        return post_id

    def _add_revision(
        self, actor: UserRecord, post: int, content: str | None, moderation: str | None, comment: str | None
    ) -> None:
        revision = RevisionRow(
            id=str(uuid4()),
            created_at=self._now(),
            author_id=str(actor.id),
            author_name=actor.display_name,
            content=content,
            moderation=moderation,
            comment=comment,
        )
        self.table.add_revision(post, revision)

    def edit(self, actor: UserRecord, post_id: UUID, edit: PostEdit) -> PostRow:
        """Add a revision to a post.

        Authors change the content, unless it was removed or the thread is locked; moderators change everything.

        Raises:
            StaleEditError: the post has a newer revision than the one that the edit is of.
        """
        with self._database.transaction():
            post = self.post(post_id)
            last = self.table.last_revision(post.number)
            content = last.content if edit.content is UNSET else edit.content
            moderation = last.moderation if edit.moderation is UNSET else edit.moderation
            if not self._may_edit(actor, post, last, content, moderation):
                raise not_permitted(UPDATE_POST)
            if self._behaviour.edits_contents and str(edit.last_revision_id) != last.id:
                raise StaleEditError("the post has a newer revision")
            self._add_revision(actor, post.number, content, moderation, edit.comment)
            return self.post(post_id)

    def _may_edit(
        self, actor: UserRecord, post: PostRow, last: RevisionRow, content: str | None, moderation: str | None
    ) -> bool:
        thread = self.thread_of(post)
        moderates = self._moderates(actor, thread.section)
        if not self._behaviour.edits_contents:  # a text cannot be changed, and everybody may change nothing
            if content is not None and content != last.content:
                return False
            return moderates or (content, moderation) == (last.content, last.moderation)
        is_open_to_author = last.content is not None and not thread.is_locked
        is_content_of_author = post.author_id == str(actor.id) and content is not None and is_open_to_author
        return moderates or (is_content_of_author and moderation == last.moderation)

    def mark(self, thread_id: UUID | str, *, is_pinned: bool = False, is_locked: bool = False) -> ThreadRow:
        """Pin a thread to the top of its section, lock it, both, or neither; nobody can do that through the API."""
        with self._database.transaction():
            number = self.thread(thread_id).number
            self.table.mark_thread(number, is_pinned, is_locked)
            return self.table.thread(number)

    # --- moderators

    def grant(self, actor: UserRecord, section: SectionRef, user_id: UUID) -> SectionRow:
        """Make somebody a moderator, as an administrator; somebody who is one stays one.

        Raises:
            UserNotFoundError: there is no such user.
        """
        if not actor.is_administrator:
            raise not_permitted(ADD_MODERATORS)
        with self._database.transaction():
            found, user = self.section(section), self._accounts.get(user_id)
            if found.number not in self.table.moderated_by(str(user.id)):
                self.table.add_moderator(found.number, str(user.id), str(actor.id), self._now())
        return found

    def revoke(self, actor: UserRecord, section: SectionRef, user_id: UUID) -> SectionRow:
        """Make somebody a moderator no more: oneself, or anybody as an administrator.

        Raises:
            UserNotFoundError: there is no such user.
        """
        if not actor.is_administrator and actor.id != user_id:
            raise not_permitted(REMOVE_MODERATOR)
        found, user = self.section(section), self._accounts.get(user_id)
        self.table.remove_moderator(found.number, str(user.id))
        return found
