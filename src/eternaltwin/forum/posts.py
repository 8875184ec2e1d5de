"""Posts, and what was changed in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from msgspec import UNSET, UnsetType

from eternaltwin import models
from eternaltwin.clients.driver import run
from eternaltwin.forum.origins import asyncio_forum, blocking_forum
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.forum.origins import Origin
    from eternaltwin.forum.threads import Thread
    from eternaltwin.models import ForumContent, ForumPostSource


class _Written:
    """Something that somebody wrote.

    Attributes:
        identifier: the UUID, in lower case.
        created_at: when it was written.
        author: the user who wrote it; None if a game did.
        author_role: in which role they wrote it, such as `Moderator`, if in one.
        author_game: the name of the game that wrote it, if one did.
    """

    def __init__(self, part: models.ForumPost | models.ShortForumPost | models.ForumPostRevision) -> None:
        actor = part.author
        self.identifier = str(part.id)
        self.created_at = part.time if isinstance(part, models.ForumPostRevision) else part.ctime
        self.author: User | None = None if actor.user is UNSET else make_user(User, actor.user)
        self.author_role: str | None = actor.role or None
        self.author_game: str | None = None if actor.client is UNSET else actor.client.display_name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Written):
            return NotImplemented
        return self.identifier == other.identifier and isinstance(self, Post) == isinstance(other, Post)

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        author = self.author.username if self.author else self.author_game
        return f"<{type(self).__name__} {self.identifier} by {author!r}>"


class Revision(_Written):
    """A post, as it stands at one time. Revisions are equal if their identifiers are.

    Attributes:
        body: the text; None where a moderator has removed it.
        moderation: what moderators say of it, if they say something.
        comment: why the post was changed, if that was told.
    """

    def __init__(self, revision: models.ForumPostRevision) -> None:
        super().__init__(revision)
        self.body: ForumContent | None = revision.content
        self.moderation: ForumContent | None = revision.moderation
        self.comment: str | None = revision.comment


class Post(_Written):
    """A post. Posts are equal if their identifiers are.

    Attributes:
        revisions: what is known of how it was changed, the oldest first. The last one is always there:
            a page of posts has no others, and `get` has the first 100 as well.
        revision_count: how many revisions there are.
        thread: the thread it is in.
    """

    thread: Thread

    def __init__(self, post: models.ForumPost | models.ShortForumPost, thread: Thread, using: Origin = None) -> None:
        super().__init__(post)
        self.thread = thread
        self.revision_count: int = post.revisions.count
        known = post.revisions.items if isinstance(post, models.ForumPost) else [post.revisions.last]
        self.revisions: list[Revision] = [Revision(revision) for revision in known]
        self._using = using

    @property
    def last_revision(self) -> Revision:
        """The post, as it stood when it was read."""
        return self.revisions[-1]

    @property
    def body(self) -> ForumContent | None:
        """The text, with the attributes `marktwin` and `html`; None where a moderator has removed it."""
        return self.last_revision.body

    @classmethod
    def get(
        cls, post_id: str | UUID, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A post by id, with its revisions.

        Raises:
            InvalidArgumentError: the id is no UUID; nothing was sent.
            NotFoundError: there is no such post; 0.16.4 breaks the connection off instead.
        """
        return cls._of(run(blocking_forum(using).post(post_id, identity)), using)

    @classmethod
    async def aget(
        cls, post_id: str | UUID, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> Self:
        """A post by id, with its revisions; see `get`."""
        return cls._of(await asyncio_forum(using).post(post_id, identity), using)

    def edit(
        self,
        body: str | None | UnsetType = UNSET,
        comment: str | None = None,
        using: str | Eternaltwin | None = None,
        *,
        moderation: str | None | UnsetType = UNSET,
        revision: str | UUID | None = None,
        identity: Identifiable | None = None,
    ) -> Self:
        """Change the post, and answer it as it is then; this object stays as it is.

        Args:
            body: the new text, in Marktwin; None removes it, which moderators may do.
            comment: why.
            using: the connection.
            moderation: what moderators say of it, in Marktwin; None takes it back.
            revision: the id of the revision that the change is made to; the last known one by default.
            identity: who asks.

        Raises:
            InvalidArgumentError: a text cannot be sent.
            ConflictError: somebody else has changed the post since: read it again.
            ForbiddenError: whoever asks may not change it.
            UnsupportedByServerError: 0.16.4 and older cannot change the text of posts.
        """
        based_on = self.last_revision.identifier if revision is None else revision
        forum = blocking_forum(using, self._using)
        changed = run(forum.edit(self.identifier, based_on, body, moderation, comment, identity))
        return self._of(changed, self._using if using is None else using)

    async def aedit(
        self,
        body: str | None | UnsetType = UNSET,
        comment: str | None = None,
        using: str | AsyncEternaltwin | None = None,
        *,
        moderation: str | None | UnsetType = UNSET,
        revision: str | UUID | None = None,
        identity: Identifiable | None = None,
    ) -> Self:
        """Change the post, and answer it as it is then; see `edit`."""
        based_on = self.last_revision.identifier if revision is None else revision
        forum = asyncio_forum(using, self._using)
        changed = await forum.edit(self.identifier, based_on, body, moderation, comment, identity)
        return self._of(changed, self._using if using is None else using)

    def source(
        self, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> ForumPostSource:
        """What an editor starts from: the text in Marktwin, and the revision that an edit must name.

        Raises:
            UnsupportedByServerError: 0.16.4 and older have no such call; `body.marktwin` is the same there.
        """
        return run(blocking_forum(using, self._using).source(self.identifier, identity))

    async def asource(
        self, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
    ) -> ForumPostSource:
        """What an editor starts from; see `source`."""
        return await asyncio_forum(using, self._using).source(self.identifier, identity)

    @classmethod
    def _of(cls, post: models.ForumPost, using: Origin) -> Self:
        from eternaltwin.forum.threads import Thread

        return cls(post, Thread(post.thread, using=using), using)
