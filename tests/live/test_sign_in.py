"""Signing players in, against a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import AuthenticationError, ForbiddenError, InvalidStateError, RequestError
from tests.live.variants import VARIANTS

if TYPE_CHECKING:
    from eternaltwin.users import User
    from tests.live.target import Player, Target
    from tests.live.variants import Variant


def sign_in(variant: Variant, target: Target, player: Player) -> User:
    expected, url = variant.start()
    code, state = target.sign_in(player, url)
    return variant.finish(code, state, expected)


def test_a_player_signs_in(variant: Variant, target: Target, player: Player) -> None:
    user = sign_in(variant, target, player)
    assert (user.identifier, user.username) == (player.identifier, player.display_name)
    assert user.is_authenticated
    assert user.token is not None
    assert user.token.token_type == "Bearer"


def test_the_player_is_read_with_the_token(variant: Variant, target: Target, player: Player) -> None:
    user = sign_in(variant, target, player)
    assert user.token is not None
    assert variant.from_token(user.token) == user
    assert variant.from_token(user.token.access_token) == user
    assert variant.me(user.token).json()["type"] == "AccessToken"


def test_a_new_display_name_is_seen_at_the_next_sign_in(variant: Variant, target: Target, player: Player) -> None:
    sign_in(variant, target, player)
    target.rename(player, "Somebody Else")
    assert sign_in(variant, target, player).username == "Somebody Else"


def test_two_players_are_not_mixed_up(variant: Variant, target: Target) -> None:
    first, second = target.register(), target.register()
    assert sign_in(variant, target, first) != sign_in(variant, target, second)


def test_the_state_of_another_browser_is_refused(variant: Variant, target: Target, player: Player) -> None:
    expected, _ = variant.start()
    _, url = variant.start()
    code, state = target.sign_in(player, url)
    with pytest.raises(InvalidStateError):
        variant.finish(code, state, expected)


@pytest.mark.parametrize("code", ["abc", "a.b.c"])
def test_a_malformed_code_is_refused(variant: Variant, code: str) -> None:
    state, _ = variant.start()
    with pytest.raises(RequestError) as caught:
        variant.finish(code, state)
    assert (caught.value.response.status_code, caught.value.code) == (422, "Q1010")


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_the_code_of_another_game_is_refused(name: str, target: Target, player: Player) -> None:
    with (
        VARIANTS[name](target.settings()) as variant,
        VARIANTS[name](target.settings("kingdom_dev@clients", "dev")) as other_game,
    ):
        _, url = variant.start()
        code, _ = target.sign_in(player, url)
        with pytest.raises(ForbiddenError) as caught:
            other_game.token(code)
    assert caught.value.code == "Q1009"


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_a_wrong_client_secret_is_refused(name: str, target: Target) -> None:
    with (
        VARIANTS[name](target.settings(client_secret="wrong")) as variant,
        pytest.raises(AuthenticationError) as caught,
    ):
        variant.token("abc")
    assert caught.value.code == "Q0002"


@pytest.mark.parametrize("token", ["00000000-0000-4000-8000-000000000000", "no-token-at-all"])
def test_a_token_that_was_never_issued_is_not_valid(variant: Variant, token: str) -> None:
    with pytest.raises(AuthenticationError):
        variant.from_token(token)


@pytest.mark.official_memory_store("it still accepts the tokens of a deleted user", pytest.fail.Exception)
def test_the_token_of_a_deleted_player_is_no_longer_valid(variant: Variant, target: Target, player: Player) -> None:
    user = sign_in(variant, target, player)
    assert user.token is not None
    target.delete(player)
    with pytest.raises(AuthenticationError):
        variant.from_token(user.token)


@pytest.mark.newer_server("0.16.4 has only the scope base", AssertionError)
def test_a_game_requests_the_scope_to_write_to_the_forum(variant: Variant, target: Target, player: Player) -> None:
    expected, url = variant.start("base forum:write")
    code, state = target.sign_in(player, url)
    assert variant.finish(code, state, expected).identifier == player.identifier
