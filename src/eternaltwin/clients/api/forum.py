"""The forum, as the API knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import msgspec

from eternaltwin import models
from eternaltwin.clients.api.calls import hinted
from eternaltwin.clients.api.pagination import Pages
from eternaltwin.clients.api.server import Capability
from eternaltwin.clients.auth import is_game, token_of
from eternaltwin.clients.endpoints import (
    FORUM_POST,
    FORUM_POST_SOURCE,
    FORUM_ROLE_GRANTS,
    FORUM_SECTION,
    FORUM_SECTIONS,
    FORUM_THREAD,
)
from eternaltwin.clients.validation.arguments import check_uuid, check_whole
from eternaltwin.clients.validation.fields import check_comment, check_id, check_reference, check_text, check_title
from eternaltwin.exceptions import ConflictError, ForbiddenError, NotFoundError, RequestError, UnexpectedResponseError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from msgspec import UnsetType

    from eternaltwin.clients.api.calls import Calls, Query
    from eternaltwin.clients.api.server import ServerApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.tokens import Token

#: The scope without which a game's tokens cannot write to the forum.
WRITE_SCOPE = "forum:write"

#: How many revisions of a post are asked for at a time.
REVISIONS_PER_PAGE = 100

SectionList = models.Listing[models.ForumSectionMeta]
ThreadPage = models.Listing[models.ForumThreadMeta]
PostPage = models.Listing[models.ShortForumPost]

Kind = TypeVar("Kind")
Reference = str | UUID


class ForumApi:
    """The calls about the forum. Sections and threads are named by id or by key."""

    def __init__(self, calls: Calls, server: ServerApi) -> None:
        self._calls = calls
        self._server = server

    async def sections(self, identity: Identifiable | None = None) -> list[models.ForumSectionMeta]:
        """All sections: `GET /api/v1/forum/sections`, which has no pages."""
        return (await self._calls.read(FORUM_SECTIONS, SectionList, identity)).items

    async def section(
        self, section: Reference, offset: int, limit: int | None, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """A section with a page of its threads: `GET /api/v1/forum/sections/{section}`."""
        endpoint = FORUM_SECTION.format(section=check_reference("section", section))
        size = await self._threads_per_page() if limit is None else limit
        return await self._calls.read(endpoint, models.ForumSection, identity, _page(offset, size))

    async def thread(
        self, thread: Reference, offset: int, limit: int | None, identity: Identifiable | None = None
    ) -> models.ForumThread:
        """A thread with a page of its posts: `GET /api/v1/forum/threads/{thread}`."""
        endpoint = FORUM_THREAD.format(thread=check_reference("thread", thread))
        size = await self._posts_per_page() if limit is None else limit
        return await self._calls.read(endpoint, models.ForumThread, identity, _page(offset, size))

    def all_threads(
        self, section: Reference, page_size: int | None, identity: Identifiable | None = None
    ) -> Pages[models.ForumThreadMeta]:
        """All threads of a section, page by page."""
        reference, size = check_reference("section", section), _page_size(page_size)

        async def fetch(offset: int) -> ThreadPage:
            return (await self.section(reference, offset, size, identity)).threads

        return Pages(fetch, is_reordered=True)

    def all_posts(
        self, thread: Reference, page_size: int | None, identity: Identifiable | None = None
    ) -> Pages[models.ShortForumPost]:
        """All posts of a thread, page by page."""
        reference, size = check_reference("thread", thread), _page_size(page_size)

        async def fetch(offset: int) -> PostPage:
            return (await self.thread(reference, offset, size, identity)).posts

        return Pages(fetch, is_reordered=False)

    async def post(self, post_id: Reference, identity: Identifiable | None = None) -> models.ForumPost:
        """A post with its revisions, of which the last is always there: `GET /api/v1/forum/posts/{id}`."""
        endpoint = FORUM_POST.format(post_id=check_id("post_id", post_id))
        post = await self._calls.read(endpoint, models.ForumPost, identity, _page(0, REVISIONS_PER_PAGE))
        return await self._whole(post, identity)

    async def source(self, post_id: Reference, identity: Identifiable | None = None) -> models.ForumPostSource:
        """What an editor starts from: `GET /api/v1/forum/posts/{id}/source`, on newer servers."""
        endpoint = FORUM_POST_SOURCE.format(post_id=check_id("post_id", post_id))
        try:
            return await self._calls.read(endpoint, models.ForumPostSource, identity)
        except RequestError as exc:
            refused = exc
        raise await self._server.inability(Capability.SHOW_SOURCES, refused.response) or refused

    async def create_thread(
        self, section: Reference, title: str, body: str, identity: Identifiable | None = None
    ) -> models.ForumThread:
        """Start a thread: `POST /api/v1/forum/sections/{section}`."""
        endpoint = FORUM_SECTION.format(section=check_reference("section", section))
        new = models.NewForumThread(check_title(title), check_text("body", body))
        return await self._write("POST", endpoint, new, models.ForumThread, identity)

    async def reply(self, thread: Reference, body: str, identity: Identifiable | None = None) -> models.ForumPost:
        """Write a post: `POST /api/v1/forum/threads/{thread}`."""
        endpoint = FORUM_THREAD.format(thread=check_reference("thread", thread))
        new = models.NewForumPost(check_text("body", body))
        return await self._whole(await self._write("POST", endpoint, new, models.ForumPost, identity), identity)

    async def edit(
        self,
        post_id: Reference,
        revision_id: Reference,
        content: str | None | UnsetType,
        moderation: str | None | UnsetType,
        comment: str | None,
        identity: Identifiable | None = None,
    ) -> models.ForumPost:
        """Change a post: `PATCH /api/v1/forum/posts/{id}`. What is UNSET stays as it is."""
        endpoint = FORUM_POST.format(post_id=check_id("post_id", post_id))
        edit = models.ForumPostEdit(
            last_revision_id=UUID(check_id("revision", revision_id)),
            content=check_text("body", content) if content else content,
            moderation=check_text("moderation", moderation) if moderation else moderation,
            comment=check_comment(comment),
        )
        try:
            changed = await self._write("PATCH", endpoint, edit, models.ForumPost, identity)
        except ConflictError as exc:
            refused: RequestError = hinted(
                exc, "somebody has changed the post since it was read: read it again, with Post.get(), and then decide"
            )
        except ForbiddenError as exc:
            refused = await self._not_editable(exc, edit)
        else:
            return await self._whole(changed, identity)
        raise refused

    async def grant(
        self, section: Reference, user_id: Reference, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """Make someone a moderator: `POST /api/v1/forum/sections/{section}/role_grants`."""
        return await self._change_role("POST", section, user_id, identity)

    async def revoke(
        self, section: Reference, user_id: Reference, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """Make a moderator one no more: `DELETE /api/v1/forum/sections/{section}/role_grants`."""
        return await self._change_role("DELETE", section, user_id, identity)

    async def _whole(self, post: models.ForumPost, identity: Identifiable | None) -> models.ForumPost:
        """A post that was answered with its first revisions, with the last one too."""
        page = post.revisions
        items = page.items
        if page.count > len(items) > 0:
            endpoint = FORUM_POST.format(post_id=post.id)
            query = _page(page.count - 1, REVISIONS_PER_PAGE)
            rest = await self._calls.read(endpoint, models.ForumPost, identity, query)
            items = [*items, *rest.revisions.items]
        if not items:
            raise UnexpectedResponseError(f"the server sent the post {post.id} without a revision")
        return msgspec.structs.replace(post, revisions=msgspec.structs.replace(page, items=items))

    async def _change_role(
        self, method: str, section: Reference, user_id: Reference, identity: Identifiable | None
    ) -> models.ForumSection:
        endpoint = FORUM_ROLE_GRANTS.format(section=check_reference("section", section))
        user = models.UserRef(id=UUID(check_uuid(user_id)))
        try:
            return await self._write(method, endpoint, user, models.ForumSection, identity)
        except RequestError as exc:
            if exc.response.status_code != 422:
                raise
            refused = exc
        raise NotFoundError(refused.response, f"{refused}; there is no such user")

    async def _write(
        self, method: str, endpoint: str, body: msgspec.Struct, kind: type[Kind], identity: Identifiable | None
    ) -> Kind:
        """Send a change, in the name of whoever asks."""
        if is_game(identity):  # version 0.16.4 would fail, or break off, and say nothing
            await self._server.require(Capability.WRITE_WITH_TOKENS)
        try:
            return decode_json(await self._calls.send(method, endpoint, identity, body=body), kind)
        except ForbiddenError as exc:
            token, refused = token_of(identity), exc
        raise refused if token is None else hinted(refused, _scope_hint(token))

    async def _not_editable(self, refused: ForbiddenError, edit: models.ForumPostEdit) -> RequestError:
        if not isinstance(edit.content, str):
            return refused
        return await self._server.inability(Capability.EDIT_POSTS, refused.response) or refused

    async def _threads_per_page(self) -> int:
        return (await self._server.config()).forum.threads_per_page

    async def _posts_per_page(self) -> int:
        return (await self._server.config()).forum.posts_per_page


def _scope_hint(token: Token) -> str:
    """What a 403 for a token means, as far as the token's scopes tell."""
    if token.scope is None:
        return f"the token needs the scope {WRITE_SCOPE!r}, which start_authorization(scope=...) asks for"
    if WRITE_SCOPE not in token.scopes:
        return f"the token lacks the scope {WRITE_SCOPE!r}: sign in again with start_authorization(scope=...)"
    return f"the token has the scope {WRITE_SCOPE!r}, so the player may not do this, or is muted"


def _page(offset: int, limit: int) -> Query:
    return (
        ("offset", str(check_whole("offset", offset, 0))),
        ("limit", str(check_whole("limit", limit, 0))),
    )


def _page_size(page_size: int | None) -> int | None:
    return None if page_size is None else check_whole("page_size", page_size, 1)
