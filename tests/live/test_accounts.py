"""Accounts, links, archives and the server itself, against a running server."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest

from eternaltwin import accounts, server
from eternaltwin.archives import DinoparcDinoz, DinoparcUser, HammerfestUser, TwinoidUser
from eternaltwin.exceptions import AuthenticationError, ForbiddenError, NotFoundError, RequestError, ServerError
from eternaltwin.identities import GameClient, Session, UserCredentials
from eternaltwin.users import User
from tests.live.target import GAME, GAME_SECRET, let_a_millisecond_pass

if TYPE_CHECKING:
    from tests.live.target import Player
    from tests.live.variants import Variant

_NUMBERS = count(1)


def new_username() -> str:
    return f"newbie_{os.getpid()}_{next(_NUMBERS)}"


def test_registering_and_logging_in(variant: Variant) -> None:
    username = new_username()
    registered = variant.call(Session, "register", username, "Newbie", "pässword")
    session = variant.call(Session, "login", username, "pässword")
    assert session.user == registered.user
    myself = variant.call(User, "get", session.user.identifier, identity=session)
    assert (myself.login_name, myself.has_password) == (username, True)


def test_a_wrong_password(variant: Variant, player: Player) -> None:
    with pytest.raises(AuthenticationError, match="no such user, or the password is wrong"):
        variant.call(Session, "login", player.username, "something else")


def test_credentials_with_every_request(variant: Variant, player: Player) -> None:
    identity = UserCredentials(player.username, player.password)
    assert variant.call(User, "get", player.identifier, identity=identity).login_name == player.username
    assert variant.call(User, "get", player.identifier).login_name is None


def test_a_game_reads_with_its_own_credentials(variant: Variant, player: Player) -> None:
    identity = GameClient(GAME, GAME_SECRET)
    assert variant.call(User, "get", player.identifier, identity=identity).username == player.display_name


def test_a_display_name_is_locked_after_a_change(variant: Variant) -> None:
    session = variant.call(Session, "register", new_username(), "Before", "pw")
    let_a_millisecond_pass()
    assert variant.call(accounts, "change_display_name", session.user, "After", identity=session).username == "After"
    with pytest.raises(RequestError, match="locked"):
        variant.call(accounts, "change_display_name", session.user, "Again", identity=session)


def test_a_username_is_locked_after_the_registration(variant: Variant) -> None:
    session = variant.call(Session, "register", new_username(), "Newbie", "pw")
    with pytest.raises(RequestError, match="locked"):
        variant.call(accounts, "change_username", session.user, new_username(), identity=session)


def test_a_password_is_locked_after_the_registration(variant: Variant) -> None:
    session = variant.call(Session, "register", new_username(), "Newbie", "pw")
    with pytest.raises(RequestError, match="locked"):
        variant.call(accounts, "change_password", session.user, "another", identity=session)


def test_other_users_cannot_change_an_account(variant: Variant, player: Player) -> None:
    stranger = variant.call(Session, "register", new_username(), "Stranger", "pw")
    with pytest.raises(ForbiddenError):
        variant.call(accounts, "change_display_name", player.identifier, "Mine", identity=stranger)


def test_an_invalid_session(variant: Variant, player: Player) -> None:
    with pytest.raises(AuthenticationError, match="not valid"):
        variant.call(accounts, "change_display_name", player.identifier, "Mine", identity=Session("nothing"))


def test_the_terms_of_service(variant: Variant, player: Player) -> None:
    session = Session(player.session)
    assert not variant.call(accounts, "terms_of_service", player.identifier, identity=session).is_tos_accepted
    assert variant.call(accounts, "accept_terms_of_service", player.identifier, identity=session) is None


@pytest.mark.newer_server("0.16.4 cannot restore users in memory", ServerError)
def test_deleting_and_restoring(variant: Variant, player: Player) -> None:
    deleted = variant.call(accounts, "delete", player.identifier, identity=Session(player.session))
    assert deleted.identifier == player.identifier
    assert variant.get(player.identifier).deleted_at is not None
    alice = variant.call(Session, "login", "alice", "aaaaaaaaaa")
    assert variant.call(accounts, "restore", player.identifier, identity=alice) == deleted
    assert variant.get(player.identifier).deleted_at is None


def test_a_user_without_links(variant: Variant, player: Player) -> None:
    links = variant.get(player.identifier).links
    assert links is not None
    assert (links.twinoid.current, links.twinoid.old) == (None, [])


@pytest.mark.newer_server("0.16.4 fails", ServerError)
def test_a_link_to_an_unknown_account(variant: Variant, player: Player) -> None:
    alice = variant.call(Session, "login", "alice", "aaaaaaaaaa")
    with pytest.raises(NotFoundError):
        variant.call(accounts, "link", player.identifier, "twinoid.com", 1, identity=alice)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (DinoparcUser, ("dinoparc.com", 1)),
        (DinoparcDinoz, ("dinoparc.com", 1)),
        (HammerfestUser, ("hammerfest.fr", 1)),
        (TwinoidUser, (1,)),
    ],
)
def test_an_unknown_archived_account(variant: Variant, kind: type, where: tuple[object, ...]) -> None:
    with pytest.raises(NotFoundError, match="NotFound"):
        variant.call(kind, "get", *where)


def test_version_configuration_clock_and_release_of_the_server(variant: Variant) -> None:
    info = variant.call(server, "server_info")
    assert info.release >= (0, 16, 4)
    assert variant.call(server, "server_info") is info
    forum = variant.call(server, "configuration").forum
    assert (forum.threads_per_page, forum.posts_per_page) == (20, 10)
    assert variant.call(server, "clock").utcoffset() is not None
    assert variant.call(server, "latest_release").version
