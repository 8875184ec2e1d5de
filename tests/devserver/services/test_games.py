"""Games: found by what the API and the library call them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.domain.errors import ClientNotFoundError, MalformedNameError

if TYPE_CHECKING:
    from eternaltwin.devserver.services.world import World


def test_a_game_is_found_by_record_id_or_key(world: World) -> None:
    kingdom = world.client("kingdom_dev")
    assert kingdom in world.clients()
    for name in (kingdom, kingdom.id, str(kingdom.id), kingdom.key):
        assert world.client(name) == kingdom
    assert "dev'" not in repr(kingdom)
    for unknown in ("none", UUID(int=1), msgspec.structs.replace(kingdom, id=UUID(int=1))):
        with pytest.raises(ClientNotFoundError, match="kingdom_dev@clients"):
            world.client(unknown)


@pytest.mark.parametrize("client_id", ["mygame@clients", "9f310484-963b-446b-af69-797feec6813f", "kingdom_dev@clients"])
def test_the_game_of_a_connection_is_added_or_changed_until_the_next_reset(world: World, client_id: str) -> None:
    before = world.clients()
    world.adopt_client(client_id, "https://other.example/callback", "a secret")
    adopted = world.adopt_client(client_id, "https://mygame.example/callback", "another")
    assert world.client(client_id) == adopted
    assert (adopted.callback, adopted.secret) == ("https://mygame.example/callback", "another")
    assert [game.key for game in world.clients()] == sorted({*(game.key for game in before), adopted.key})
    world.reset()
    assert world.clients() == before


def test_a_game_without_a_key_or_a_callback_is_refused(world: World) -> None:
    for client_id, callback in (("my game", "https://mygame.example/callback"), ("mygame@clients", "/callback")):
        with pytest.raises(MalformedNameError):
            world.adopt_client(client_id, callback, "a secret")
