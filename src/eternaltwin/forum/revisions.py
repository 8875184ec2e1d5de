"""The revisions of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from eternaltwin import models
from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from eternaltwin.models import ForumContent


class Authored:
    """The base of posts and revisions: an author, and when they wrote.

    Args:
        part: The part of a response to convert.

    Attributes:
        identifier: The UUID, in lower case.
        created_at: When it was written, in UTC.
        author: The user who wrote it. None if a game did.
        author_role: The role that the author wrote in, such as `Moderator`. None for an ordinary author.
        author_game: Name of the game that wrote it. None if a user did.
    """

    def __init__(
        self,
        part: models.ForumPost | models.ShortForumPost | models.ForumPostRevision | models.ForumLastPost,
    ) -> None:
        actor = part.author
        self.identifier = str(part.id)
        self.created_at = part.time if isinstance(part, models.ForumPostRevision) else part.ctime
        self.author: User | None = None if actor.user is UNSET else make_user(User, actor.user)
        self.author_role: str | None = actor.role or None
        self.author_game: str | None = None if actor.client is UNSET else actor.client.display_name

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Authored):
            return NotImplemented
        return self.identifier == other.identifier and isinstance(self, Revision) == isinstance(other, Revision)

    def __hash__(self) -> int:
        return hash(self.identifier)

    def __repr__(self) -> str:
        author = self.author.username if self.author else self.author_game
        return f"<{type(self).__name__} {self.identifier} by {author!r}>"


class Revision(Authored):
    """One version of a post. Revisions are equal if their identifiers are.

    Besides the attributes below it has `identifier`, `created_at`, `author`, `author_role` and `author_game`, as
    [`Post`][eternaltwin.forum.Post] has.

    Args:
        revision: The part of a response to convert.

    Attributes:
        body: The body, with the attributes `marktwin` and `html`. None if a moderator has removed it.
        moderation: The moderators' remark, with the same attributes. None if there is none.
        comment: Why the post was changed. None if no reason was given.
    """

    def __init__(self, revision: models.ForumPostRevision) -> None:
        super().__init__(revision)
        self.body: ForumContent | None = revision.content
        self.moderation: ForumContent | None = revision.moderation
        self.comment: str | None = revision.comment
