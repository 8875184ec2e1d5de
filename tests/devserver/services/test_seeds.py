"""Seeds: refused if they contradict each other, and added once."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.config import SeedConfig, ServerConfig, UserSeed, default_config
from eternaltwin.devserver.domain.names import seed_id
from eternaltwin.devserver.services.world import World
from eternaltwin.exceptions import ConfigurationError


def test_seeds_do_not_change_existing_users(world: World) -> None:
    world.rename("bob", "Robert")
    world.accounts.seed(world.config.seed.user)
    assert world.user("bob").display_name == "Robert"
    assert world.count_users() == 6


def test_seeds_with_equal_usernames_are_refused() -> None:
    bob = default_config().seed.user["bob"]
    seeds = {"bob": bob, "other": msgspec.structs.replace(bob, id=UUID(int=1))}
    with pytest.raises(ConfigurationError, match=r"'bob', here and in seed\.user\.bob; change or remove") as caught:
        World(ServerConfig(seed=SeedConfig(user=seeds)))
    assert caught.value.setting == "seed.user.other"


@pytest.mark.parametrize("other", [None, "bob"])
def test_seeds_with_equal_ids_are_refused(other: str | None) -> None:
    """Whether the second user has the id that is given to the first, or the one that follows from its key."""
    user_id = UUID(int=1) if other is None else seed_id("user", other)
    seeds = {
        "bob": UserSeed(display_name="Bob", username="bob", id=UUID(int=1) if other is None else None),
        "zoe": UserSeed(display_name="Zoe", username="zoe", id=user_id),
    }
    with pytest.raises(ConfigurationError, match=f"two users with the id {user_id}, here and") as caught:
        World(ServerConfig(seed=SeedConfig(user=seeds)))
    assert caught.value.setting == "seed.user.zoe"
    assert "seed.user.bob" in str(caught.value)


def test_several_users_may_have_no_username() -> None:
    seeds = {name: UserSeed(display_name=name, username=None) for name in ("bob", "zoe")}
    world = World(ServerConfig(seed=SeedConfig(user=seeds)))
    assert world.count_users() == 2
    world.close()
