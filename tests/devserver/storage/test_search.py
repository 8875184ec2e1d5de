"""Finding users by a part of their names: whatever is added, changed, undone or written by others meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eternaltwin.devserver.config import ServerConfig, SqliteConfig, config_of, default_config
from eternaltwin.devserver.services.world import World
from eternaltwin.devserver.storage.names import ANSWERS, BLOCK_SIZE, CHANGES
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = st.text("abcDEFÉß", min_size=2, max_size=6)
QUERIES = st.text("abcdeféSs\n%_", max_size=3)

Step = tuple[str, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "rename", "delete", "restore", "fail", "search", "reset"]), st.integers(0, 5), NAMES
    ),
    max_size=30,
)


def emptied(store: ServerConfig) -> World:
    """A world without seeds."""
    return World(msgspec.structs.replace(store, seed=msgspec.structs.replace(store.seed, user={})))


@pytest.fixture
def world() -> Iterator[World]:
    world = emptied(default_config())
    yield world
    world.close()


def add(world: World, name: str) -> UUID:
    return world.add_user(f"u{uuid4().hex[:20]}", name).id


class Expectation:
    """What there should be: names in order of creation, None for a deleted user."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[UUID, str | None] = {}

    def found(self, query: str) -> list[UUID]:
        folded = query.casefold()
        return [user for user, name in self.names.items() if name is not None and folded in name.casefold()]

    def take(self, step: Step) -> None:
        kind, index, name = step
        if kind == "add":
            self.names[add(self.world, name)] = name
        elif kind == "reset":
            self.world.reset()
            self.names.clear()
        elif kind == "search":
            assert [user.id for user in self.world.users(name)] == self.found(name)
        elif self.names:
            self._change(kind, list(self.names)[index % len(self.names)], name)

    def _change(self, kind: str, user: UUID, name: str) -> None:
        if kind == "fail":
            with pytest.raises(InvalidArgumentError):
                self.world.add_user(self.world.user(user).username or "", name)
        elif kind == "rename" and self.names[user] is not None:
            self.names[user] = self.world.rename(user, name).display_name
        elif kind == "delete" and self.names[user] is not None:
            self.world.delete_user(user)
            self.names[user] = None
        elif kind == "restore" and self.names[user] is None:
            self.names[user] = self.world.accounts.restore(user).display_name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, QUERIES, st.integers(0, 4), st.integers(0, 4))
def test_search_finds_what_is_there(world: World, steps: list[Step], query: str, offset: int, limit: int) -> None:
    world.reset()
    expected = Expectation(world)
    for step in steps:
        expected.take(step)
    found = expected.found(query)
    assert [user.id for user in world.users(query)] == found
    assert [user.id for user in world.users(query, offset=offset, limit=limit)] == found[offset : offset + limit]
    assert world.count_users(query) == len(found)


def test_many_users_are_found_and_renamed(world: World) -> None:
    count = 2 * BLOCK_SIZE + 50
    assert world.count_users() == 0
    ids = [add(world, f"Player {number}") for number in range(count)]
    assert world.count_users("player") == count
    assert [user.id for user in world.users("PLAYER 1", limit=2)] == [ids[1], ids[10]]
    for number in (0, BLOCK_SIZE - 1, BLOCK_SIZE, count - 1):
        world.rename(ids[number], f"Renamed {number}")
        world.users("renamed")
    last = add(world, "Renamed last")
    found = [user.id for user in world.users("renamed")]
    assert found == [ids[0], ids[BLOCK_SIZE - 1], ids[BLOCK_SIZE], ids[count - 1], last]
    assert world.count_users() == count + 1


def test_all_users_are_answered_however_many_there_are(world: World) -> None:
    ids = [add(world, f"Player {number}") for number in range(1200)]
    assert [user.id for user in world.users()] == ids


def test_names_are_read_anew_after_many_changes(world: World) -> None:
    ids = [add(world, f"Player {number}") for number in range(CHANGES + 2)]
    assert world.count_users("player") == len(ids)
    for number, user in enumerate(ids):
        world.rename(user, f"Renamed {number}")
    assert world.count_users("player") == 0
    assert world.count_users("renamed") == len(ids)


def test_only_the_newest_answers_are_remembered(world: World) -> None:
    add(world, "Zoe")
    for number in range(2 * ANSWERS):
        assert world.count_users(f"nobody {number}") == 0
    assert world.count_users("zoe") == 1


def test_what_another_server_writes_to_the_file_is_found(tmp_path: Path) -> None:
    settings = {"backend": {"store": "Sqlite"}, "sqlite": {"file": str(tmp_path / "shared.sqlite")}}
    config = config_of(settings, "System")
    assert config.sqlite == SqliteConfig(file=str(tmp_path / "shared.sqlite"))
    first, second = emptied(config), emptied(config)
    zoe = add(first, "Zoe")
    assert [user.id for user in second.users("zoe")] == [zoe]
    first.rename(zoe, "Chloe")
    assert second.users("zoe") == []
    assert [user.id for user in second.users("chloe")] == [zoe]
    first.close()
    second.close()
