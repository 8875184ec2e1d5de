"""The forum, against a running server, as a guest, a player, a moderator and an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from eternaltwin.exceptions import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ServerError,
    TransportError,
    UnsupportedByServerError,
)
from eternaltwin.forum import Post, Section, Thread
from eternaltwin.identities import Session

if TYPE_CHECKING:
    from eternaltwin.users import User
    from tests.live.target import Player, Target
    from tests.live.variants import Variant

SECTION = "main_en"


def session(player: Player) -> Session:
    return Session(player.session)


def start(variant: Variant, player: Player, body: str = "Hello") -> Any:
    return variant.call(Thread, "create", SECTION, f"A thread {uuid4()}", body, identity=session(player))


def administrator(variant: Variant) -> Session:
    login = variant.call(Session, "login", "alice", "aaaaaaaaaa")
    assert isinstance(login, Session)
    return login


def sign_in(variant: Variant, target: Target, player: Player, scope: str) -> User:
    expected, url = variant.start(scope)
    code, state = target.sign_in(player, url)
    return variant.finish(code, state, expected)


def test_sections_are_read_by_id_and_by_key(variant: Variant) -> None:
    section = variant.call(Section, "get", SECTION)
    assert section in variant.call(Section, "list")
    assert variant.call(Section, "get", section.identifier).key == SECTION


def test_an_unknown_section(variant: Variant) -> None:
    with pytest.raises(NotFoundError):
        variant.call(Section, "get", str(uuid4()))


def test_a_thread_is_started_and_read(variant: Variant, player: Player) -> None:
    thread = start(variant, player, "**Hello** world")
    assert (thread.is_pinned, thread.is_locked, thread.section.key) == (False, False, SECTION)
    [post] = variant.call(thread, "posts")
    assert (post.body.marktwin, post.body.html) == ("**Hello** world", "<strong>Hello</strong> world")
    assert post.author.identifier == player.identifier
    assert variant.call(Post, "get", post.identifier).thread == thread
    assert thread in variant.call(variant.call(Section, "get", SECTION), "threads")


def test_every_thread_and_every_post_is_found_once(variant: Variant, player: Player) -> None:
    threads = [start(variant, player) for _ in range(3)]
    for number in range(4):
        variant.call(threads[0], "reply", f"Reply {number}", identity=session(player))
    found = variant.collect(variant.call(Section, "get", SECTION), "iterate_threads", 2)
    assert len(found) == len(set(found))
    assert set(threads) <= set(found)
    texts = [post.body.marktwin for post in variant.collect(threads[0], "iterate_posts", 2)]
    assert texts == ["Hello", *(f"Reply {number}" for number in range(4))]


def test_a_guest_cannot_write(variant: Variant, player: Player) -> None:
    with pytest.raises(ForbiddenError, match="sent without credentials"):
        variant.call(start(variant, player), "reply", "Hello")


def test_the_role_of_a_moderator_is_granted_and_revoked(variant: Variant, player: Player) -> None:
    alice = administrator(variant)
    assert variant.call(Section, "get", SECTION, identity=alice).is_administrator
    section = variant.call(Section, "get", SECTION)
    granted = variant.call(section, "grant_moderator", player.identifier, identity=alice)
    assert player.identifier in [moderator.identifier for moderator in granted.moderators]
    assert variant.call(Section, "get", SECTION, identity=session(player)).is_moderator
    revoked = variant.call(section, "revoke_moderator", player.identifier, identity=session(player))
    assert player.identifier not in [moderator.identifier for moderator in revoked.moderators]


def test_players_cannot_grant_roles(variant: Variant, player: Player) -> None:
    section = variant.call(Section, "get", SECTION)
    with pytest.raises(ForbiddenError):
        variant.call(section, "grant_moderator", player.identifier, identity=session(player))


@pytest.mark.newer_server("0.16.4 does not change the text of posts", UnsupportedByServerError)
def test_a_post_is_edited(variant: Variant, player: Player) -> None:
    thread = start(variant, player)
    [post] = variant.call(thread, "posts")
    edited = variant.call(post, "edit", "Good bye", "a better word", identity=session(player))
    assert (edited.body.marktwin, edited.last_revision.comment) == ("Good bye", "a better word")
    assert variant.call(Post, "get", post.identifier).revision_count == 2
    source = variant.call(edited, "source", identity=session(player))
    assert (source.content, str(source.last_revision_id)) == ("Good bye", edited.last_revision.identifier)


@pytest.mark.newer_server("0.16.4 does not change the text of posts", UnsupportedByServerError)
def test_the_error_of_a_stale_edit_advises_to_read_again(variant: Variant, player: Player) -> None:
    [post] = variant.call(start(variant, player), "posts")
    variant.call(post, "edit", "Good bye", identity=session(player))
    with pytest.raises(ConflictError, match="read it again"):
        variant.call(post, "edit", "See you", identity=session(player))


@pytest.mark.newer_server("0.16.4 has no sources of posts", UnsupportedByServerError)
def test_the_source_of_a_post(variant: Variant, player: Player) -> None:
    [post] = variant.call(start(variant, player, "*Hello*"), "posts")
    assert variant.call(post, "source", identity=session(player)).content == "*Hello*"


@pytest.mark.newer_server("0.16.4 knows no such scope", AssertionError)
def test_a_game_writes_for_a_player(variant: Variant, target: Target, player: Player) -> None:
    user = sign_in(variant, target, player, "base forum:write")
    post = variant.call(start(variant, player), "reply", "From a game", identity=user)
    assert post.author.identifier == player.identifier


@pytest.mark.newer_server("0.16.4 accepts no tokens in the forum", UnsupportedByServerError)
def test_the_error_for_a_missing_scope_names_it(variant: Variant, target: Target, player: Player) -> None:
    thread = start(variant, player)
    user = sign_in(variant, target, player, "base")
    with pytest.raises(ForbiddenError, match="forum:write"):
        variant.call(thread, "reply", "From a game", identity=user)


@pytest.mark.official_memory_store("closes the connection", TransportError)
def test_an_unknown_post(variant: Variant) -> None:
    with pytest.raises(NotFoundError):
        variant.call(Post, "get", str(uuid4()))


@pytest.mark.newer_server("0.16.4 fails", ServerError)
def test_an_unknown_thread(variant: Variant) -> None:
    with pytest.raises(NotFoundError):
        variant.call(Thread, "get", str(uuid4()))


def test_a_player_may_edit_the_last_post_and_has_read_it(variant: Variant, player: Player) -> None:
    thread = start(variant, player, "**Hello** _world_")
    assert thread.can_post in (True, None)
    [first] = variant.call(thread, "posts", identity=session(player))
    section = variant.call(Section, "get", SECTION, identity=session(player))
    if section.grammar is None:
        assert (first.can_edit, thread.is_unread, section.can_create_thread) == (None, None, None)
    else:
        assert section.grammar.allows("strong")
        assert (first.can_edit, first.can_delete, thread.is_unread, section.can_create_thread) == (
            True,
            False,
            False,
            True,
        )
        reply = variant.call(thread, "reply", "Hello", identity=session(player))
        assert not variant.call(Post, "get", first.identifier, identity=session(player)).can_edit
        assert reply.can_edit
