"""The forum."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET

from eternaltwin import models
from eternaltwin.clients.api.bodies import json_body
from eternaltwin.clients.api.client import NO_HINTS
from eternaltwin.clients.api.pagination import Pages
from eternaltwin.clients.api.versions import Capability
from eternaltwin.clients.auth import identify, is_game, token_of
from eternaltwin.clients.endpoints import (
    FORUM_POST,
    FORUM_POST_SOURCE,
    FORUM_ROLE_GRANTS,
    FORUM_SECTION,
    FORUM_SECTIONS,
    FORUM_THREAD,
)
from eternaltwin.clients.validation.accounts import check_user_id
from eternaltwin.clients.validation.forum import check_comment, check_reference, check_title
from eternaltwin.clients.validation.values import check_integer, check_string, check_uuid
from eternaltwin.exceptions import ConflictError, ForbiddenError, NotFoundError, RequestError, UnexpectedResponseError
from eternaltwin.rules.forum import WRITE_SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from msgspec import UnsetType

    from eternaltwin.clients.api.client import ApiClient, Hints
    from eternaltwin.clients.api.server import ServerApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.validation.requests import Fields
    from eternaltwin.tokens import Token

#: Number of revisions of a post per request.
REVISIONS_PER_PAGE = 100

SectionListing = models.Listing[models.ForumSectionMeta]
ThreadListing = models.Listing[models.ForumThreadMeta]
PostListing = models.Listing[models.ShortForumPost]

_CHANGED: Hints = {
    ConflictError: "somebody has changed the post since it was read: read it again, with Post.get(), and then decide"
}

Kind = TypeVar("Kind")
Reference = str | UUID


class ForumApi:
    """The calls about the forum. Sections and threads are identified by id or key.

    Args:
        client: Sends the calls.
        server: Reads the server's page sizes.
    """

    def __init__(self, client: ApiClient, server: ServerApi) -> None:
        self._client = client
        self._server = server

    async def sections(self, identity: Identifiable | None = None) -> list[models.ForumSectionMeta]:
        """Read all sections: `GET /api/v1/forum/sections`, which has no pages.

        Args:
            identity: Whose credentials to send.

        Returns:
            The sections.
        """
        return (await self._client.fetch("GET", FORUM_SECTIONS, SectionListing, identity)).items

    async def section(
        self, section: Reference, offset: int, limit: int | None, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """Read a section with a page of its threads: `GET /api/v1/forum/sections/{section}`.

        Args:
            section: Id or key of the section.
            offset: Number of items to skip, at least 0.
            limit: Maximum number of items to return. None means the server's page size.
            identity: Whose credentials to send.

        Returns:
            The section.
        """
        endpoint = FORUM_SECTION.format(section=check_reference("section", section))
        return await self._fetch_page(
            endpoint, models.ForumSection, identity, offset, limit, lambda forum: forum.threads_per_page
        )

    async def thread(
        self, thread: Reference, offset: int, limit: int | None, identity: Identifiable | None = None
    ) -> models.ForumThread:
        """Read a thread with a page of its posts: `GET /api/v1/forum/threads/{thread}`.

        Args:
            thread: Id or key of the thread.
            offset: Number of items to skip, at least 0.
            limit: Maximum number of items to return. None means the server's page size.
            identity: Whose credentials to send.

        Returns:
            The thread.
        """
        endpoint = FORUM_THREAD.format(thread=check_reference("thread", thread))
        return await self._fetch_page(
            endpoint, models.ForumThread, identity, offset, limit, lambda forum: forum.posts_per_page
        )

    def all_threads(
        self, section: Reference, page_size: int | None, identity: Identifiable | None = None
    ) -> Pages[models.ForumThreadMeta]:
        """Return all threads of a section, page by page. Nothing is sent yet.

        Args:
            section: Id or key of the section.
            page_size: Number of items per request, at least 1. None means the server's page size.
            identity: Whose credentials to send.

        Returns:
            The pages.
        """
        reference, size = check_reference("section", section), _page_size(page_size)

        async def fetch(offset: int) -> ThreadListing:
            return (await self.section(reference, offset, size, identity)).threads

        return Pages(fetch, is_reordered=True)

    def all_posts(
        self, thread: Reference, page_size: int | None, identity: Identifiable | None = None
    ) -> Pages[models.ShortForumPost]:
        """Return all posts of a thread, page by page. Nothing is sent yet.

        Args:
            thread: Id or key of the thread.
            page_size: Number of items per request, at least 1. None means the server's page size.
            identity: Whose credentials to send.

        Returns:
            The pages.
        """
        reference, size = check_reference("thread", thread), _page_size(page_size)

        async def fetch(offset: int) -> PostListing:
            return (await self.thread(reference, offset, size, identity)).posts

        return Pages(fetch, is_reordered=False)

    async def post(self, post_id: Reference, identity: Identifiable | None = None) -> models.ForumPost:
        """Read a post with its revisions: `GET /api/v1/forum/posts/{id}`.

        Args:
            post_id: Id of the post, a UUID.
            identity: Whose credentials to send.

        Returns:
            The post. Its last revision is always included.
        """
        endpoint = FORUM_POST.format(post=check_uuid("post_id", post_id))
        query = _page(0, REVISIONS_PER_PAGE)
        post = await self._client.fetch("GET", endpoint, models.ForumPost, identity, query=query)
        return await self._with_last_revision(post, identity)

    async def source(self, post_id: Reference, identity: Identifiable | None = None) -> models.ForumPostSource:
        """Read the source of a post, for an editor: `GET /api/v1/forum/posts/{id}/source`.

        Args:
            post_id: Id of the post, a UUID.
            identity: Whose credentials to send.

        Returns:
            The Marktwin source, and the revision it belongs to.

        Raises:
            UnsupportedByServerError: The server's version does not show sources (0.16.4 and older).
        """
        endpoint = FORUM_POST_SOURCE.format(post=check_uuid("post_id", post_id))
        needed = Capability.SHOW_SOURCES
        return await self._client.fetch("GET", endpoint, models.ForumPostSource, identity, capability=needed)

    async def create_thread(
        self, section: Reference, title: str, body: str, identity: Identifiable | None = None
    ) -> models.ForumThread:
        """Start a thread: `POST /api/v1/forum/sections/{section}`.

        Args:
            section: Id or key of the section.
            title: Title of the thread.
            body: Marktwin of its first post.
            identity: Whose credentials to send.

        Returns:
            The thread.

        Raises:
            ForbiddenError: The caller is not permitted to do this; the message names a missing scope.
            UnsupportedByServerError: The server's version cannot do this with a token (0.16.4 and older).
        """
        endpoint = FORUM_SECTION.format(section=check_reference("section", section))
        new = models.NewForumThread(check_title(title), check_string("body", body))
        return await self._write("POST", endpoint, new, models.ForumThread, identity)

    async def reply(self, thread: Reference, body: str, identity: Identifiable | None = None) -> models.ForumPost:
        """Write a post: `POST /api/v1/forum/threads/{thread}`.

        Args:
            thread: Id or key of the thread.
            body: Marktwin of the post.
            identity: Whose credentials to send.

        Returns:
            The post.

        Raises:
            ForbiddenError: The caller is not permitted to do this; the message names a missing scope.
            UnsupportedByServerError: The server's version cannot do this with a token (0.16.4 and older).
        """
        endpoint = FORUM_THREAD.format(thread=check_reference("thread", thread))
        new = models.NewForumPost(check_string("body", body))
        post = await self._write("POST", endpoint, new, models.ForumPost, identity)
        return await self._with_last_revision(post, identity)

    async def edit(
        self,
        post_id: Reference,
        revision_id: Reference,
        content: str | None | UnsetType,
        moderation: str | None | UnsetType,
        comment: str | None,
        identity: Identifiable | None = None,
    ) -> models.ForumPost:
        """Change a post: `PATCH /api/v1/forum/posts/{id}`.

        Args:
            post_id: Id of the post, a UUID.
            revision_id: Id of the revision that the change replaces.
            content: New Marktwin. UNSET leaves it unchanged, None removes it.
            moderation: New note of a moderator. UNSET leaves it unchanged, None removes it.
            comment: Reason for the change.
            identity: Whose credentials to send.

        Returns:
            The changed post.

        Raises:
            ConflictError: Somebody else has changed the post since the revision was read.
            ForbiddenError: The caller is not permitted to do this; the message names a missing scope.
            UnsupportedByServerError: The server's version cannot change the text of posts (0.16.4 and older).
        """
        endpoint = FORUM_POST.format(post=check_uuid("post_id", post_id))
        edit = models.ForumPostEdit(
            last_revision_id=UUID(check_uuid("revision", revision_id)),
            content=_checked_body("body", content),
            moderation=_checked_body("moderation", moderation),
            comment=check_comment(comment),
        )
        needed = Capability.EDIT_POSTS if isinstance(edit.content, str) else None
        changed = await self._write("PATCH", endpoint, edit, models.ForumPost, identity, needed, _CHANGED)
        return await self._with_last_revision(changed, identity)

    async def grant(
        self, section: Reference, user_id: Reference, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """Make a user a moderator: `POST /api/v1/forum/sections/{section}/role_grants`.

        Args:
            section: Id or key of the section.
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            The section.

        Raises:
            NotFoundError: There is no such section or user.
            ForbiddenError: The caller is not permitted to do this; the message names a missing scope.
        """
        return await self._change_role("POST", section, user_id, identity)

    async def revoke(
        self, section: Reference, user_id: Reference, identity: Identifiable | None = None
    ) -> models.ForumSection:
        """Revoke a moderator's role: `DELETE /api/v1/forum/sections/{section}/role_grants`.

        Args:
            section: Id or key of the section.
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.

        Returns:
            The section.

        Raises:
            NotFoundError: There is no such section or user.
            ForbiddenError: The caller is not permitted to do this; the message names a missing scope.
        """
        return await self._change_role("DELETE", section, user_id, identity)

    async def _with_last_revision(self, post: models.ForumPost, identity: Identifiable | None) -> models.ForumPost:
        """Return a post with its last revision, which a response with many revisions does not contain."""
        page = post.revisions
        items = page.items
        if page.count > len(items) > 0:
            endpoint = FORUM_POST.format(post=post.id)
            query = _page(page.count - 1, REVISIONS_PER_PAGE)
            rest = await self._client.fetch("GET", endpoint, models.ForumPost, identity, query=query)
            items = [*items, *rest.revisions.items]
        if not items:
            raise UnexpectedResponseError(f"the server sent the post {post.id} without a revision")
        return msgspec.structs.replace(post, revisions=msgspec.structs.replace(page, items=items))

    async def _change_role(
        self, method: str, section: Reference, user_id: Reference, identity: Identifiable | None
    ) -> models.ForumSection:
        endpoint = FORUM_ROLE_GRANTS.format(section=check_reference("section", section))
        user = models.UserRef(id=UUID(check_user_id(user_id)))
        try:
            return await self._write(method, endpoint, user, models.ForumSection, identity)
        except RequestError as exc:
            if exc.response.status_code != 422:
                raise
            refused = exc
        raise NotFoundError(refused.response, f"{refused}; there is no such user", refused.details)

    async def _write(
        self,
        method: str,
        endpoint: str,
        body: msgspec.Struct,
        kind: type[Kind],
        identity: Identifiable | None,
        capability: Capability | None = None,
        hints: Hints = NO_HINTS,
    ) -> Kind:
        """Send a change with the caller's credentials."""
        if is_game(identity):  # 0.16.4 would fail, or break the connection, without a reason
            await self._client.require(Capability.WRITE_WITH_TOKENS)
        token = token_of(identity)
        all_hints = hints if token is None else {**hints, ForbiddenError: _scope_hint(token)}
        return await self._client.fetch(
            method, endpoint, kind, identity, body=json_body(body), capability=capability, hints=all_hints
        )

    async def _fetch_page(
        self,
        endpoint: str,
        kind: type[Kind],
        identity: Identifiable | None,
        offset: int,
        limit: int | None,
        configured: Callable[[models.ForumConfig], int],
    ) -> Kind:
        """Read something with a page of its list, of the size that the server configures if `limit` is None."""
        credentials, start = identify(identity), check_integer("offset", offset, 0)  # before anything is sent
        size = configured((await self._server.config()).forum) if limit is None else limit
        return await self._client.fetch("GET", endpoint, kind, credentials, query=_page(start, size))


def _scope_hint(token: Token) -> str:
    """Return what a 403 for a token means, as far as the token's scopes are known."""
    if token.scope is None:
        return f"the token needs the scope {WRITE_SCOPE!r}: request it with start_authorization(scope=...)"
    if WRITE_SCOPE not in token.scopes:
        return f"the token lacks the scope {WRITE_SCOPE!r}: sign in again with start_authorization(scope=...)"
    return f"the token has the scope {WRITE_SCOPE!r}, so the player is not permitted to do this, or is muted"


def _checked_body(name: str, body: str | None | UnsetType) -> str | None | UnsetType:
    return body if body is None or body is UNSET else check_string(name, body)


def _page(offset: int, limit: int) -> Fields:
    return (
        ("offset", str(check_integer("offset", offset, 0))),
        ("limit", str(check_integer("limit", limit, 0))),
    )


def _page_size(page_size: int | None) -> int | None:
    return None if page_size is None else check_integer("page_size", page_size, 1)
