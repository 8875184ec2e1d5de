"""What newer servers report about the forum, and what its absence means."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from eternaltwin.exceptions import UnexpectedResponseError
from eternaltwin.forum import Grammar, Post, Section, Thread
from tests.forum.samples import CONFIG, MAIN, ME, POST, THREAD, post, section, thread
from tests.support.fakes import json_response
from tests.support.variants import recorded, recorded_json

if TYPE_CHECKING:
    from tests.support.variants import Variant

PARENT = {"id": MAIN, "key": None, "display_name": "Games"}


def test_what_a_server_does_not_send_is_unknown() -> None:
    a_section, a_thread, a_post = section(), thread(), post()
    for name in ("grammar", "can_create_thread", "unread_threads", "parent", "children"):
        assert getattr(a_section, name) is None
    for name in ("post", "lock", "pin", "move", "delete", "report"):
        assert getattr(a_thread, f"can_{name}") is None
    assert (a_thread.is_unread, a_thread.last_post, a_thread.has_admin_announcement) == (None, None, None)
    assert (a_post.can_edit, a_post.can_delete, a_post.can_report) == (None, None, None)


def test_a_section_without_a_self_permits_nothing_that_is_known(variant: Variant) -> None:
    body = {name: value for name, value in recorded_json("forum section after thread").items() if name != "self"}
    variant.script(json_response(200, body))
    found = cast("Section", variant.call(Section, "get", "main_fr"))
    assert (found.roles, found.grammar, found.can_create_thread) == (frozenset(), None, None)


def test_a_section_of_a_newer_server(variant: Variant) -> None:
    meta = recorded_json("forum sections")["items"][0]
    own: dict[str, object] = {"roles": [], "grammar": {"strong": True, "later": True, "depth": 4}, "unread_threads": 3}
    body: dict[str, object] = {"self": {**own, "can_create_thread": True}, "parent": PARENT, "children": [meta]}
    variant.script(recorded("forum section after thread", **body))
    found = cast("Section", variant.call(Section, "get", "main_fr", identity=ME))
    assert (found.can_create_thread, found.unread_threads) == (True, 3)
    assert found.grammar == Grammar({"depth": 4, "later": True, "strong": True})
    assert found.parent is not None
    assert (found.parent.identifier, found.parent.key, found.parent.name) == (MAIN, None, "Games")
    assert repr(found.parent) == f"<SectionName {MAIN} 'Games'>"
    assert found.children is not None
    assert [(child.identifier, child.children) for child in found.children] == [(meta["id"], None)]


def test_threads_of_a_newer_server(variant: Variant) -> None:
    body = recorded_json("forum section after thread")
    author = recorded_json("forum get post")["author"]
    last = {"type": "ForumPost", "id": POST, "ctime": "2026-11-24T07:16:11.000Z", "author": author}
    [item] = body["threads"]["items"]
    newer = {**item, "last_post": last, "has_admin_announcement": True, "self": {"can_post": False, "is_unread": True}}
    variant.script(CONFIG, json_response(200, {**body, "threads": {**body["threads"], "items": [newer]}}))
    [found] = cast("list[Thread]", variant.call(section(), "threads"))
    assert (found.can_post, found.is_unread, found.has_admin_announcement, found.can_lock) == (False, True, True, None)
    assert found.last_post is not None
    assert found.last_post.identifier == POST
    assert found.last_post.author is not None


def test_a_post_of_a_newer_server(variant: Variant) -> None:
    variant.script(recorded("forum get post", self={"can_edit": True, "can_report": False}))
    found = cast("Post", variant.call(Post, "get", POST))
    assert (found.can_edit, found.can_delete, found.can_report) == (True, None, False)


def test_an_optional_field_of_another_type_is_an_unexpected_response(variant: Variant) -> None:
    variant.script(recorded("forum get thread", self={"can_post": "yes"}))
    with pytest.raises(UnexpectedResponseError, match="can_post"):
        variant.call(Thread, "get", THREAD)


def test_a_grammar_keeps_what_it_does_not_know() -> None:
    granted = {"strong": True, "quote": False, "later": True, "odd": {"a": 1}, "links": ["https", 5], "icons": "no"}
    grammar = Grammar(granted)
    assert grammar.flags == {"strong", "later"}
    assert (grammar.depth, grammar.icons, grammar.links) == (None, (), ("https",))
    assert (grammar.allows("later"), grammar.allows("quote"), grammar.allows("odd")) == (True, False, False)
    assert Grammar({"depth": True}).depth is None
    assert len({grammar, Grammar(dict(granted)), Grammar({})}) == 2
    assert grammar != granted
    assert repr(grammar) == "<Grammar later, strong>"
