"""The forum: reading it, writing to it, moderating it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest

from eternaltwin import User
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    InvalidArgumentError,
    NotFoundError,
    RequestError,
    ServerError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)
from eternaltwin.forum import UNSET, ListPage, Post, Section, Thread
from eternaltwin.identities import GameClient, Session
from eternaltwin.tokens import Token
from tests.support.fakes import ALICE, TOKEN, json_response, short_user
from tests.support.variants import credentials, recorded, recorded_json, sent

if TYPE_CHECKING:
    from eternaltwin.responses import Response
    from tests.support.variants import Variant

MAIN = "1bd73a0b-6ee5-4578-a89d-a5e5a2e8e106"
THREAD = "9a2bb2e4-a4e5-4c09-a26c-6d459aa3ca1c"
POST = "0ddf3b16-ba78-4d89-8a71-60468dc38374"
REVISION = "00ab9a74-e678-4594-a92a-6b86433ce7a8"
USER1 = "6d62fb63-3b2b-493a-bc99-c04b036b6716"
ME = Session("45fe9b8b-dbd6-4a01-900b-2cd6af8f4a39")
NEWER = json_response(200, {"eternaltwin": {"version": "0.17.0"}})
OLDER = recorded("misc /api/v1")
CONFIG = recorded("misc /api/v1/config")
SELF = recorded("self with session")


def token(scope: str | None) -> Token:
    return Token(access_token=TOKEN, expires_in=None, token_type="Bearer", scope=scope)


def section() -> Section:
    return Section(_model("forum section after thread", "ForumSection"))


def thread() -> Thread:
    return Thread(_model("forum get thread", "ForumThread"))


def post() -> Post:
    return Post(_model("forum get post", "ForumPost"), thread())


def _model(recording: str, kind: str) -> Any:
    import msgspec

    from eternaltwin import models

    return msgspec.convert(recorded_json(recording), getattr(models, kind))


# --- reading


def test_all_sections(variant: Variant) -> None:
    script = variant.script(recorded("forum sections"))
    sections = cast("list[Section]", variant.call(Section, "list"))
    assert sent(script.requests[0]) == ("GET", "/api/v1/forum/sections", None)
    assert len(sections) == 15
    english = next(section for section in sections if section.key == "main_en")
    assert (english.name, english.locale, english.thread_count) == ("Main Forum (en-US)", "en-US", 0)
    assert english.created_at == datetime(2026, 11, 24, 7, 16, 6, 978_000, tzinfo=UTC)
    assert (english.roles, english.role_grants, english.moderators) == (frozenset(), None, None)


@pytest.mark.parametrize("reference", ["main_fr", MAIN, MAIN.upper(), UUID(MAIN)])
def test_a_section(variant: Variant, reference: object) -> None:
    script = variant.script(recorded("forum section after thread"))
    found = cast("Section", variant.call(Section, "get", reference, identity=ME))
    name = "main_fr" if reference == "main_fr" else MAIN
    assert sent(script.requests[0]) == ("GET", f"/api/v1/forum/sections/{name}?offset=0&limit=0", None)
    assert credentials(script.requests[0]) == {"Cookie": f"sid={ME.identifier}"}
    assert (found.identifier, found.key, found.thread_count) == (MAIN, "main_fr", 1)
    assert (found.is_administrator, found.is_moderator, found.moderators) == (False, False, [])
    assert found == section()
    assert len({found, section()}) == 1
    assert found != "main_fr"
    assert "main_fr" in repr(found)


def test_an_unknown_section(variant: Variant) -> None:
    variant.script(recorded("forum section unknown"))
    with pytest.raises(NotFoundError, match="section not found"):
        variant.call(Section, "get", "nosuch")


@pytest.mark.parametrize("reference", ["Main", "../auth/self", "", "a" * 33, 5, None, "main_fr\n", "9a"])
def test_malformed_references_to_sections(variant: Variant, reference: object) -> None:
    script = variant.script(json_response())
    for name, arguments in (("get", (reference,)),):
        with pytest.raises(InvalidArgumentError, match=r"section must be .*a key, such as 'main_en'"):
            variant.call(Section, name, *arguments)
        with pytest.raises(InvalidArgumentError, match=r"thread must be .*a key, such as 'main_en'"):
            variant.call(Thread, name, *arguments)
    with pytest.raises(InvalidArgumentError, match="section must be"):
        variant.call(Thread, "create", reference, "Hello", "World", identity=ME)
    assert script.requests == []


def test_a_page_of_threads(variant: Variant) -> None:
    script = variant.script(CONFIG, recorded("forum section after thread"))
    page = cast("ListPage[Thread]", variant.call(section(), "threads"))
    variant.call(section(), "threads", 20)
    targets = [request.target for request in script.requests]
    path = f"/api/v1/forum/sections/{MAIN}"
    assert targets == ["/api/v1/config", f"{path}?offset=0&limit=20", f"{path}?offset=20&limit=20"]
    assert (len(page), page.offset, page.limit, page.total, page.has_next) == (1, 0, 20, 1, False)
    assert (page[0].title, page[0].post_count, page[0].section) == ("Hello", 2, section())
    assert (page[0].is_pinned, page[0].is_locked, page[0].key) == (False, False, None)
    assert page[:1] == (page[0],)
    assert "0 to 1 of 1" in repr(page)


def test_a_page_of_posts(variant: Variant) -> None:
    script = variant.script(recorded("forum get thread"))
    page = cast("ListPage[Post]", variant.call(thread(), "posts", 0, 5))
    assert sent(script.requests[0]) == ("GET", f"/api/v1/forum/threads/{THREAD}?offset=0&limit=5", None)
    assert (page.limit, page.total) == (5, 1)
    first = page[0]
    assert first.author is not None
    assert (first.author.username, first.author.identifier, first.author_role) == ("user1", USER1, None)
    assert first.body is not None
    assert first.body.html == "<strong>Hello</strong> world &lt;b&gt;x&lt;/b&gt; https://eternaltwin.org/"
    assert first.body.marktwin.startswith("**Hello**")
    assert first.thread == thread()
    assert (first.revision_count, len(first.revisions)) == (1, 1)


def test_the_page_size_of_posts(variant: Variant) -> None:
    script = variant.script(CONFIG, recorded("forum get thread"))
    variant.call(thread(), "posts")
    assert script.requests[1].target.endswith("?offset=0&limit=10")


@pytest.mark.parametrize(("offset", "limit"), [(-1, 5), (0, -1), ("0", 5), (0, 1.5)])
def test_an_invalid_page(variant: Variant, offset: object, limit: object) -> None:
    script = variant.script(json_response())
    for owner, name in ((section(), "threads"), (thread(), "posts")):
        with pytest.raises(InvalidArgumentError, match="must be an integer"):
            variant.call(owner, name, offset, limit)
    with pytest.raises(InvalidArgumentError, match="page_size must be"):
        variant.collect(section(), "iterate_threads", 0)
    assert script.requests == []


def test_a_thread(variant: Variant) -> None:
    script = variant.script(recorded("forum get thread"))
    found = cast("Thread", variant.call(Thread, "get", THREAD))
    assert sent(script.requests[0]) == ("GET", f"/api/v1/forum/threads/{THREAD}?offset=0&limit=0", None)
    assert found.section == section()
    assert found.section is not None
    assert found.section.key == "main_fr"
    assert found == thread()
    assert len({found, thread()}) == 1
    assert found != THREAD
    assert "'Hello'" in repr(found)


def test_an_unknown_thread(variant: Variant) -> None:
    variant.script(recorded("forum thread unknown"))
    with pytest.raises(ServerError):
        variant.call(Thread, "get", "00000000-0000-4000-8000-000000000000")


def test_a_post(variant: Variant) -> None:
    script = variant.script(recorded("forum get post"))
    found = cast("Post", variant.call(Post, "get", POST))
    assert sent(script.requests[0]) == ("GET", f"/api/v1/forum/posts/{POST}?offset=0&limit=100", None)
    assert found.author is not None
    assert (found.author.username, found.last_revision.identifier) == ("Alice", REVISION)
    assert found.thread.section is not None
    assert (found.thread.title, found.thread.section.is_administrator) == ("Hello", True)
    assert (found.last_revision.comment, found.last_revision.moderation) == (None, None)
    assert found == post()
    assert found != found.last_revision
    assert found != POST
    assert len({found, post()}) == 1
    assert repr(found) == f"<Post {POST} by 'Alice'>"
    assert repr(found.last_revision) == f"<Revision {REVISION} by 'Alice'>"


def _post(count: int, sizes: int, first: int = 0, **revision: object) -> dict[str, Any]:
    model = recorded_json("forum get post")
    known = model["revisions"]["items"][0]
    items = [{**known, "id": str(UUID(int=first + number)), **revision} for number in range(sizes)]
    return {**model, "revisions": {"offset": first, "limit": 100, "count": count, "items": items}}


def test_a_post_with_many_revisions(variant: Variant) -> None:
    script = variant.script(json_response(200, _post(250, 100)), json_response(200, _post(250, 1, 249)))
    found = cast("Post", variant.call(Post, "get", POST, identity=ME))
    assert script.requests[1].target == f"/api/v1/forum/posts/{POST}?offset=249&limit=100"
    assert credentials(script.requests[1]) == credentials(script.requests[0])
    assert (found.revision_count, len(found.revisions)) == (250, 101)
    assert found.last_revision.identifier == str(UUID(int=249))


def test_a_post_without_a_revision(variant: Variant) -> None:
    variant.script(json_response(200, _post(0, 0)))
    with pytest.raises(UnexpectedResponseError, match="without a revision"):
        variant.call(Post, "get", POST)


def test_a_post_that_was_removed(variant: Variant) -> None:
    moderation = {"marktwin": "**No**", "html": "<strong>No</strong>"}
    variant.script(json_response(200, _post(1, 1, content=None, moderation=moderation, comment="spam")))
    found = cast("Post", variant.call(Post, "get", POST))
    assert found.body is None
    assert found.last_revision.moderation is not None
    assert (found.last_revision.moderation.html, found.last_revision.comment) == ("<strong>No</strong>", "spam")


GAME = {"type": "OauthClient", "id": ALICE, "key": None, "display_name": "Kingdom"}


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        ({"type": "ClientForumActor", "client": GAME}, (None, None, "Kingdom")),
        ({"type": "RoleForumActor", "role": "Moderator"}, (None, "Moderator", None)),
        ({"type": "RoleForumActor", "role": "Moderator", "user": short_user()}, ("Alice", "Moderator", None)),
        ({"type": "NewForumActor", "user": short_user(), "mood": "glad"}, ("Alice", None, None)),
    ],
)
def test_the_author_of_a_post(variant: Variant, actor: object, expected: tuple[object, ...]) -> None:
    variant.script(json_response(200, {**recorded_json("forum get post"), "author": actor}))
    found = cast("Post", variant.call(Post, "get", POST))
    assert (found.author and found.author.username, found.author_role, found.author_game) == expected
    assert repr(expected[0] or expected[2]) in repr(found)


@pytest.mark.parametrize("post_id", ["abc", "", None, "../sections", "main_fr"])
def test_malformed_ids_of_posts(variant: Variant, post_id: object) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="post_id must be a UUID"):
        variant.call(Post, "get", post_id)
    assert script.requests == []


# --- iterating


def _threads(numbers: list[int], offset: int, count: int) -> Response:
    model = recorded_json("forum section after thread")
    meta = model["threads"]["items"][0]
    items = [{**meta, "id": str(UUID(int=number)), "title": str(number)} for number in numbers]
    return json_response(200, {**model, "threads": {"offset": offset, "limit": 2, "count": count, "items": items}})


def _posts(numbers: list[int], count: int) -> Response:
    model = recorded_json("forum get thread")
    item = model["posts"]["items"][0]
    items = [{**item, "id": str(UUID(int=number))} for number in numbers]
    return json_response(200, {**model, "posts": {"offset": 0, "limit": 2, "count": count, "items": items}})


def test_all_threads(variant: Variant) -> None:
    script = variant.script(_threads([1, 2], 0, 5), _threads([3, 4], 2, 5), _threads([5], 4, 5), _threads([1, 2], 0, 5))
    found = cast("list[Thread]", variant.collect(section(), "iterate_threads", 2, identity=ME))
    assert [thread.title for thread in found] == ["1", "2", "3", "4", "5"]
    assert found[0].section == section()
    offsets = [request.target.partition("?")[2] for request in script.requests]
    assert offsets == [f"offset={offset}&limit=2" for offset in (0, 2, 4, 0)]
    assert {request.headers["Cookie"] for request in script.requests} == {f"sid={ME.identifier}"}


def test_all_threads_of_one_page(variant: Variant) -> None:
    script = variant.script(CONFIG, _threads([1, 2], 0, 2))
    found = variant.collect(section(), "iterate_threads")
    assert [thread.title for thread in found] == ["1", "2"]
    assert [request.target.partition("?")[2] for request in script.requests] == ["", "offset=0&limit=20"]


def test_no_threads(variant: Variant) -> None:
    variant.script(_threads([], 0, 0))
    assert variant.collect(section(), "iterate_threads", 2) == []


def test_threads_that_move_to_the_front_are_not_missed(variant: Variant) -> None:
    variant.script(
        _threads([1, 2], 0, 6),
        _threads([2, 3], 2, 6),  # 5 has moved to the front
        _threads([4, 6], 4, 6),
        _threads([5, 1], 0, 6),
        _threads([2, 3], 2, 6),
    )
    found = variant.collect(section(), "iterate_threads", 2)
    assert [thread.title for thread in found] == ["1", "2", "3", "4", "6", "5"]


def test_a_server_that_ignores_the_offset(variant: Variant) -> None:
    script = variant.script(_threads([1, 2], 0, 1000))
    assert len(variant.collect(section(), "iterate_threads", 2)) == 2
    assert len(script.requests) == 4


def test_all_posts(variant: Variant) -> None:
    script = variant.script(_posts([1, 2], 3), _posts([3, 4], 4))
    found = cast("list[Post]", variant.collect(thread(), "iterate_posts", 2))
    assert [UUID(post.identifier).int for post in found] == [1, 2, 3, 4]
    assert found[0].thread == thread()
    assert [request.target.partition("?")[2] for request in script.requests] == ["offset=0&limit=2", "offset=2&limit=2"]


def test_all_posts_with_the_servers_page_size(variant: Variant) -> None:
    script = variant.script(CONFIG, _posts([1], 1))
    assert len(variant.collect(thread(), "iterate_posts")) == 1
    assert script.requests[1].target.endswith("limit=10")


# --- writing


@pytest.mark.parametrize("where", ["main_fr", MAIN, UUID(MAIN), section()])
def test_starting_a_thread(variant: Variant, where: object) -> None:
    script = variant.script(recorded("forum create thread"))
    created = cast("Thread", variant.call(Thread, "create", where, "Hello", "**Hello** world", identity=ME))
    name = "main_fr" if where == "main_fr" else MAIN
    body = {"title": "Hello", "body": "**Hello** world"}
    assert sent(script.requests[0]) == ("POST", f"/api/v1/forum/sections/{name}", body)
    assert credentials(script.requests[0]) == {"Cookie": f"sid={ME.identifier}"}
    assert (created.identifier, created.title, created.post_count) == (THREAD, "Hello", 1)
    assert created.section == section()


@pytest.mark.parametrize("title", ["", "x", " ab", "ab ", "a\nb", "a" * 65, None, 5, "a\ud800b"])
def test_an_invalid_title(variant: Variant, title: object) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="title must be"):
        variant.call(Thread, "create", "main_fr", title, "World", identity=ME)
    assert script.requests == []


@pytest.mark.parametrize("title", ["ab", "é" * 64, '<b> & "q" **x**', "a\rb"])
def test_titles(variant: Variant, title: str) -> None:
    script = variant.script(recorded("forum create thread"))
    variant.call(Thread, "create", "main_fr", title, "", identity=ME)
    assert sent(script.requests[0])[2] == {"title": title, "body": ""}


def test_replying(variant: Variant) -> None:
    script = variant.script(recorded("forum create post"))
    created = cast("Post", variant.call(thread(), "reply", "Second", identity=ME))
    assert sent(script.requests[0]) == ("POST", f"/api/v1/forum/threads/{THREAD}", {"body": "Second"})
    assert created.body is not None
    assert (created.identifier, created.body.html, created.thread) == (POST, "Second", thread())


@pytest.mark.parametrize("body", [None, 5, b"bytes", "\udfff"])
def test_an_invalid_body(variant: Variant, body: object) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="body must be a string"):
        variant.call(thread(), "reply", body, identity=ME)
    with pytest.raises(InvalidArgumentError, match="body must be a string"):
        variant.call(Thread, "create", "main_fr", "Hello", body, identity=ME)
    assert script.requests == []


def test_a_guest_may_not_write(variant: Variant) -> None:
    variant.script(recorded("forum thread as guest"))
    with pytest.raises(ForbiddenError, match="sent without credentials"):
        variant.call(Thread, "create", "main_fr", "Hello", "World")


def test_a_player_who_may_not_write(variant: Variant) -> None:
    variant.script(json_response(403, {"error": "muted"}), SELF)
    with pytest.raises(ForbiddenError, match=r"muted$"):
        variant.call(thread(), "reply", "Hello", identity=ME)


@pytest.mark.parametrize("identity", [Token.bearer(TOKEN), GameClient("game@clients", "secret")])
def test_a_server_that_accepts_no_tokens(variant: Variant, identity: object) -> None:
    script = variant.script(OLDER)
    for owner, name, arguments in (
        (thread(), "reply", ("Hello",)),
        (Thread, "create", ("main_fr", "Hello", "World")),
        (post(), "edit", ("Hello",)),
    ):
        with pytest.raises(UnsupportedByServerError, match=r"Eternaltwin 0\.16\.4, which cannot write to the forum"):
            variant.call(owner, name, *arguments, identity=identity)
    assert [request.target for request in script.requests] == ["/api/v1"]


@pytest.mark.parametrize(
    "version", [NEWER, json_response(500), json_response(200, {"eternaltwin": {"version": "next"}})]
)
def test_writing_with_a_token(variant: Variant, version: Response) -> None:
    script = variant.script(version, recorded("forum create post"))
    user = User(ALICE, "Alice", None, None, None, token("base forum:write"))
    assert variant.call(thread(), "reply", "Second", identity=user).identifier == POST
    assert credentials(script.requests[1]) == {"Authorization": f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        ("base", "the token lacks the scope 'forum:write'"),
        (None, "the token needs the scope 'forum:write'"),
        ("base forum:write", "or is muted"),
    ],
)
def test_a_token_that_may_not_write(variant: Variant, scope: str | None, message: str) -> None:
    variant.script(NEWER, json_response(403, {"error": "forbidden"}), recorded("self with access token"))
    with pytest.raises(ForbiddenError, match=message) as failure:
        variant.call(thread(), "reply", "Hello", identity=token(scope))
    assert TOKEN not in str(failure.value)


@pytest.mark.parametrize(
    "refused", [json_response(401, {"error": "unauthorized"}), json_response(403, {"error": "forbidden"})]
)
def test_a_token_that_is_no_longer_valid(variant: Variant, refused: Response) -> None:
    variant.script(NEWER, refused, recorded("self with unknown bearer"))
    with pytest.raises(AuthenticationError, match="no longer valid"):
        variant.call(thread(), "reply", "Hello", identity=token("base forum:write"))


# --- editing


def test_editing(variant: Variant) -> None:
    script = variant.script(json_response(200, _post(2, 2)))
    before = post()
    after = cast("Post", variant.call(before, "edit", "Edited", "typo", identity=ME))
    body = {"last_revision_id": REVISION, "content": "Edited", "comment": "typo"}
    assert sent(script.requests[0]) == ("PATCH", f"/api/v1/forum/posts/{POST}", body)
    assert (after, after.revision_count, before.revision_count) == (before, 2, 1)


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        ({}, {}),
        ({"body": None}, {"content": None}),
        ({"body": ""}, {"content": ""}),
        ({"body": UNSET, "moderation": "**No**"}, {"moderation": "**No**"}),
        ({"moderation": None, "comment": "sorry"}, {"moderation": None, "comment": "sorry"}),
        ({"revision": MAIN.upper()}, {"last_revision_id": MAIN}),
        ({"revision": UUID(MAIN)}, {"last_revision_id": MAIN}),
    ],
)
def test_the_body_of_an_edit(variant: Variant, arguments: dict[str, object], body: dict[str, object]) -> None:
    script = variant.script(json_response(200, _post(2, 2)))
    variant.call(post(), "edit", identity=ME, **arguments)
    assert sent(script.requests[0])[2] == {"last_revision_id": REVISION, "comment": None, **body}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"body": 5}, "body must be a string"),
        ({"body": 0}, "body must be a string"),
        ({"body": b""}, "body must be a string"),
        ({"moderation": False}, "moderation must be a string"),
        ({"moderation": "\ud800"}, "moderation must be a string"),
        ({"comment": ""}, "comment must be"),
        ({"comment": "\n"}, "comment must be"),
        ({"comment": 5}, "comment must be"),
        ({"revision": "abc"}, "revision must be a UUID"),
    ],
)
def test_malformed_edits(variant: Variant, arguments: dict[str, object], message: str) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(post(), "edit", identity=ME, **arguments)
    assert script.requests == []


def test_a_stale_edit(variant: Variant) -> None:
    variant.script(json_response(409, {"error": "conflict"}))
    with pytest.raises(ConflictError, match=r"read it again, with Post\.get\(\)"):
        variant.call(post(), "edit", "Edited", identity=ME)


def test_a_server_that_does_not_edit(variant: Variant) -> None:
    variant.script(recorded("forum patch post"), SELF, OLDER)
    with pytest.raises(UnsupportedByServerError, match=r"0\.16\.4, which cannot change the text of posts") as failure:
        variant.call(post(), "edit", "Edited", identity=ME)
    assert failure.value.response.status_code == 403


def test_a_post_that_the_caller_may_not_edit(variant: Variant) -> None:
    variant.script(recorded("forum patch post"), SELF, NEWER)
    with pytest.raises(ForbiddenError, match="permission to update this post"):
        variant.call(post(), "edit", "Edited", identity=ME)


def test_a_removal_that_is_refused(variant: Variant) -> None:
    script = variant.script(recorded("forum patch post"), SELF)
    with pytest.raises(ForbiddenError, match="permission to update this post"):
        variant.call(post(), "edit", None, identity=ME)
    assert len(script.requests) == 2


def test_the_source_of_a_post(variant: Variant) -> None:
    source = {"type": "ForumPostSource", "id": POST, "last_revision_id": REVISION, "content": "**Hi**"}
    script = variant.script(json_response(200, source))
    found = variant.call(post(), "source", identity=ME)
    assert sent(script.requests[0]) == ("GET", f"/api/v1/forum/posts/{POST}/source", None)
    assert (found.content, str(found.last_revision_id)) == ("**Hi**", REVISION)


def test_a_server_without_sources(variant: Variant) -> None:
    variant.script(json_response(404, b"", [("content-type", "")]), OLDER)
    with pytest.raises(UnsupportedByServerError, match=r"0\.16\.4, which cannot show the sources of posts"):
        variant.call(post(), "source", identity=ME)


def test_the_source_of_an_unknown_post(variant: Variant) -> None:
    variant.script(json_response(404, {"error": "post not found"}), NEWER)
    with pytest.raises(NotFoundError, match="post not found"):
        variant.call(post(), "source", identity=ME)


# --- moderators


@pytest.mark.parametrize("user", [USER1, UUID(USER1), User(USER1, "user1", None, None, None)])
def test_moderators(variant: Variant, user: object) -> None:
    script = variant.script(recorded("forum add moderator"), recorded("forum remove moderator"))
    before = section()
    granted = cast("Section", variant.call(before, "grant_moderator", user, identity=ME))
    revoked = cast("Section", variant.call(granted, "revoke_moderator", user, identity=ME))
    path, body = f"/api/v1/forum/sections/{MAIN}/role_grants", {"type": "User", "id": USER1}
    assert [sent(request) for request in script.requests] == [("POST", path, body), ("DELETE", path, body)]
    assert granted.moderators is not None
    assert [user.username for user in granted.moderators] == ["user1"]
    assert granted.role_grants is not None
    grant = granted.role_grants[0]
    assert (grant.role, grant.granted_by.username) == ("Moderator", "Alice")
    assert grant.since == datetime(2026, 11, 24, 7, 16, 11, 498_000, tzinfo=UTC)
    assert repr(grant) == "<RoleGrant Moderator 'user1'>"
    assert (granted.is_administrator, revoked.moderators, before.moderators) == (True, [], [])


@pytest.mark.parametrize("name", ["grant_moderator", "revoke_moderator"])
def test_moderators_that_are_not_users(variant: Variant, name: str) -> None:
    script = variant.script(json_response(422, {"error": "target grantee user not found"}))
    with pytest.raises(NotFoundError, match="there is no such user"):
        variant.call(section(), name, ALICE, identity=ME)
    with pytest.raises(InvalidArgumentError, match="user_id must be a UUID"):
        variant.call(section(), name, "alice", identity=ME)
    assert len(script.requests) == 1


def test_moderators_that_cannot_be_granted(variant: Variant) -> None:
    variant.script(json_response(403, {"error": "no"}), SELF, json_response(418))
    with pytest.raises(ForbiddenError):
        variant.call(section(), "grant_moderator", ALICE, identity=ME)
    with pytest.raises(RequestError, match="418"):
        variant.call(section(), "grant_moderator", ALICE, identity=ME)


# --- connections


def test_objects_use_the_connection_that_they_were_read_over(variant: Variant) -> None:
    script = variant.script(
        recorded("forum section after thread"),
        CONFIG,
        recorded("forum section after thread"),
        recorded("forum create post"),
        json_response(200, _post(2, 2)),
        recorded("forum create thread"),
        recorded("forum add moderator"),
        recorded("forum create post"),
        alias="other",
    )
    found = variant.call(Section, "get", "main_fr", "other")
    threads = variant.call(found, "threads")
    reply = variant.call(threads[0], "reply", "Second", identity=ME)
    variant.call(reply, "edit", "Edited", identity=ME)
    created = variant.call(Thread, "create", found, "Hello", "World", identity=ME)
    variant.call(found, "grant_moderator", ALICE, identity=ME)
    variant.call(created, "reply", "Second", identity=ME)
    assert len(script.requests) == 8


def test_another_connection_can_be_named(variant: Variant) -> None:
    one = variant.script(recorded("forum section after thread"), alias="one")
    other = variant.script(CONFIG, recorded("forum section after thread"), recorded("forum create post"), alias="other")
    found = variant.call(Section, "get", "main_fr", "one")
    page = variant.call(found, "threads", using="other")
    variant.call(page[0], "reply", "Second", identity=ME)
    assert (len(one.requests), len(other.requests)) == (1, 3)


def test_objects_use_the_client_that_they_were_read_with(variant: Variant) -> None:
    script = variant.script(recorded("forum section after thread"), recorded("forum create thread"), alias="other")
    client = connections["other"] if variant.is_sync else async_connections["other"]
    found = variant.call(Section, "get", "main_fr", client)
    variant.call(Thread, "create", found, "Hello", "World", identity=ME)
    assert len(script.requests) == 2


def test_objects_that_were_read_with_a_client_of_the_other_variant(variant: Variant) -> None:
    import asyncio

    variant.script(recorded("forum section after thread"), alias="other")
    if variant.is_sync:
        found = Section.get("main_fr", connections["other"])
        with pytest.raises(InvalidArgumentError, match="read with a sync client"):
            asyncio.run(found.athreads())
    else:
        found = asyncio.run(Section.aget("main_fr", async_connections["other"]))
        with pytest.raises(InvalidArgumentError, match="read with an async client"):
            found.threads()


class Board(Section):
    """A subclass of a game."""


def test_subclasses(variant: Variant) -> None:
    variant.script(recorded("forum sections"), recorded("forum add moderator"))
    boards = variant.call(Board, "list")
    assert {type(board) for board in boards} == {Board}
    assert type(variant.call(boards[0], "grant_moderator", ALICE, identity=ME)) is Board
