"""`/api/v1/forum`: reading, writing and moderating."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forum_views import ForumViews, Page
from eternaltwin.devserver.api.operations import (
    ANY_CREDENTIALS,
    EMPTY,
    ERROR,
    MALFORMED_BODY,
    TEXT,
    Body,
    Operation,
    page_parameters,
)
from eternaltwin.devserver.api.requests import QUERY_PROBLEM
from eternaltwin.devserver.api.responses import ApiResponse, json_error, json_response, text_error
from eternaltwin.devserver.domain.errors import (
    ForumNotFoundError,
    NotPermittedError,
    StaleEditError,
    UserNotFoundError,
)
from eternaltwin.devserver.domain.names import parse_uuid
from eternaltwin.devserver.domain.records import TokenHolder, UserRecord
from eternaltwin.devserver.services.forum import (
    ADD_MODERATORS,
    CREATE_POST,
    CREATE_THREAD,
    REMOVE_MODERATOR,
    UPDATE_POST,
    PostEdit,
    not_permitted,
)
from eternaltwin.models import (
    ForumPost,
    ForumPostEdit,
    ForumPostSource,
    ForumSection,
    ForumSectionMeta,
    ForumThread,
    Listing,
    NewForumPost,
    NewForumThread,
    UserRef,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiError
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.forum import SectionRef
    from eternaltwin.devserver.storage.forum import SectionRow

_TAG = "Forum"

_FORUM = "/api/v1/forum"
_SECTION = f"{_FORUM}/sections/{{section}}"
_THREAD = f"{_FORUM}/threads/{{thread}}"
_POST = f"{_FORUM}/posts/{{post}}"
_ROLE_GRANTS = f"{_SECTION}/role_grants"

#: The scope with which a game may write for a player.
_WRITE_SCOPE = "forum:write"

_KEY = re.compile(r"[_a-z][_a-z0-9]{0,31}")
_LARGEST_NUMBER = 2**32 - 1

_THREADS_PER_PAGE = 20
_POSTS_PER_PAGE = 10
_REVISIONS_PER_PAGE = 10
_AFTER_ROLE_CHANGE = Page(0, 10)
_AFTER_WRITING_THREAD = Page(0, 10)
_AFTER_WRITING_POST = Page(0, 100)

#: The released server fails where newer ones refuse.
_RELEASED_FAILS = frozenset({500})

_TOKENS = (
    "A game may do it for a player who granted it the scope `forum:write`, on newer servers;"
    " the released one fails then."
)
_STALE = "The status is 409 where somebody else has changed the post: read it again."


def _change_operation(summary: str, responses: dict[int, Body], request_body: type, description: str = "") -> Operation:
    """Declare an endpoint that changes the forum."""
    return Operation(
        tag=_TAG,
        summary=summary,
        responses=MALFORMED_BODY | {401: ERROR, 403: ERROR, 404: ERROR, 500: ERROR} | responses,
        description=description,
        request_body=request_body,
        security=ANY_CREDENTIALS,
        requires_credentials=True,
        only_released=_RELEASED_FAILS,
    )


class _NewThread(NewForumThread, frozen=True):
    title: Annotated[str, msgspec.Meta(pattern=r"\A\S.{0,62}\S\Z")]


class _Edit(PostEdit, frozen=True, kw_only=True):
    comment: Annotated[str, msgspec.Meta(pattern=r".")] | None


# --- what is asked for


def _ref(call: ApiRequest, kind: str) -> UUID | str:
    """The id or the key in the path."""
    text = call.path_parameter(kind)
    found = text if _KEY.fullmatch(text) else parse_uuid(text)
    if found is None:
        name = f"Forum{kind.capitalize()}"
        problem = f"invalid forum {kind} id (Invalid {name}Id) or key (Invalid {name}Key)"
        raise text_error(400, f"Invalid URL: {problem}")
    return found


def _number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.removeprefix("+").isdigit()):
        raise text_error(400, f"{QUERY_PROBLEM}: invalid digit found in string")
    if len(text) > 20 or int(text) > _LARGEST_NUMBER:
        raise text_error(400, f"{QUERY_PROBLEM}: number too large to fit in target type")
    return int(text)


def _page(call: ApiRequest, default_limit: int) -> Page:
    fields = call.query("offset", "limit")
    return Page(_number(fields, "offset", 0), _number(fields, "limit", default_limit))


# --- who is asking


def _player(call: ApiRequest, identity: Caller) -> UserRecord | None:
    """Whose roles count: a player who is here, or one whose game may write."""
    if isinstance(identity, UserRecord):
        return identity
    if not isinstance(identity, TokenHolder) or _WRITE_SCOPE not in identity.scopes:
        return None
    return call.world.accounts.get(identity.user_id)


def _views(call: ApiRequest) -> ForumViews:
    return ForumViews(call.world.forum, _player(call, call.identity()))


def _writer(call: ApiRequest, what: str) -> UserRecord:
    """Who is asking, if it may write at all."""
    identity = call.identity()
    player = _player(call, identity)
    if player is not None:
        return player
    if call.world.behaviour.writes_by_token:
        if isinstance(identity, TokenHolder):
            raise json_error(403, f"the token lacks the scope {_WRITE_SCOPE}")
        if identity is None and (call.header(b"authorization") or "").lower().startswith("bearer "):
            raise json_error(401, "the access token is not good any more")
    elif identity is not None and what in (CREATE_THREAD, CREATE_POST, UPDATE_POST):
        raise json_error(500, "internal error")
    raise _told(not_permitted(what), 403)


def _told(problem: Exception, status: int) -> ApiError:
    return json_error(status, str(problem))


def _tried(change: Callable[[], ApiResponse]) -> ApiResponse:
    """The answer, or why there is none."""
    try:
        return change()
    except NotPermittedError as exc:
        refusal = _told(exc, 403)
    except ForumNotFoundError as exc:
        refusal = _told(exc, 404)
    except StaleEditError as exc:
        refusal = _told(exc, 409)
    except UserNotFoundError:
        refusal = json_error(422, "target grantee user not found")
    raise refusal


# --- sections


@endpoint(
    "GET",
    f"{_FORUM}/sections",
    Operation(
        tag=_TAG,
        summary="The sections of the forum",
        responses={200: Listing[ForumSectionMeta]},
        security=ANY_CREDENTIALS,
    ),
)
def _list_sections(call: ApiRequest) -> ApiResponse:
    return json_response(_views(call).sections())


@endpoint(
    "POST",
    f"{_FORUM}/sections",
    Operation(
        tag=_TAG,
        summary="Refused: only the official server's own tools create sections; here the configuration does",
        responses={401: ERROR, 403: ERROR},
    ),
)
def _create_section(call: ApiRequest) -> ApiResponse:
    if call.header(b"etwin-internal-auth") is None:
        raise json_error(401, "missing internal authentication header")
    raise json_error(403, "invalid internal authentication key")


@endpoint(
    "GET",
    _SECTION,
    Operation(
        tag=_TAG,
        summary="A section with a page of its threads",
        responses={200: ForumSection, 400: TEXT, 404: ERROR},
        description="Threads with the newest posts come first.",
        query=page_parameters(_LARGEST_NUMBER, _THREADS_PER_PAGE),
        security=ANY_CREDENTIALS,
    ),
)
def _get_section(call: ApiRequest) -> ApiResponse:
    section, page = _ref(call, "section"), _page(call, _THREADS_PER_PAGE)
    return _tried(lambda: json_response(_views(call).section(call.world.forum.section(section), page)))


@endpoint("POST", _SECTION, _change_operation("Start a thread", {200: ForumThread}, NewForumThread, _TOKENS))
def _create_thread(call: ApiRequest) -> ApiResponse:
    section, body = _ref(call, "section"), call.json(_NewThread)
    writer, forum = _writer(call, CREATE_THREAD), call.world.forum

    def create() -> ApiResponse:
        thread = forum.create_thread(writer, section, body.title, body.body)
        return json_response(ForumViews(forum, writer).thread(thread, _AFTER_WRITING_THREAD))

    return _tried(create)


@endpoint(
    "POST",
    _ROLE_GRANTS,
    _change_operation(
        "Make somebody a moderator, as an administrator", {200: ForumSection, 422: (TEXT, ERROR)}, UserRef
    ),
)
def _add_moderator(call: ApiRequest) -> ApiResponse:
    return _change_moderators(call, ADD_MODERATORS, call.world.forum.grant)


@endpoint(
    "DELETE",
    _ROLE_GRANTS,
    _change_operation(
        "Remove a moderator: oneself, or anybody as an administrator", {200: ForumSection, 422: (TEXT, ERROR)}, UserRef
    ),
)
def _remove_moderator(call: ApiRequest) -> ApiResponse:
    return _change_moderators(call, REMOVE_MODERATOR, call.world.forum.revoke)


def _change_moderators(
    call: ApiRequest, action: str, change: Callable[[UserRecord, SectionRef, UUID], SectionRow]
) -> ApiResponse:
    section, user_id = _ref(call, "section"), call.json(UserRef).id
    writer, forum = _writer(call, action), call.world.forum

    def changed() -> ApiResponse:
        found = change(writer, section, user_id)  # before the view, which looks the writer's roles up
        return json_response(ForumViews(forum, writer).section(found, _AFTER_ROLE_CHANGE))

    return _tried(changed)


# --- threads


@endpoint(
    "GET",
    _THREAD,
    Operation(
        tag=_TAG,
        summary="A thread with a page of its posts",
        responses={200: ForumThread, 400: TEXT, 404: ERROR, 500: ERROR},
        description="Posts come in the order in which they were written.",
        query=page_parameters(_LARGEST_NUMBER, _POSTS_PER_PAGE),
        security=ANY_CREDENTIALS,
        only_released=_RELEASED_FAILS,
    ),
)
def _get_thread(call: ApiRequest) -> ApiResponse:
    thread, page = _ref(call, "thread"), _page(call, _POSTS_PER_PAGE)
    try:
        found = call.world.forum.thread(thread)
    except ForumNotFoundError as exc:
        knows = call.world.behaviour.knows_unknown_threads
        raise (_told(exc, 404) if knows else json_error(500, "internal error")) from None
    return json_response(_views(call).thread(found, page))


@endpoint("POST", _THREAD, _change_operation("Write a post", {200: ForumPost}, NewForumPost, _TOKENS))
def _create_post(call: ApiRequest) -> ApiResponse:
    thread, body = _ref(call, "thread"), call.json(NewForumPost)
    writer, forum = _writer(call, CREATE_POST), call.world.forum

    def reply() -> ApiResponse:
        post = forum.reply(writer, thread, body.body)
        return json_response(ForumViews(forum, writer).post(post, _AFTER_WRITING_POST))

    return _tried(reply)


# --- posts


@endpoint(
    "GET",
    _POST,
    Operation(
        tag=_TAG,
        summary="A post with a page of its revisions",
        responses={200: ForumPost, 400: TEXT, 404: ERROR},
        description="Revisions come in the order in which they were written.",
        query=page_parameters(_LARGEST_NUMBER, _REVISIONS_PER_PAGE),
        security=ANY_CREDENTIALS,
    ),
)
def _get_post(call: ApiRequest) -> ApiResponse:
    post_id, page = call.path_id("post"), _page(call, _REVISIONS_PER_PAGE)
    return _tried(lambda: json_response(_views(call).post(call.world.forum.post(post_id), page)))


@endpoint(
    "PATCH",
    _POST,
    _change_operation(
        "Change a post, or comment on it, by adding a revision",
        {200: ForumPost, 409: ERROR},
        ForumPostEdit,
        f"{_STALE} {_TOKENS}",
    ),
)
def _edit_post(call: ApiRequest) -> ApiResponse:
    post_id, edit = call.path_id("post"), call.json(_Edit)
    writer, forum = _writer(call, UPDATE_POST), call.world.forum

    def change() -> ApiResponse:
        post = forum.edit(writer, post_id, edit)
        page = Page(0, max(_AFTER_WRITING_POST.limit, post.revision_count))
        return json_response(ForumViews(forum, writer).post(post, page))

    return _tried(change)


@endpoint(
    "GET",
    f"{_POST}/source",
    Operation(
        tag=_TAG,
        summary="The source from which an editor starts",
        responses={200: ForumPostSource, 400: TEXT, 404: (EMPTY, ERROR)},
        is_in_released=False,
    ),
)
def _get_source(call: ApiRequest) -> ApiResponse:
    if not call.world.behaviour.shows_sources:
        return ApiResponse(404)
    post_id, forum = call.path_id("post"), call.world.forum

    def read() -> ApiResponse:
        last = forum.table.last_revision(forum.post(post_id).number)
        return json_response(ForumPostSource(id=post_id, last_revision_id=UUID(last.id), content=last.content))

    return _tried(read)


ENDPOINTS = (
    _list_sections,
    _create_section,
    _get_section,
    _create_thread,
    _add_moderator,
    _remove_moderator,
    _get_thread,
    _create_post,
    _get_post,
    _edit_post,
    _get_source,
)
