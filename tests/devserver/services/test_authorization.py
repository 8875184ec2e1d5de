"""Authorization: sessions, and codes for games."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.devserver.services.world import World


def test_a_session_belongs_to_its_user(world: World) -> None:
    sid = world.open_session("bob")
    assert world.session_user(sid) == world.user("bob")
    assert world.session_user("zzz") is None
    assert world.session_user(str(UUID(int=1))) is None
    world.delete_user("bob")
    assert world.session_user(sid) is None


def test_a_code_for_an_unknown_scope_is_refused(world: World) -> None:
    with pytest.raises(InvalidArgumentError, match="base, forum:write"):
        world.authorization_code("bob", "kingdom_dev", "admin")
