"""The forum: writing, editing and moderating."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest

from eternaltwin import User
from eternaltwin.exceptions import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    InvalidArgumentError,
    NotFoundError,
    RequestError,
    UnsupportedByServerError,
)
from eternaltwin.forum import UNSET, Post, Section, Thread
from eternaltwin.identities import GameClient
from eternaltwin.tokens import Token
from tests.forum.samples import (
    MAIN,
    ME,
    NEWER,
    OLDER,
    POST,
    REVISION,
    SELF,
    THREAD,
    USER1,
    post,
    post_json,
    section,
    thread,
    token,
)
from tests.support.fakes import ALICE, TOKEN, json_response
from tests.support.variants import credentials, recorded, sent

if TYPE_CHECKING:
    from eternaltwin.responses import Response
    from tests.support.variants import Variant

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
    script = variant.script(json_response(200, post_json(2, 2)))
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
    script = variant.script(json_response(200, post_json(2, 2)))
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
