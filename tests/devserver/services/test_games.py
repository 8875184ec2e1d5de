"""Games: found by what the API and the library call them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.domain.errors import ClientNotFoundError

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
