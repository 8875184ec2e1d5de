"""Searches for users by a part of their names, after any sequence of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eternaltwin.devserver.config import ServerConfig, default_config
from eternaltwin.devserver.services.world import World
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

NAMES = st.text("abcDEFÉß", min_size=2, max_size=6)
QUERIES = st.text("abcdeféSs\n%_", max_size=3)

Step = tuple[str, int, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "rename", "delete", "restore", "fail", "search", "reset"]), st.integers(0, 5), NAMES
    ),
    max_size=30,
)


def without_users(store: ServerConfig) -> World:
    """Return a world without users."""
    return World(msgspec.structs.replace(store, seed=msgspec.structs.replace(store.seed, user={})))


@pytest.fixture
def world() -> Iterator[World]:
    world = without_users(default_config())
    yield world
    world.close()


def add(world: World, name: str) -> UUID:
    return world.add_user(f"u{uuid4().hex[:20]}", name).id


class Expectation:
    """A model of the users: names in order of creation, None for a deleted user."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.names: dict[UUID, str | None] = {}

    def found(self, query: str) -> list[UUID]:
        folded = query.casefold()
        return [user for user, name in self.names.items() if name is not None and folded in name.casefold()]

    def apply(self, step: Step) -> None:
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
def test_search_finds_the_expected_users(world: World, steps: list[Step], query: str, offset: int, limit: int) -> None:
    world.reset()
    expected = Expectation(world)
    for step in steps:
        expected.apply(step)
    found = expected.found(query)
    assert [user.id for user in world.users(query)] == found
    assert [user.id for user in world.users(query, offset=offset, limit=limit)] == found[offset : offset + limit]
    assert world.count_users(query) == len(found)
    page, count = world.accounts.search(query, offset, limit)
    assert ([user.id for user in page], count) == (found[offset : offset + limit], len(found))


def test_many_users_are_found_and_renamed(world: World) -> None:
    assert world.count_users() == 0
    ids = [add(world, f"Player {number}") for number in range(250)]
    assert world.count_users("player") == 250
    assert [user.id for user in world.users("PLAYER 1", limit=2)] == [ids[1], ids[10]]
    for number in (0, 99, 100, 249):
        world.rename(ids[number], f"Renamed {number}")
    last = add(world, "Renamed last")
    assert [user.id for user in world.users("renamed")] == [ids[0], ids[99], ids[100], ids[249], last]
    assert world.count_users() == 251


def test_all_of_many_users_are_returned(world: World) -> None:
    ids = [add(world, f"Player {number}") for number in range(1200)]
    assert [user.id for user in world.users()] == ids


@pytest.mark.parametrize("query", ["%", "Z_e", "\\", "/", "z/oe", "Zoe\x00", "\ud800", "\n", "z" * 193])
def test_wildcards_and_other_characters_that_no_name_contains_find_nothing(world: World, query: str) -> None:
    add(world, "Zoe")
    assert world.users(query) == []
    assert world.count_users(query) == 0
    assert world.accounts.search(query, 0, 10) == ([], 0)
    assert world.accounts.search(query, 5, 10) == ([], 0)


def test_an_underscore_in_a_name_is_found(world: World) -> None:
    zoe = add(world, "Zo_e")
    add(world, "Zoee")
    assert [user.id for user in world.users("o_E")] == [zoe]


def test_a_page_beyond_the_end_is_empty_and_counted(world: World) -> None:
    add(world, "Zoe")
    assert world.accounts.search("zo", 1, 10) == ([], 1)
    assert world.accounts.search("zo", 0, 0) == ([], 1)


def test_renaming_an_unknown_user_changes_nothing(world: World) -> None:
    add(world, "Zoe")
    with pytest.raises(InvalidArgumentError, match="there is no user"):
        world.accounts.rename(uuid4(), "Yann")
    assert [user.display_name for user in world.users()] == ["Zoe"]
