"""The forum: reading sections, threads and posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest

from eternaltwin.exceptions import (
    InvalidArgumentError,
    NotFoundError,
    ServerError,
    UnexpectedResponseError,
)
from eternaltwin.forum import ListPage, Post, Section, Thread
from tests.forum.samples import (
    CONFIG,
    MAIN,
    ME,
    POST,
    REVISION,
    THREAD,
    USER1,
    post,
    post_json,
    section,
    thread,
)
from tests.support.fakes import ALICE, json_response, short_user
from tests.support.variants import credentials, recorded, recorded_json, sent

if TYPE_CHECKING:
    from eternaltwin.responses import Response
    from tests.support.variants import Variant


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


def test_a_post_with_many_revisions(variant: Variant) -> None:
    script = variant.script(json_response(200, post_json(250, 100)), json_response(200, post_json(250, 1, 249)))
    script.accepting()
    found = cast("Post", variant.call(Post, "get", POST, identity=ME))
    assert script.requests[1].target == f"/api/v1/forum/posts/{POST}?offset=249&limit=100"
    assert credentials(script.requests[1]) == credentials(script.requests[0])
    assert (found.revision_count, len(found.revisions)) == (250, 101)
    assert found.last_revision.identifier == str(UUID(int=249))


def test_a_post_without_a_revision(variant: Variant) -> None:
    variant.script(json_response(200, post_json(0, 0)))
    with pytest.raises(UnexpectedResponseError, match="without a revision"):
        variant.call(Post, "get", POST)


def test_a_post_that_was_removed(variant: Variant) -> None:
    moderation = {"marktwin": "**No**", "html": "<strong>No</strong>"}
    variant.script(json_response(200, post_json(1, 1, content=None, moderation=moderation, comment="spam")))
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
    script.accepting()
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
