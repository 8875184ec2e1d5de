"""`/api/v1/forum`: reading, writing and moderating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from eternaltwin.clients.endpoints import (
    FORUM_POST,
    FORUM_POST_SOURCE,
    FORUM_ROLE_GRANTS,
    FORUM_SECTION,
    FORUM_SECTIONS,
    FORUM_THREAD,
)
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forum_requests import (
    LARGEST_NUMBER,
    forum_errors,
    has_token,
    page_range,
    section_or_thread,
    user_of,
    writer,
)
from eternaltwin.devserver.api.forum_views import ForumViews, PageRange
from eternaltwin.devserver.api.internal_keys import INTERNAL_KEY, check_internal_key
from eternaltwin.devserver.api.operations import (
    ANY_CREDENTIALS,
    ERROR,
    MALFORMED_BODY,
    RELEASED_FAILS,
    TEXT,
    Operation,
    ResponseBody,
    page_parameters,
)
from eternaltwin.devserver.api.responses import ApiResponse, json_error, json_response
from eternaltwin.devserver.domain.errors import ForumNotFoundError
from eternaltwin.devserver.services.forum import (
    ADD_MODERATORS,
    CREATE_POST,
    CREATE_THREAD,
    REMOVE_MODERATOR,
    UPDATE_POST,
    PostEdit,
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
from eternaltwin.rules.forum import FORUM_KEY_PATTERN, THREAD_TITLE_PATTERN, WRITE_SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.domain.forum import SectionRecord
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.devserver.services.forum import SectionRef

_TAG = "Forum"

_THREADS_PER_PAGE = 20
_POSTS_PER_PAGE = 10
_REVISIONS_PER_PAGE = 10
_AFTER_ROLE_CHANGE = PageRange(0, 10)
_AFTER_WRITING_THREAD = PageRange(0, 10)
_AFTER_WRITING_POST = PageRange(0, 100)

_TOKENS = (
    f"On newer servers, a game may do this for a player who granted it the scope `{WRITE_SCOPE}`."
    " The released server responds with 500 to games."
)
_STALE = "The status is 409 if the post has a newer revision: read the post again."


class NewForumSection(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/forum/sections`.

    Attributes:
        key: The key: lower case letters, digits and `_`.
        display_name: The title: one line of 2 to 64 characters.
        locale: The language, such as `fr-FR`, or null.
    """

    key: Annotated[str, msgspec.Meta(pattern=rf"\A{FORUM_KEY_PATTERN}\Z")]
    display_name: Annotated[str, msgspec.Meta(pattern=rf"\A{THREAD_TITLE_PATTERN}\Z")]
    locale: Literal["de-DE", "en-US", "eo", "es-SP", "fr-FR", "it-IT", "pt-PT"] | None = None


def _change_operation(
    summary: str, responses: dict[int, ResponseBody], request_body: type, description: str = ""
) -> Operation:
    """Declare an endpoint that changes the forum."""
    return Operation(
        tag=_TAG,
        summary=summary,
        responses=MALFORMED_BODY | {401: ERROR, 403: ERROR, 404: ERROR} | responses,
        description=description,
        request_body=request_body,
        security=ANY_CREDENTIALS,
        requires_credentials=True,
        only_released=RELEASED_FAILS,
    )


def _views(request: ApiRequest) -> ForumViews:
    return _views_of(request, user_of(request, request.identity()))


def _views_of(request: ApiRequest, viewer: UserRecord | None) -> ForumViews:
    return ForumViews(
        request.world.forum,
        viewer,
        tells_permissions=request.world.behaviour.tells_permissions,
        is_game=has_token(request),
    )


# --- sections


@endpoint(
    "GET",
    FORUM_SECTIONS,
    Operation(
        tag=_TAG,
        summary="The sections of the forum",
        responses={200: Listing[ForumSectionMeta]},
        security=ANY_CREDENTIALS,
    ),
)
def _list_sections(request: ApiRequest) -> ApiResponse:
    return json_response(_views(request).sections())


@endpoint(
    "POST",
    FORUM_SECTIONS,
    Operation(
        tag=_TAG,
        summary="Create a section, for internal tools of the server",
        description="An existing section with the key stays as it is.",
        responses=MALFORMED_BODY | {200: ForumSection, 401: ERROR, 403: ERROR},
        request_body=NewForumSection,
        headers=(INTERNAL_KEY,),
    ),
)
def _create_section(request: ApiRequest) -> ApiResponse:
    check_internal_key(request)
    body, forum = request.json(NewForumSection), request.world.forum
    section = forum.add_section(body.key, body.display_name, body.locale)
    views = ForumViews(forum, None, tells_permissions=request.world.behaviour.tells_permissions)
    return json_response(views.section(section, PageRange(0, _THREADS_PER_PAGE)))


@endpoint(
    "GET",
    FORUM_SECTION,
    Operation(
        tag=_TAG,
        summary="A section with a page of its threads",
        responses={200: ForumSection, 400: TEXT, 404: ERROR},
        description="Pinned threads come first, then those with the newest posts.",
        query=page_parameters(LARGEST_NUMBER, _THREADS_PER_PAGE),
        security=ANY_CREDENTIALS,
    ),
)
def _get_section(request: ApiRequest) -> ApiResponse:
    section, page = section_or_thread(request, "section"), page_range(request, _THREADS_PER_PAGE)
    with forum_errors():
        return json_response(_views(request).section(request.world.forum.section(section), page))


@endpoint(
    "POST", FORUM_SECTION, _change_operation("Start a thread", {200: ForumThread, 500: ERROR}, NewForumThread, _TOKENS)
)
def _create_thread(request: ApiRequest) -> ApiResponse:
    section, body = section_or_thread(request, "section"), request.json(NewForumThread)
    author, forum = writer(request, CREATE_THREAD), request.world.forum
    with forum_errors():
        thread = forum.create_thread(author, section, body.title, body.body)
        return json_response(_views_of(request, author).thread(thread, _AFTER_WRITING_THREAD))


@endpoint(
    "POST",
    FORUM_ROLE_GRANTS,
    _change_operation(
        "Make somebody a moderator, as an administrator", {200: ForumSection, 422: (TEXT, ERROR)}, UserRef
    ),
)
def _add_moderator(request: ApiRequest) -> ApiResponse:
    return _change_moderators(request, ADD_MODERATORS, request.world.forum.grant)


@endpoint(
    "DELETE",
    FORUM_ROLE_GRANTS,
    _change_operation(
        "Remove a moderator: oneself, or anybody as an administrator", {200: ForumSection, 422: (TEXT, ERROR)}, UserRef
    ),
)
def _remove_moderator(request: ApiRequest) -> ApiResponse:
    return _change_moderators(request, REMOVE_MODERATOR, request.world.forum.revoke)


def _change_moderators(
    request: ApiRequest, action: str, change: Callable[[UserRecord, SectionRef, UUID], SectionRecord]
) -> ApiResponse:
    section, user_id = section_or_thread(request, "section"), request.json(UserRef).id
    author = writer(request, action)
    with forum_errors():
        found = change(author, section, user_id)  # before the view, which looks up the author's roles
        return json_response(_views_of(request, author).section(found, _AFTER_ROLE_CHANGE))


# --- threads


@endpoint(
    "GET",
    FORUM_THREAD,
    Operation(
        tag=_TAG,
        summary="A thread with a page of its posts",
        responses={200: ForumThread, 400: TEXT, 404: ERROR, 500: ERROR},
        description="Posts are in order of creation.",
        query=page_parameters(LARGEST_NUMBER, _POSTS_PER_PAGE),
        security=ANY_CREDENTIALS,
        only_released=RELEASED_FAILS,
    ),
)
def _get_thread(request: ApiRequest) -> ApiResponse:
    thread, page = section_or_thread(request, "thread"), page_range(request, _POSTS_PER_PAGE)
    try:
        found = request.world.forum.thread(thread)
    except ForumNotFoundError as exc:
        knows = request.world.behaviour.knows_unknown_threads
        raise (json_error(404, str(exc)) if knows else json_error(500, "internal error")) from None
    return json_response(_views(request).thread(found, page))


@endpoint("POST", FORUM_THREAD, _change_operation("Write a post", {200: ForumPost, 500: ERROR}, NewForumPost, _TOKENS))
def _create_post(request: ApiRequest) -> ApiResponse:
    thread, body = section_or_thread(request, "thread"), request.json(NewForumPost)
    author, forum = writer(request, CREATE_POST), request.world.forum
    with forum_errors():
        post = forum.reply(author, thread, body.body)
        return json_response(_views_of(request, author).post(post, _AFTER_WRITING_POST))


# --- posts


@endpoint(
    "GET",
    FORUM_POST,
    Operation(
        tag=_TAG,
        summary="A post with a page of its revisions",
        responses={200: ForumPost, 400: TEXT, 404: ERROR},
        description="Revisions are in order of creation.",
        query=page_parameters(LARGEST_NUMBER, _REVISIONS_PER_PAGE),
        security=ANY_CREDENTIALS,
    ),
)
def _get_post(request: ApiRequest) -> ApiResponse:
    post_id, page = request.path_uuid("post"), page_range(request, _REVISIONS_PER_PAGE)
    with forum_errors():
        return json_response(_views(request).post(request.world.forum.post(post_id), page))


@endpoint(
    "PATCH",
    FORUM_POST,
    _change_operation(
        "Change a post, or comment on it, by adding a revision",
        {200: ForumPost, 409: ERROR, 500: ERROR},
        ForumPostEdit,
        f"{_STALE} {_TOKENS}",
    ),
)
def _edit_post(request: ApiRequest) -> ApiResponse:
    post_id, edit = request.path_uuid("post"), request.json(ForumPostEdit)
    author, forum = writer(request, UPDATE_POST), request.world.forum
    with forum_errors():
        post = forum.edit(author, post_id, PostEdit(**msgspec.structs.asdict(edit)))
        page = PageRange(0, max(_AFTER_WRITING_POST.limit, post.revision_count))
        return json_response(_views_of(request, author).post(post, page))


@endpoint(
    "GET",
    FORUM_POST_SOURCE,
    Operation(
        tag=_TAG,
        summary="The source of a post, for editing",
        responses={200: ForumPostSource, 400: TEXT, 404: ERROR},
        is_in_released=False,
    ),
    is_available=lambda behaviour: behaviour.shows_sources,
)
def _get_source(request: ApiRequest) -> ApiResponse:
    post_id, forum = request.path_uuid("post"), request.world.forum
    with forum_errors():
        last = forum.last_revision(forum.post(post_id))
        return json_response(ForumPostSource(id=post_id, last_revision_id=last.id, content=last.content))


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
