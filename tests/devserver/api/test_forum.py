"""The forum: reading, writing, editing and moderating, on the released server and on newer ones."""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.config import ForumSectionSeed, SeedConfig, SqliteConfig, default_config
from eternaltwin.devserver.domain.errors import ForumNotFoundError
from eternaltwin.devserver.domain.forum import MAX_TEXT_SIZE
from tests.devserver.api.visitors import FORUM, SECTION, UNKNOWN, Forum, Visitor
from tests.support.asgi_server import Server, basic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def forum() -> Iterator[Forum]:
    opened = Forum()
    with opened.server:
        yield opened


@pytest.fixture
def released() -> Iterator[Forum]:
    opened = Forum("0.16.4")
    with opened.server:
        yield opened


def titles(section: Any) -> list[str]:
    return [thread["title"] for thread in section["threads"]["items"]]


# --- reading


def test_sections_are_those_of_the_configuration(forum: Forum) -> None:
    listing = forum.guest.get(f"{FORUM}/sections?offset=3&limit=1")
    assert (listing["offset"], listing["limit"], listing["count"], len(listing["items"])) == (0, 20, 15, 15)
    section = next(item for item in listing["items"] if item["key"] == "main_fr")
    assert forum.guest.get(f"{FORUM}/sections/{section['id'].upper()}")["key"] == "main_fr"


def test_a_thread_with_a_new_post_comes_first(forum: Forum) -> None:
    first, _ = forum.bob.start("First"), forum.bob.start("Second")
    assert titles(forum.guest.get(SECTION)) == ["Second", "First"]
    forum.charlie.reply(first["id"])
    assert titles(forum.guest.get(SECTION)) == ["First", "Second"]
    assert titles(forum.guest.get(f"{SECTION}?offset=1&limit=%2B1")) == ["Second"]
    assert [thread["posts"]["count"] for thread in forum.guest.get(SECTION)["threads"]["items"]] == [2, 1]


def test_pinned_threads_come_first_of_all_and_locked_ones_take_no_posts(forum: Forum) -> None:
    pinned, _ = forum.bob.start("Pinned"), forum.bob.start("Newer")
    forum.server.world.forum.mark(pinned["id"], is_pinned=True, is_locked=True)
    assert titles(forum.guest.get(SECTION)) == ["Pinned", "Newer"]
    thread = forum.guest.get(f"{FORUM}/threads/{pinned['id']}")
    assert (thread["is_pinned"], thread["is_locked"]) == (True, True)
    post = forum.guest.get(f"{FORUM}/posts/{thread['posts']['items'][0]['id']}")
    assert forum.bob.reply(pinned["id"]).status == 403
    assert forum.bob.edit(post, content="y").status == 403
    assert forum.alice.reply(pinned["id"]).status == 200
    forum.server.world.forum.mark(UUID(pinned["id"]))
    assert forum.bob.reply(pinned["id"]).status == 200


def test_marking_an_unknown_thread_is_an_error(forum: Forum) -> None:
    with pytest.raises(ForumNotFoundError, match="thread not found"):
        forum.server.world.forum.mark(UNKNOWN)


@pytest.mark.parametrize("query", ["limit=4294967296", "limit=" + "9" * 30, "limit=", "offset=-1", "limit=1&limit=1"])
def test_pages_are_whole_numbers_of_32_bits(forum: Forum, query: str) -> None:
    assert forum.guest.request("GET", f"{SECTION}?{query}").status == 400


@pytest.mark.parametrize("path", ["sections/No", "threads/No", "posts/no", "posts/no/source", "sections/" + "a" * 33])
def test_malformed_references_are_refused(forum: Forum, path: str) -> None:
    response = forum.guest.request("GET", f"{FORUM}/{path}")
    assert (response.status, response.text[:12]) == (400, "Invalid URL:")


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("sections/nosuch", "section not found"),
        ("threads/nosuch", "thread not found"),
        (f"threads/{UNKNOWN}", "thread not found"),
        (f"posts/{UNKNOWN}", "post not found"),
        (f"posts/{UNKNOWN}/source", "post not found"),
    ],
)
def test_unknown_references_are_not_found(forum: Forum, path: str, error: str) -> None:
    response = forum.guest.request("GET", f"{FORUM}/{path}")
    assert (response.status, response.json) == (404, {"error": error})


def test_writing_to_unknown_sections_threads_and_posts_is_not_found(forum: Forum) -> None:
    missing = f"{FORUM}/sections/nosuch"
    edit = {"last_revision_id": UNKNOWN, "comment": None}
    assert forum.bob.request("POST", missing, {"title": "Hello", "body": ""}).status == 404
    assert forum.bob.reply(UNKNOWN).status == 404
    assert forum.bob.request("PATCH", f"{FORUM}/posts/{UNKNOWN}", edit).status == 404
    assert forum.alice.role("POST", forum.id_of("bob"), missing).status == 404
    assert forum.alice.role("DELETE", forum.id_of("bob"), missing).status == 404


def test_creating_sections_requires_the_internal_key(forum: Forum) -> None:
    assert forum.alice.request("POST", f"{FORUM}/sections", {}).status == 401
    response = forum.server.request("POST", f"{FORUM}/sections", headers={"Etwin-Internal-Auth": "\xe9"})
    assert response.status == 403


def test_internal_tools_create_sections_once(forum: Forum) -> None:
    key = {"Etwin-Internal-Auth": forum.server.world.config.backend.secret}
    answers = [
        forum.server.request("POST", f"{FORUM}/sections", headers=key, json_body={"key": "fresh", "display_name": name})
        for name in ("Fresh", "Other")
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json == forum.guest.get(f"{FORUM}/sections/fresh")


# --- writing


def test_contents_are_converted_to_html(forum: Forum) -> None:
    [post] = forum.bob.start(body="**a** <b>")["posts"]["items"]
    assert post["revisions"]["last"]["content"] == {"marktwin": "**a** <b>", "html": "<strong>a</strong> &lt;b&gt;"}


def test_authors_have_their_current_names(forum: Forum) -> None:
    thread = forum.bob.start()
    forum.server.world.rename("bob", "Bobby")
    [post] = forum.guest.get(f"{FORUM}/threads/{thread['id']}")["posts"]["items"]
    assert post["author"]["user"]["display_name"]["current"]["value"] == "Bobby"
    assert post["revisions"]["last"]["author"] == post["author"]


@pytest.mark.parametrize("title", ["", "a", " ab", "ab ", "a\nb", "ab\n", "a" * 65])
def test_titles_are_short_lines(forum: Forum, title: str) -> None:
    assert forum.bob.request("POST", SECTION, {"title": title, "body": "x"}).status == 422


def test_a_text_is_bounded_before_it_is_converted(forum: Forum) -> None:
    longest = "é" * (MAX_TEXT_SIZE // 2)
    too_long = "_~~[**" * 200_000  # which takes seconds to convert
    thread = forum.alice.start(body=longest)
    post = forum.alice.get(f"{FORUM}/posts/{thread['posts']['items'][0]['id']}")
    start = process_time()
    refused = [
        forum.alice.request("POST", SECTION, {"title": "Hello", "body": too_long}),
        forum.alice.request("POST", SECTION, {"title": "Hello", "body": f"{longest}x"}),
        forum.alice.reply(thread["id"], too_long),
        forum.alice.edit(post, content=too_long),
        forum.alice.edit(post, moderation=too_long),
        forum.alice.edit(post, comment=too_long),
    ]
    assert process_time() - start < 1
    assert {(response.status, response.text) for response in refused} == {
        (413, "a text in a post has at most 65536 bytes on the development server")
    }
    assert forum.alice.get(f"{FORUM}/threads/{thread['id']}")["posts"]["count"] == 1


def test_guests_cannot_write(forum: Forum) -> None:
    post = forum.post()
    assert forum.guest.request("POST", SECTION, {"title": "Hello", "body": "x"}).status == 403
    assert forum.guest.reply(post["thread"]["id"]).status == 403
    assert forum.guest.edit(post).status == 403
    assert forum.guest.role("POST", forum.id_of("bob")).status == 403
    assert forum.guest.role("DELETE", forum.id_of("bob")).status == 403


# --- games


def test_a_game_writes_for_its_player_with_the_scope(forum: Forum) -> None:
    game = forum.game("base forum:write")
    post = game.reply(game.start()["id"]).json
    assert post["author"]["user"]["id"] == str(forum.id_of("bob"))
    assert game.edit(post, content="y").status == 200


def test_a_game_has_the_roles_of_its_player_with_the_scope(forum: Forum) -> None:
    forum.alice.role("POST", forum.id_of("bob"))
    assert forum.game("base forum:write").get(SECTION)["self"]["roles"] == ["Moderator"]
    assert forum.game("base forum:write", "alice").get(SECTION)["self"]["roles"] == ["Administrator"]
    assert forum.game("base").get(SECTION)["self"]["roles"] == []


def test_a_game_without_the_scope_is_forbidden(forum: Forum) -> None:
    response = forum.game("base").request("POST", SECTION, {"title": "Hello", "body": "x"})
    assert (response.status, response.json) == (403, {"error": "the token lacks the scope forum:write"})


def test_a_token_that_is_no_longer_valid_is_unauthorized(forum: Forum) -> None:
    game = forum.game("base forum:write")
    forum.server.world.delete_user("bob")
    assert game.request("POST", SECTION, {"title": "Hello", "body": "x"}).status == 401


def test_a_game_on_its_own_behalf_cannot_write(forum: Forum, released: Forum) -> None:
    credentials = basic("kingdom_dev@clients", "dev")
    new = {"title": "Hello", "body": "x"}
    assert Visitor(forum.server, authorization=credentials).request("POST", SECTION, new).status == 403
    assert Visitor(released.server, authorization=credentials).request("POST", SECTION, new).status == 500
    assert released.game("base").role("POST", UNKNOWN).status == 403


# --- editing


def test_authors_edit_and_see_the_source(forum: Forum) -> None:
    post = forum.post("first")
    edited = forum.bob.edit(post, content="_second_", comment="typo").json
    assert [revision["content"]["marktwin"] for revision in edited["revisions"]["items"]] == ["first", "_second_"]
    last = edited["revisions"]["items"][-1]
    assert (last["comment"], last["content"]["html"]) == ("typo", "<em>second</em>")
    source = forum.guest.get(f"{FORUM}/posts/{post['id']}/source")
    assert (source["content"], source["last_revision_id"]) == ("_second_", last["id"])
    assert source["id"] == post["id"]


def test_a_stale_edit_is_a_conflict(forum: Forum) -> None:
    post = forum.post()
    forum.bob.edit(post, content="y")
    response = forum.bob.edit(post, content="z")
    assert (response.status, response.json) == (409, {"error": "the post has a newer revision"})
    assert forum.guest.get(f"{FORUM}/posts/{post['id']}?limit=0")["revisions"]["count"] == 2


def test_other_users_cannot_edit(forum: Forum) -> None:
    post = forum.post()
    forum.alice.role("POST", forum.id_of("alice"))
    for changes in ({"content": "y"}, {"content": None}, {"moderation": "y"}, {}):
        assert forum.charlie.edit(post, **changes).status == 403
    assert forum.bob.edit(post, content=None).status == 403
    assert forum.bob.edit(post, moderation="y").status == 403


def test_moderators_remove_and_restore(forum: Forum) -> None:
    post = forum.post()
    forum.alice.role("POST", forum.id_of("charlie"))
    removed = forum.charlie.edit(post, content=None, moderation="**No**", comment="rules").json
    assert removed["revisions"]["items"][-1]["content"] is None
    assert removed["revisions"]["items"][-1]["moderation"]["html"] == "<strong>No</strong>"
    assert forum.bob.edit(removed, content="x").status == 403
    restored = forum.charlie.edit(removed, content="x", moderation=None).json
    assert restored["revisions"]["items"][-1]["content"]["html"] == "x"


def test_the_released_server_accepts_no_new_contents(released: Forum) -> None:
    post = released.post()
    assert released.bob.edit(post, content="y").status == 403
    assert released.alice.edit(post, content="y").status == 403
    assert released.charlie.edit(post).status == 200
    assert released.charlie.edit(post, content=None).status == 403
    assert released.alice.edit(post, content=None).status == 200
    assert released.guest.request("GET", f"{FORUM}/posts/{post['id']}/source").status == 404


def test_on_the_released_server_one_moderator_gives_everybody_the_role(released: Forum) -> None:
    post = released.post()
    released.alice.role("POST", released.id_of("alice"))
    assert released.charlie.edit(post, moderation="y").status == 200


def test_an_edit_requires_a_revision_and_a_valid_comment(forum: Forum) -> None:
    post = forum.post()
    assert forum.bob.edit(post, comment="").status == 422
    assert forum.bob.edit(post, last_revision_id="no").status == 422
    assert forum.bob.request("PATCH", f"{FORUM}/posts/{post['id']}", {"comment": None}).status == 422


# --- moderators


def test_administrators_appoint_and_dismiss_moderators(forum: Forum) -> None:
    bob = forum.id_of("bob")
    [grant] = forum.alice.role("POST", bob).json["role_grants"]
    assert (grant["role"], grant["user"]["id"], grant["granted_by"]["id"]) == (
        "Moderator",
        str(bob),
        str(forum.id_of("alice")),
    )
    assert forum.alice.role("POST", bob).json["role_grants"] == [grant]
    assert forum.bob.get(SECTION)["self"]["roles"] == ["Moderator"]
    assert forum.bob.get(f"{FORUM}/sections/main_en")["self"]["roles"] == []
    assert forum.alice.role("DELETE", bob).json["role_grants"] == []


def test_other_users_dismiss_only_themselves(forum: Forum) -> None:
    bob, charlie = forum.id_of("bob"), forum.id_of("charlie")
    forum.alice.role("POST", bob)
    assert forum.bob.role("POST", charlie).status == 403
    assert forum.charlie.role("DELETE", bob).status == 403
    assert forum.bob.role("DELETE", bob).json["role_grants"] == []


def test_unknown_users_cannot_be_moderators(forum: Forum) -> None:
    for method in ("POST", "DELETE"):
        response = forum.alice.role(method, UNKNOWN)
        assert (response.status, response.json) == (422, {"error": "target grantee user not found"})


# --- restarts


def test_the_forum_survives_a_restart(tmp_path: Path) -> None:
    config = default_config()
    config = msgspec.structs.replace(
        config,
        backend=msgspec.structs.replace(config.backend, store="Sqlite"),
        sqlite=SqliteConfig(file=str(tmp_path / "server.sqlite")),
    )
    with Server(config) as server:
        bob = server.world.user("bob")
        thread = server.world.forum.create_thread(bob, "main_fr", "Hello", "x")
    renamed = {"main_fr": ForumSectionSeed(display_name="Forum", locale=None)}
    seed = SeedConfig(user=config.seed.user, forum_section=renamed)
    with Server(msgspec.structs.replace(config, seed=seed)) as server:
        section = server.get(SECTION).json
        assert (section["display_name"], section["locale"], titles(section)) == ("Forum", None, ["Hello"])
        assert server.get(f"{FORUM}/threads/{thread.id}").status == 200
        server.world.reset()
        assert titles(server.get(SECTION).json) == []
