"""What newer servers report about the forum for a caller, and hold the caller to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from eternaltwin.devserver.config import config_of
from eternaltwin.exceptions import ConfigurationError
from tests.devserver.api.visitors import FORUM, Forum, Visitor
from tests.support.asgi_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = {
    "kingdom": {},
    "kingdom_help": {"parent": "kingdom", "locale": "fr-FR", "grammar": {"marks": ["strong", "mystery"], "depth": 1}},
}
OPEN = f"{FORUM}/sections/kingdom"
CHILD = f"{FORUM}/sections/kingdom_help"


@pytest.fixture
def forum() -> Iterator[Forum]:
    opened = Forum(config=config_of({"seed": {"forum_section": SECTIONS}}, "Virtual"))
    with opened.server:
        yield opened


def first_thread(visitor: Visitor, section: str = OPEN) -> Any:
    return visitor.get(section)["threads"]["items"][0]


def test_sections_are_nested(forum: Forum) -> None:
    parent, child = forum.guest.get(OPEN), forum.guest.get(CHILD)
    assert parent["parent"] is None
    assert [section["key"] for section in parent["children"]] == ["kingdom_help"]
    assert parent["children"][0]["threads"] == {"count": 0}
    assert child["parent"] == {name: parent[name] for name in ("id", "key", "display_name")}
    assert child["children"] == []
    listed = {section["key"]: section for section in forum.guest.get(f"{FORUM}/sections")["items"]}
    assert listed["kingdom_help"]["parent"]["key"] == "kingdom"
    assert listed["main_fr"]["parent"] is None


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"a": {"parent": "nothing"}}, r"seed.forum_section.a.parent: there is no section 'nothing'"),
        ({"a": {"parent": "b"}, "b": {"parent": "a"}}, r"seed.forum_section.a.parent: 'a' is in the section itself"),
    ],
)
def test_a_parent_exists_and_is_not_within_its_section(sections: object, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Server(config_of({"seed": {"forum_section": sections}}))


def test_the_grammar_is_that_of_the_section_and_of_the_caller(forum: Forum) -> None:
    def grammar(visitor: Visitor, section: str = CHILD) -> Any:
        return visitor.get(section)["self"]["grammar"]

    bob, alice = grammar(forum.bob), grammar(forum.alice)
    assert (bob["strong"], bob["mystery"], bob["emphasis"], bob["mod"], bob["depth"]) == (True, True, False, False, 1)
    assert (alice["admin"], alice["mod"], alice["links"]) == (True, True, ["http", "https"])
    token = grammar(forum.game("base forum:write", "alice"))
    assert (token["admin"], token["mod"], token["strong"]) == (False, False, True)
    assert not any(grammar(forum.guest, OPEN).values())


def test_markup_that_is_not_granted_is_stripped_when_it_is_saved(forum: Forum) -> None:
    thread = forum.bob.start(body="**a _b_**", section=CHILD)
    assert thread["posts"]["items"][0]["revisions"]["last"]["content"]["marktwin"] == "**a b**"
    post = forum.bob.reply(thread["id"], "~~c~~").json
    assert post["revisions"]["items"][0]["content"] == {"marktwin": "c", "html": "c"}
    edited = forum.bob.edit(post, content="_d_").json
    assert edited["revisions"]["items"][-1]["content"]["marktwin"] == "d"
    moderated = forum.alice.edit(edited, moderation="_e_").json
    assert moderated["revisions"]["items"][-1]["moderation"]["marktwin"] == "e"


def test_threads_are_unread_until_the_caller_has_read_their_last_post(forum: Forum) -> None:
    thread = forum.bob.start(section=OPEN)
    assert first_thread(forum.bob)["self"]["is_unread"] is False
    assert first_thread(forum.charlie)["self"]["is_unread"] is True
    assert "is_unread" not in first_thread(forum.guest)["self"]
    assert forum.charlie.get(OPEN)["self"]["unread_threads"] == 1
    assert forum.charlie.get(f"{FORUM}/threads/{thread['id']}?limit=0")["self"]["is_unread"] is True
    assert forum.charlie.get(f"{FORUM}/threads/{thread['id']}")["self"]["is_unread"] is True
    assert forum.charlie.get(f"{FORUM}/threads/{thread['id']}")["self"]["is_unread"] is False
    assert forum.charlie.get(OPEN)["self"]["unread_threads"] == 0
    forum.bob.reply(thread["id"])
    assert forum.charlie.get(OPEN)["self"]["unread_threads"] == 1
    forum.charlie.get(f"{FORUM}/threads/{thread['id']}")
    assert first_thread(forum.charlie)["self"]["is_unread"] is False
    world = forum.server.world
    world.forum.set_read(world.user("charlie"), world.forum.thread(thread["id"]), 1)
    assert first_thread(forum.charlie)["self"]["is_unread"] is False


def test_listed_threads_have_their_last_post_without_its_content(forum: Forum) -> None:
    thread = forum.bob.start(section=OPEN)
    reply = forum.charlie.reply(thread["id"], "Hello").json
    last = first_thread(forum.guest)["last_post"]
    assert (last["id"], last["author"]["user"]["display_name"]["current"]["value"]) == (reply["id"], "Charlie")
    assert set(last) == {"type", "id", "ctime", "author"}
    assert "last_post" not in thread


def test_a_muted_user_may_not_write_and_is_not_told_why(forum: Forum) -> None:
    post = forum.bob.reply(forum.bob.start(section=OPEN)["id"]).json
    thread = post["thread"]["id"]
    world = forum.server.world
    world.forum.mute(world.user("bob"))
    refused = forum.bob.reply(thread)
    assert (refused.status, "muted" in refused.text) == (403, False)
    assert forum.bob.request("POST", OPEN, {"title": "Hello", "body": "x"}).status == 403
    assert forum.bob.edit(post, content="y").status == 403
    assert forum.game("base forum:write").reply(thread).status == 403
    assert forum.bob.get(OPEN)["self"]["can_create_thread"] is False
    assert forum.bob.get(f"{FORUM}/threads/{thread}")["self"]["can_post"] is False
    world.forum.mute(world.user("bob"), is_muted=False)
    assert forum.bob.reply(thread).status == 200


def test_what_a_caller_may_do_is_what_the_server_permits(forum: Forum) -> None:
    thread = forum.bob.start(section=OPEN)
    reply = forum.bob.reply(thread["id"]).json
    path = f"{FORUM}/threads/{thread['id']}"

    def edits(visitor: Visitor) -> list[bool]:
        return [post["self"]["can_edit"] for post in visitor.get(path)["posts"]["items"]]

    assert (edits(forum.bob), edits(forum.charlie)) == ([False, True], [False, False])
    assert (edits(forum.alice), edits(forum.guest)) == ([True, True], [False, False])
    first = forum.bob.get(f"{FORUM}/posts/{thread['posts']['items'][0]['id']}")
    assert first["self"] == {"can_edit": False, "can_delete": False, "can_report": False}
    assert forum.bob.edit(first, content="y").status == 403
    assert forum.charlie.get(f"{FORUM}/posts/{first['id']}")["self"]["can_report"] is True
    rewritten = forum.alice.edit(reply, content="z").json
    assert rewritten["self"]["can_delete"] is True
    assert edits(forum.bob) == [False, False]
    assert forum.bob.edit(rewritten, content="y").status == 403


def test_threads_report_what_moderators_may_do(forum: Forum) -> None:
    thread = forum.bob.start(section=OPEN)["id"]
    own = forum.alice.get(f"{FORUM}/threads/{thread}")["self"]
    assert own == dict.fromkeys(
        ("can_post", "can_lock", "can_pin", "can_move", "can_delete", "can_report", "is_unread"), True
    )
    forum.server.world.forum.mark(thread, is_locked=True)
    own = first_thread(forum.bob)["self"]
    assert (own["can_post"], own["can_lock"], "can_report" in own) == (False, False, False)
    assert first_thread(forum.alice)["self"]["can_post"] is True


def test_announcements_are_marked_by_tests_until_a_reset(forum: Forum) -> None:
    thread, world = forum.bob.start(section=OPEN)["id"], forum.server.world
    assert first_thread(forum.guest)["has_admin_announcement"] is False
    world.forum.announce(thread)
    assert forum.guest.get(f"{FORUM}/threads/{thread}")["has_admin_announcement"] is True
    world.forum.announce(thread, is_announcement=False)
    assert first_thread(forum.guest)["has_admin_announcement"] is False
    world.forum.mute(world.user("bob"))
    world.reset()
    assert forum.visitor("bob").request("POST", OPEN, {"title": "Hello", "body": "x"}).status == 200


def test_the_released_server_sends_and_does_none_of_this() -> None:
    with Forum("0.16.4").server as server:
        bob = Visitor(server, sid=server.world.open_session("bob"))
        server.world.forum.mute(server.world.user("bob"))
        thread = bob.start(body=":smile:")
        assert thread["posts"]["items"][0]["revisions"]["last"]["content"]["marktwin"] == ":smile:"
        section = bob.get(f"{FORUM}/sections/main_fr")
        assert section["self"] == {"roles": []}
        names = {"parent", "children", "self", "last_post", "has_admin_announcement"}
        assert not names & {*section, *section["threads"]["items"][0], *thread} - {"self"}


def test_a_changed_configuration_nests_the_sections_anew_and_keeps_muted_users_muted(forum: Forum) -> None:
    world = forum.server.world
    world.forum.mute(world.user("bob"))
    apart: dict[str, Any] = {"seed": {"forum_section": {"kingdom": {}, "kingdom_help": {}}}}
    world.reconfigure(config_of(apart, "Virtual"))
    assert forum.guest.get(CHILD)["parent"] is None
    assert forum.bob.get(OPEN)["self"]["can_create_thread"] is False
    twice = {"dinoparc_user": {"d": {"server": "dinoparc.com", "id": 1, "username": "d", "linked_to": "nobody"}}}
    with pytest.raises(ConfigurationError):
        world.reconfigure(config_of({"seed": {"forum_section": SECTIONS, **twice}}, "Virtual"))
    assert forum.guest.get(CHILD)["parent"] is None
