"""The JSON of the forum. Source: the recordings of the official server 0.16.4, and `eternaltwin_core`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Count, Listing, Time
from eternaltwin.models.names import ShortOauthClient, ShortUser
from eternaltwin.rules.forum import COMMENT_PATTERN, THREAD_TITLE_PATTERN
from eternaltwin.rules.grammar import MARK_FLAGS, ROLE_FLAGS

_Role = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["Administrator", "Moderator"]})]
_ActorType = Annotated[
    str, msgspec.Meta(extra_json_schema={"enum": ["UserForumActor", "ClientForumActor", "RoleForumActor"]})
]


# What only newer servers than 0.16.4 send is optional. It was read off the client of DinoRPG, a game with a forum in
# it; nothing of it is recorded.

#: The Marktwin that the caller may write. A dictionary, since newer servers may have marks that are unknown here.
ForumGrammar = Annotated[
    dict[str, Any],
    msgspec.Meta(
        description="The Marktwin that the caller may write: a flag for each mark, and what limits them.",
        extra_json_schema={
            "properties": {
                **{flag: {"type": "boolean"} for flag in (*ROLE_FLAGS, *MARK_FLAGS)},
                "depth": {"type": ["integer", "null"], "description": "Marks that may be open at once."},
                "icons": {"type": "array", "items": {"type": "string"}, "description": "Names of icons."},
                "links": {"type": "array", "items": {"type": "string"}, "description": "Schemes of addresses."},
            }
        },
    ),
]


class ForumSelf(msgspec.Struct, frozen=True):
    """What the caller may do in a section.

    Source of what only newer servers send: the client of DinoRPG, a game with a forum in it. It is not recorded.

    Attributes:
        roles: The caller's roles: `Administrator`, `Moderator`, or empty.
        grammar: The Marktwin that the caller may write. Sent by newer servers only, like the next two.
        unread_threads: Number of threads with posts that the caller has not read.
        can_create_thread: Whether the caller may start a thread.
    """

    roles: list[_Role] = []
    grammar: ForumGrammar | None | UnsetType = UNSET
    unread_threads: int | UnsetType = UNSET
    can_create_thread: bool | UnsetType = UNSET


class ForumThreadSelf(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller may do in a thread, and has read of it. Sent by newer servers only.

    Source: the client of DinoRPG, a game with a forum in it. It is not recorded.

    Attributes:
        can_post: Whether the caller may reply.
        can_lock: Whether the caller may lock the thread.
        can_pin: Whether the caller may pin the thread.
        can_move: Whether the caller may move the thread to another section.
        can_delete: Whether the caller may delete the thread.
        can_report: Whether the caller may report the thread. Sent for a thread that is read on its own.
        is_unread: Whether the thread has posts that the caller had not read before this response.
    """

    can_post: bool | UnsetType = UNSET
    can_lock: bool | UnsetType = UNSET
    can_pin: bool | UnsetType = UNSET
    can_move: bool | UnsetType = UNSET
    can_delete: bool | UnsetType = UNSET
    can_report: bool | UnsetType = UNSET
    is_unread: bool | UnsetType = UNSET


class ForumPostSelf(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller may do with a post. Sent by newer servers only.

    Source: the client of DinoRPG, a game with a forum in it. It is not recorded.

    Attributes:
        can_edit: Whether the caller may change the text.
        can_delete: Whether the caller may remove the text.
        can_report: Whether the caller may report the post.
    """

    can_edit: bool | UnsetType = UNSET
    can_delete: bool | UnsetType = UNSET
    can_report: bool | UnsetType = UNSET


class ForumSectionRef(msgspec.Struct, frozen=True, kw_only=True):
    """The section that another one is in.

    Attributes:
        id: The UUID.
        key: The short name, such as `main_en`. Null if there is none.
        display_name: The title.
    """

    id: UUID
    key: str | None
    display_name: str


class ForumActor(msgspec.Struct, frozen=True, kw_only=True):
    """The author of a post or a revision.

    Attributes:
        type: The kind of author, which decides which fields are sent: `UserForumActor`, `ClientForumActor` or
            `RoleForumActor`.
        role: The role that the author wrote in, such as `Moderator`, of a `RoleForumActor`.
        user: The user, of a `UserForumActor` and perhaps of a `RoleForumActor`.
        client: The game, of a `ClientForumActor`.
    """

    type: _ActorType = "UserForumActor"
    role: str | None | UnsetType = UNSET
    user: ShortUser | UnsetType = UNSET
    client: ShortOauthClient | UnsetType = UNSET


class ForumSectionMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A section without its threads, as in the list of sections and in threads.

    Attributes:
        type: The kind of object: `ForumSection`.
        id: The UUID.
        key: The short name, such as `main_en`. Null if there is none.
        display_name: The title.
        ctime: When the section was created.
        locale: The language, such as `en-US`. Null if there is none.
        threads: Number of threads.
        own: What the caller may do; `self` in JSON.
        parent: The section that this one is in. Null if there is none. Sent by newer servers only.
    """

    type: str = "ForumSection"
    id: UUID
    key: str | None
    display_name: str
    ctime: Time
    locale: str | None
    threads: Count
    own: ForumSelf = msgspec.field(name="self", default=ForumSelf())
    parent: ForumSectionRef | None | UnsetType = UNSET


class ForumLastPost(msgspec.Struct, frozen=True, kw_only=True):
    """The newest post of a thread, without its content.

    Attributes:
        type: The kind of object: `ForumPost`.
        id: The UUID.
        ctime: When the post was written.
        author: The author of the post.
    """

    type: str = "ForumPost"
    id: UUID
    ctime: Time
    author: ForumActor


class ForumThreadMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A thread without its posts, as in sections and in posts.

    Attributes:
        type: The kind of object: `ForumThread`.
        id: The UUID.
        key: The short name. Null for most threads.
        title: The title: 2 to 64 characters.
        ctime: When the thread was started.
        is_pinned: Whether the thread is kept at the top of its section.
        is_locked: Whether the thread accepts no more replies, except from moderators.
        posts: Number of posts.
        section: The section. Sent in posts only.
        last_post: The newest post. Sent in sections by newer servers only.
        has_admin_announcement: Whether it has an announcement of the administrators. Sent by newer servers only.
        own: What the caller may do; `self` in JSON. Sent by newer servers only.
    """

    type: str = "ForumThread"
    id: UUID
    key: str | None
    title: str
    ctime: Time
    is_pinned: bool
    is_locked: bool
    posts: Count
    section: ForumSectionMeta | UnsetType = UNSET
    last_post: ForumLastPost | None | UnsetType = UNSET
    has_admin_announcement: bool | UnsetType = UNSET
    own: ForumThreadSelf | UnsetType = msgspec.field(name="self", default=UNSET)


class ForumRoleGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A role that a user has in a section.

    Attributes:
        role: The role, such as `Moderator`.
        user: The user who has the role.
        start_time: When the role was granted.
        granted_by: The user who granted the role.
    """

    role: str
    user: ShortUser
    start_time: Time
    granted_by: ShortUser


class ForumSection(msgspec.Struct, frozen=True, kw_only=True):
    """A section with a page of its threads: the response of `GET /api/v1/forum/sections/{section}`.

    Attributes:
        type: The kind of object: `ForumSection`.
        id: The UUID.
        key: The short name, such as `main_en`. Null if there is none.
        display_name: The title.
        ctime: When the section was created.
        locale: The language, such as `en-US`. Null if there is none.
        threads: A page of the threads.
        role_grants: The roles of all users.
        own: What the caller may do; `self` in JSON.
        parent: The section that this one is in. Null if there is none. Sent by newer servers only.
        children: The sections in this one. Sent by newer servers only.
    """

    type: str = "ForumSection"
    id: UUID
    key: str | None
    display_name: str
    ctime: Time
    locale: str | None
    threads: Listing[ForumThreadMeta]
    role_grants: list[ForumRoleGrant]
    own: ForumSelf = msgspec.field(name="self", default=ForumSelf())
    parent: ForumSectionRef | None | UnsetType = UNSET
    children: list[ForumSectionMeta] | UnsetType = UNSET


class ForumContent(msgspec.Struct, frozen=True):
    """The body of a post.

    Attributes:
        marktwin: The body as it was written, in Marktwin.
        html: The body as it is shown, in HTML.
    """

    marktwin: str
    html: str


class ForumPostRevision(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a post.

    Attributes:
        type: The kind of object: `ForumPostRevision`.
        id: The UUID.
        time: When the revision was written.
        author: The author of the revision.
        content: The body. Null if a moderator has removed it.
        moderation: The moderators' remark. Null if there is none.
        comment: Why the post was changed. Null if there is none.
    """

    type: str = "ForumPostRevision"
    id: UUID
    time: Time
    author: ForumActor
    content: ForumContent | None
    moderation: ForumContent | None = None
    comment: str | None = None


class LatestForumPostRevision(msgspec.Struct, frozen=True):
    """The last revision of a post.

    Attributes:
        count: Number of all revisions.
        last: The last revision.
    """

    count: int
    last: ForumPostRevision


class ShortForumPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its last revision, as in threads.

    Attributes:
        type: The kind of object: `ForumPost`.
        id: The UUID.
        ctime: When the post was written.
        author: The author of the post.
        revisions: The last revision, and the number of all.
        own: What the caller may do; `self` in JSON. Sent by newer servers only.
    """

    type: str = "ForumPost"
    id: UUID
    ctime: Time
    author: ForumActor
    revisions: LatestForumPostRevision
    own: ForumPostSelf | UnsetType = msgspec.field(name="self", default=UNSET)


class ForumThread(msgspec.Struct, frozen=True, kw_only=True):
    """A thread with a page of its posts: the response of `GET /api/v1/forum/threads/{thread}`.

    Attributes:
        type: The kind of object: `ForumThread`.
        id: The UUID.
        key: The short name. Null for most threads.
        title: The title: 2 to 64 characters.
        ctime: When the thread was started.
        section: The section.
        posts: A page of the posts, the oldest first.
        is_pinned: Whether the thread is kept at the top of its section.
        is_locked: Whether the thread accepts no more replies, except from moderators.
        has_admin_announcement: Whether it has an announcement of the administrators. Sent by newer servers only.
        own: What the caller may do; `self` in JSON. Sent by newer servers only.
    """

    type: str = "ForumThread"
    id: UUID
    key: str | None
    title: str
    ctime: Time
    section: ForumSectionMeta
    posts: Listing[ShortForumPost]
    is_pinned: bool
    is_locked: bool
    has_admin_announcement: bool | UnsetType = UNSET
    own: ForumThreadSelf | UnsetType = msgspec.field(name="self", default=UNSET)


class ForumPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with a page of its revisions: the response of `GET /api/v1/forum/posts/{id}`.

    Attributes:
        type: The kind of object: `ForumPost`.
        id: The UUID.
        ctime: When the post was written.
        author: The author of the post.
        revisions: A page of the revisions, the oldest first.
        thread: The thread.
        own: What the caller may do; `self` in JSON. Sent by newer servers only.
    """

    type: str = "ForumPost"
    id: UUID
    ctime: Time
    author: ForumActor
    revisions: Listing[ForumPostRevision]
    thread: ForumThreadMeta
    own: ForumPostSelf | UnsetType = msgspec.field(name="self", default=UNSET)


class ForumPostSource(msgspec.Struct, frozen=True, kw_only=True):
    """The Marktwin of a post: the response of `GET /api/v1/forum/posts/{id}/source`, on newer servers than 0.16.4.

    Attributes:
        type: The kind of object: `ForumPostSource`.
        id: The UUID of the post.
        last_revision_id: The UUID of the revision, which an edit must name.
        content: The body in Marktwin. Null if a moderator has removed it.
    """

    type: str = "ForumPostSource"
    id: UUID
    last_revision_id: UUID
    content: str | None


class NewForumThread(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/forum/sections/{section}`.

    Attributes:
        title: The title: one line of 2 to 64 characters.
        body: The first post, in Marktwin.
    """

    title: Annotated[str, msgspec.Meta(pattern=rf"\A{THREAD_TITLE_PATTERN}\Z")]
    body: str


class NewForumPost(msgspec.Struct, frozen=True):
    """The body of `POST /api/v1/forum/threads/{thread}`.

    Attributes:
        body: The post, in Marktwin.
    """

    body: str


class ForumPostEdit(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PATCH /api/v1/forum/posts/{id}`. `content` and `moderation` stay as they are if they are not sent.

    Attributes:
        last_revision_id: The UUID of the revision that the change is based on.
        content: The new body, in Marktwin. Null removes it.
        moderation: The new remark of the moderators, in Marktwin. Null removes it.
        comment: Why the post is changed. Always sent, null if there is none.
    """

    last_revision_id: UUID
    content: str | None | UnsetType = UNSET
    moderation: str | None | UnsetType = UNSET
    comment: Annotated[str, msgspec.Meta(pattern=COMMENT_PATTERN)] | None
