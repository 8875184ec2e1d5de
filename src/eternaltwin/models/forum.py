"""The JSON of the forum. Source: the recordings of the official server 0.16.4, and `eternaltwin_core`."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Count, Listing, Time
from eternaltwin.models.names import ShortOauthClient, ShortUser


class ForumSelf(msgspec.Struct, frozen=True):
    """What whoever is asking is in a section: `Administrator`, `Moderator`, or nothing."""

    roles: list[str] = []


class ForumSectionMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A section without its threads: in the list of sections, and around a thread."""

    type: str = "ForumSection"
    id: UUID
    key: str | None
    display_name: str
    ctime: Time
    locale: str | None
    threads: Count
    own: ForumSelf = msgspec.field(name="self")


class ForumThreadMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A thread without its posts: in a section, and, with `section`, around a post."""

    type: str = "ForumThread"
    id: UUID
    key: str | None
    title: str
    ctime: Time
    is_pinned: bool
    is_locked: bool
    posts: Count
    section: ForumSectionMeta | UnsetType = UNSET


class ForumRoleGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A role that somebody has in a section, since when, and who gave it."""

    role: str
    user: ShortUser
    start_time: Time
    granted_by: ShortUser


class ForumSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section with a page of its threads: `GET /api/v1/forum/sections/{section}`."""

    type: str = "ForumSection"
    id: UUID
    key: str | None
    display_name: str
    ctime: Time
    locale: str | None
    threads: Listing[ForumThreadMeta]
    role_grants: list[ForumRoleGrant]
    own: ForumSelf = msgspec.field(name="self")


class ForumActor(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote something.

    `UserForumActor` has a `user`, `ClientForumActor` a `client`, `RoleForumActor` a
    `role` and perhaps a `user`.
    """

    type: str = "UserForumActor"
    role: str | None | UnsetType = UNSET
    user: ShortUser | UnsetType = UNSET
    client: ShortOauthClient | UnsetType = UNSET


class ForumContent(msgspec.Struct, frozen=True):
    """A text, as it was written (Marktwin), and as it is shown (HTML)."""

    marktwin: str
    html: str


class ForumPostRevision(msgspec.Struct, frozen=True, kw_only=True):
    """A post, as it stands at one time. `content` is null where a moderator has removed it."""

    type: str = "ForumPostRevision"
    id: UUID
    time: Time
    author: ForumActor
    content: ForumContent | None
    moderation: ForumContent | None = None
    comment: str | None = None


class LatestForumPostRevision(msgspec.Struct, frozen=True):
    """The last revision of a post, and the number of all."""

    count: int
    last: ForumPostRevision


class ShortForumPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post, as it is in a page of its thread."""

    type: str = "ForumPost"
    id: UUID
    ctime: Time
    author: ForumActor
    revisions: LatestForumPostRevision


class ForumThread(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with a page of its posts: `GET /api/v1/forum/threads/{thread}`."""

    type: str = "ForumThread"
    id: UUID
    key: str | None
    title: str
    ctime: Time
    section: ForumSectionMeta
    posts: Listing[ShortForumPost]
    is_pinned: bool
    is_locked: bool


class ForumPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with a page of its revisions, the oldest first: `GET /api/v1/forum/posts/{id}`."""

    type: str = "ForumPost"
    id: UUID
    ctime: Time
    author: ForumActor
    revisions: Listing[ForumPostRevision]
    thread: ForumThreadMeta


class ForumPostSource(msgspec.Struct, frozen=True, kw_only=True):
    """What an editor of a post starts from: `GET /api/v1/forum/posts/{id}/source`, on newer servers.

    Attributes:
        last_revision_id: the revision that the text is of, which an edit must name.
        content: the text in Marktwin; null where a moderator has removed it.
    """

    type: str = "ForumPostSource"
    id: UUID
    last_revision_id: UUID
    content: str | None


class NewForumThread(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/forum/sections/{section}`; `body` is Marktwin."""

    title: str
    body: str


class NewForumPost(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/forum/threads/{thread}`; `body` is Marktwin."""

    body: str


class ForumPostEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PATCH /api/v1/forum/posts/{id}`; texts are Marktwin, null removes one.

    `comment` must be sent, be it null. What else is not sent stays as it is.
    """

    last_revision_id: UUID
    content: str | None | UnsetType = UNSET
    moderation: str | None | UnsetType = UNSET
    comment: str | None
