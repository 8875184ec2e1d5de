"""Signing players in, against a server that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import AuthenticationError, ForbiddenError, InvalidStateError, RequestError
from tests.integration.colours import COLOURS

if TYPE_CHECKING:
    from eternaltwin.users import User
    from tests.integration.colours import Colour
    from tests.integration.target import Player, Target


def sign_in(colour: Colour, target: Target, player: Player) -> User:
    expected, url = colour.start()
    code, state = target.sign_in(player, url)
    return colour.finish(code, state, expected)


def test_a_player_signs_in(colour: Colour, target: Target, player: Player) -> None:
    user = sign_in(colour, target, player)
    assert (user.identifier, user.username) == (player.identifier, player.display_name)
    assert user.is_authenticated
    assert user.token is not None
    assert user.token.token_type == "Bearer"


def test_the_token_tells_who_the_player_is(colour: Colour, target: Target, player: Player) -> None:
    user = sign_in(colour, target, player)
    assert user.token is not None
    assert colour.from_token(user.token) == user
    assert colour.from_token(user.token.access_token) == user
    assert colour.me(user.token).json()["type"] == "AccessToken"


def test_a_new_display_name_is_seen_at_the_next_sign_in(colour: Colour, target: Target, player: Player) -> None:
    sign_in(colour, target, player)
    target.rename(player, "Somebody Else")
    assert sign_in(colour, target, player).username == "Somebody Else"


def test_two_players_are_not_mixed_up(colour: Colour, target: Target) -> None:
    first, second = target.register(), target.register()
    assert sign_in(colour, target, first) != sign_in(colour, target, second)


def test_nobody_signs_in_with_the_state_of_another_browser(colour: Colour, target: Target, player: Player) -> None:
    expected, _ = colour.start()
    _, url = colour.start()
    code, state = target.sign_in(player, url)
    with pytest.raises(InvalidStateError):
        colour.finish(code, state, expected)


@pytest.mark.parametrize("code", ["abc", "a.b.c"])
def test_a_malformed_code_is_refused(colour: Colour, code: str) -> None:
    state, _ = colour.start()
    with pytest.raises(RequestError) as caught:
        colour.finish(code, state)
    assert (caught.value.response.status_code, caught.value.code) == (422, "Q1010")


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_the_code_of_another_game_is_refused(name: str, target: Target, player: Player) -> None:
    with (
        COLOURS[name](target.settings()) as ours,
        COLOURS[name](target.settings("kingdom_dev@clients", "dev")) as theirs,
    ):
        _, url = ours.start()
        code, _ = target.sign_in(player, url)
        with pytest.raises(ForbiddenError) as caught:
            theirs.token(code)
    assert caught.value.code == "Q1009"


@pytest.mark.parametrize("name", sorted(COLOURS))
def test_a_wrong_client_secret_is_refused(name: str, target: Target) -> None:
    with COLOURS[name](target.settings(client_secret="wrong")) as colour, pytest.raises(AuthenticationError) as caught:
        colour.token("abc")
    assert caught.value.code == "Q0002"


@pytest.mark.parametrize("token", ["00000000-0000-4000-8000-000000000000", "no-token-at-all"])
def test_a_token_that_was_never_given_is_no_longer_good(colour: Colour, token: str) -> None:
    with pytest.raises(AuthenticationError):
        colour.from_token(token)


@pytest.mark.official_memory_store("it goes on to answer for the tokens of a deleted user", pytest.fail.Exception)
def test_the_token_of_a_deleted_player_is_no_longer_good(colour: Colour, target: Target, player: Player) -> None:
    user = sign_in(colour, target, player)
    assert user.token is not None
    target.delete(player)
    with pytest.raises(AuthenticationError):
        colour.from_token(user.token)


@pytest.mark.newer_server("0.16.4 knows no scope but base", AssertionError)
def test_a_game_asks_to_write_to_the_forum(colour: Colour, target: Target, player: Player) -> None:
    expected, url = colour.start("base forum:write")
    code, state = target.sign_in(player, url)
    assert colour.finish(code, state, expected).identifier == player.identifier
