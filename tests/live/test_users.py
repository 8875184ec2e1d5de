"""Reading users, and the data of the server itself, from a running server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import InvalidArgumentError, NotFoundError, UnsupportedByServerError

if TYPE_CHECKING:
    from tests.live.target import Player, Target
    from tests.live.variants import Variant


def test_a_user_is_read_by_id(variant: Variant, player: Player) -> None:
    user = variant.get(player.identifier)
    assert (user.identifier, user.username) == (player.identifier, player.display_name)
    assert user.is_administrator is False
    assert user.created_at is not None
    assert user.deleted_at is None
    assert not user.is_authenticated


def test_an_id_may_be_written_in_capitals(variant: Variant, player: Player) -> None:
    assert variant.get(player.identifier.upper()).identifier == player.identifier


def test_a_deleted_user_is_read_with_the_time_of_its_deletion(variant: Variant, target: Target, player: Player) -> None:
    target.delete(player)
    user = variant.get(player.identifier)
    assert user.created_at is not None
    assert user.deleted_at is not None
    assert user.deleted_at >= user.created_at


def test_an_unknown_user_is_not_found(variant: Variant) -> None:
    with pytest.raises(NotFoundError) as caught:
        variant.get("00000000-0000-4000-8000-000000000000")
    assert caught.value.server_message == "user not found"


def test_a_malformed_id_is_not_sent(variant: Variant) -> None:
    with pytest.raises(InvalidArgumentError):
        variant.get("../auth/self")


@pytest.mark.newer_server("0.16.4 does not list users", UnsupportedByServerError)
def test_users_are_found_by_a_part_of_their_name(variant: Variant, player: Player) -> None:
    assert [user.identifier for user in variant.search(player.display_name.upper())] == [player.identifier]
    assert variant.count(player.display_name) == 1


@pytest.mark.newer_server("0.16.4 does not list users", UnsupportedByServerError)
def test_users_are_listed_page_by_page(variant: Variant, target: Target) -> None:
    players = [target.register() for _ in range(3)]
    listed = [user.identifier for user in variant.iterate("player", 2)]
    assert listed[-3:] == [player.identifier for player in players]
    assert len(set(listed)) == len(listed) == variant.count("player")


def test_a_call_without_a_token_is_one_of_a_guest(variant: Variant) -> None:
    assert variant.me(None).json() == {"type": "Guest", "scope": "Default"}


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [
        ("/api/v1", "eternaltwin"),
        ("/api/v1/config", "forum"),
        ("/api/v1/clock", "time"),
        ("/api/v1/app/releases", "latest"),
    ],
)
def test_the_data_of_the_server(variant: Variant, endpoint: str, field: str) -> None:
    response = variant.get_endpoint(endpoint)
    assert response.status_code == 200
    assert list(response.json()) == [field]


def test_the_response_for_an_unknown_path_is_404(variant: Variant) -> None:
    assert variant.get_endpoint("/api/v1/nope").status_code == 404
