"""`/api/v1/forum`: reading, writing and moderating."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec
from litestar import HttpMethod

from eternaltwin.devserver.api.forum_views import ForumViews, Page
from eternaltwin.devserver.api.requests import QUERY_PROBLEM, endpoint
from eternaltwin.devserver.api.responses import Answer, json_answer, refused, refused_text
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
from eternaltwin.models import ForumPostSource, NewForumPost

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import RefusedError
    from eternaltwin.devserver.domain.records import Caller
    from eternaltwin.devserver.services.forum import SectionRef
    from eternaltwin.devserver.storage.forum import SectionRow

_FORUM = "/api/v1/forum"
_SECTION = f"{_FORUM}/sections/{{section:str}}"
_THREAD = f"{_FORUM}/threads/{{thread:str}}"
_POST = f"{_FORUM}/posts/{{post:str}}"
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


class _NewThread(msgspec.Struct, frozen=True):
    title: Annotated[str, msgspec.Meta(pattern=r"\A\S.{0,62}\S\Z")]
    body: str


class _Edit(PostEdit, frozen=True, kw_only=True):
    comment: Annotated[str, msgspec.Meta(pattern=r".")] | None


class _Moderator(msgspec.Struct, frozen=True):
    id: UUID


# --- what is asked for


def _ref(call: Call, kind: str) -> UUID | str:
    """The id or the key in the path."""
    text = str(call.scope["path_params"][kind])
    found = text if _KEY.fullmatch(text) else parse_uuid(text)
    if found is None:
        name = f"Forum{kind.capitalize()}"
        problem = f"invalid forum {kind} id (Invalid {name}Id) or key (Invalid {name}Key)"
        raise refused_text(400, f"Invalid URL: {problem}")
    return found


def _number(fields: dict[str, str], name: str, default: int) -> int:
    text = fields.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.removeprefix("+").isdigit()):
        raise refused_text(400, f"{QUERY_PROBLEM}: invalid digit found in string")
    if len(text) > 20 or int(text) > _LARGEST_NUMBER:
        raise refused_text(400, f"{QUERY_PROBLEM}: number too large to fit in target type")
    return int(text)


def _page(call: Call, default_limit: int) -> Page:
    fields = call.query("offset", "limit")
    return Page(_number(fields, "offset", 0), _number(fields, "limit", default_limit))


# --- who is asking


def _player(call: Call, identity: Caller) -> UserRecord | None:
    """Whose roles count: a player who is here, or one whose game may write."""
    if isinstance(identity, UserRecord):
        return identity
    if not isinstance(identity, TokenHolder) or _WRITE_SCOPE not in identity.scopes:
        return None
    return call.world.accounts.get(identity.user_id)


def _views(call: Call) -> ForumViews:
    return ForumViews(call.world.forum, _player(call, call.identity()))


def _writer(call: Call, what: str) -> UserRecord:
    """Who is asking, if it may write at all."""
    identity = call.identity()
    player = _player(call, identity)
    if player is not None:
        return player
    if call.world.behaviour.writes_by_token:
        if isinstance(identity, TokenHolder):
            raise refused(403, f"the token lacks the scope {_WRITE_SCOPE}")
        if identity is None and (call.header(b"authorization") or "").lower().startswith("bearer "):
            raise refused(401, "the access token is not good any more")
    elif identity is not None and what in (CREATE_THREAD, CREATE_POST, UPDATE_POST):
        raise refused(500, "internal error")
    raise _told(not_permitted(what), 403)


def _told(problem: Exception, status: int) -> RefusedError:
    return refused(status, str(problem))


def _tried(change: Callable[[], Answer]) -> Answer:
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
        refusal = refused(422, "target grantee user not found")
    raise refusal


# --- sections


@endpoint(f"{_FORUM}/sections", HttpMethod.GET)
def list_sections(call: Call) -> Answer:
    """The sections of the forum."""
    return json_answer(_views(call).sections())


@endpoint(f"{_FORUM}/sections", HttpMethod.POST)
def create_section(call: Call) -> Answer:
    """Refused: only the official server's own tools create sections; here the configuration does."""
    if call.header(b"etwin-internal-auth") is None:
        raise refused(401, "missing internal authentication header")
    raise refused(403, "invalid internal authentication key")


@endpoint(_SECTION, HttpMethod.GET)
def get_section(call: Call) -> Answer:
    """A section with a page of its threads."""
    section, page = _ref(call, "section"), _page(call, _THREADS_PER_PAGE)
    return _tried(lambda: json_answer(_views(call).section(call.world.forum.section(section), page)))


@endpoint(_SECTION, HttpMethod.POST)
def create_thread(call: Call) -> Answer:
    """Start a thread."""
    section, body = _ref(call, "section"), call.json(_NewThread)
    writer, forum = _writer(call, CREATE_THREAD), call.world.forum

    def create() -> Answer:
        thread = forum.create_thread(writer, section, body.title, body.body)
        return json_answer(ForumViews(forum, writer).thread(thread, _AFTER_WRITING_THREAD))

    return _tried(create)


@endpoint(_ROLE_GRANTS, HttpMethod.POST)
def add_moderator(call: Call) -> Answer:
    """Make somebody a moderator, as an administrator."""
    return _change_moderators(call, ADD_MODERATORS, call.world.forum.grant)


@endpoint(_ROLE_GRANTS, HttpMethod.DELETE)
def remove_moderator(call: Call) -> Answer:
    """Make somebody a moderator no more: oneself, or anybody as an administrator."""
    return _change_moderators(call, REMOVE_MODERATOR, call.world.forum.revoke)


def _change_moderators(call: Call, action: str, change: Callable[[UserRecord, SectionRef, UUID], SectionRow]) -> Answer:
    section, user_id = _ref(call, "section"), call.json(_Moderator).id
    writer, forum = _writer(call, action), call.world.forum

    def changed() -> Answer:
        found = change(writer, section, user_id)  # before the view, which looks the writer's roles up
        return json_answer(ForumViews(forum, writer).section(found, _AFTER_ROLE_CHANGE))

    return _tried(changed)


# --- threads


@endpoint(_THREAD, HttpMethod.GET)
def get_thread(call: Call) -> Answer:
    """A thread with a page of its posts."""
    thread, page = _ref(call, "thread"), _page(call, _POSTS_PER_PAGE)
    try:
        found = call.world.forum.thread(thread)
    except ForumNotFoundError as exc:
        knows = call.world.behaviour.knows_unknown_threads
        raise (_told(exc, 404) if knows else refused(500, "internal error")) from None
    return json_answer(_views(call).thread(found, page))


@endpoint(_THREAD, HttpMethod.POST)
def create_post(call: Call) -> Answer:
    """Write a post."""
    thread, body = _ref(call, "thread"), call.json(NewForumPost)
    writer, forum = _writer(call, CREATE_POST), call.world.forum

    def reply() -> Answer:
        post = forum.reply(writer, thread, body.body)
        return json_answer(ForumViews(forum, writer).post(post, _AFTER_WRITING_POST))

    return _tried(reply)


# --- posts


@endpoint(_POST, HttpMethod.GET)
def get_post(call: Call) -> Answer:
    """A post with a page of its revisions."""
    post_id, page = call.path_id("post"), _page(call, _REVISIONS_PER_PAGE)
    return _tried(lambda: json_answer(_views(call).post(call.world.forum.post(post_id), page)))


@endpoint(_POST, HttpMethod.PATCH)
def edit_post(call: Call) -> Answer:
    """Change a post, or comment on it, with one revision more."""
    post_id, edit = call.path_id("post"), call.json(_Edit)
    writer, forum = _writer(call, UPDATE_POST), call.world.forum

    def change() -> Answer:
        post = forum.edit(writer, post_id, edit)
        page = Page(0, max(_AFTER_WRITING_POST.limit, post.revision_count))
        return json_answer(ForumViews(forum, writer).post(post, page))

    return _tried(change)


@endpoint(f"{_POST}/source", HttpMethod.GET)
def get_source(call: Call) -> Answer:
    """What an editor starts from."""
    if not call.world.behaviour.shows_sources:
        return Answer(404)
    post_id, forum = call.path_id("post"), call.world.forum

    def read() -> Answer:
        last = forum.table.last_revision(forum.post(post_id).number)
        return json_answer(ForumPostSource(id=post_id, last_revision_id=UUID(last.id), content=last.content))

    return _tried(read)


route_handlers = [
    list_sections,
    create_section,
    get_section,
    create_thread,
    add_moderator,
    remove_moderator,
    get_thread,
    create_post,
    get_post,
    edit_post,
    get_source,
]
