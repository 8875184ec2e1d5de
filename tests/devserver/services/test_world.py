from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.config import SeedConfig, ServerConfig, UserSeed, default_config
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.errors import ClientNotFoundError, NameTakenError, UserDeletedError, UserNotFoundError
from eternaltwin.devserver.domain.names import seed_id
from eternaltwin.devserver.domain.passwords import hash_password
from eternaltwin.devserver.domain.records import AccountRecord
from eternaltwin.devserver.services.world import World
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    world = World(default_config("sdk"))
    yield world
    world.close()


# --- users


def test_a_user_is_added_with_the_given_values(world: World) -> None:
    zoe = world.add_user("zoe")
    full = world.add_user("yan", "Yan (test)", "secret", is_administrator=True, id=str(UUID(int=9)))
    assert (zoe.username, zoe.display_name, zoe.has_password, zoe.is_administrator) == ("zoe", "Zoe", False, False)
    assert (full.id, full.display_name, full.has_password, full.is_administrator) == (
        UUID(int=9),
        "Yan (test)",
        True,
        True,
    )
    assert zoe.created_at == world.clock.now()


@pytest.mark.parametrize(
    ("username", "display_name", "user_id"),
    [("Z", None, None), ("zoe", "1", None), ("zoe", None, "no-uuid"), ("_", "Zoe", None)],
)
def test_a_malformed_user_is_refused(
    world: World, username: str, display_name: str | None, user_id: str | None
) -> None:
    with pytest.raises(InvalidArgumentError):
        world.add_user(username, display_name, id=user_id)


def test_names_and_ids_are_unique(world: World) -> None:
    world.add_user("zoe", id=UUID(int=9))
    with pytest.raises(NameTakenError, match="is taken"):
        world.add_user("zoe")
    with pytest.raises(NameTakenError, match="is taken"):
        world.add_user("yan", id=UUID(int=9))
    assert world.add_user("yan").username == "yan"


def test_a_user_is_found_by_record_id_or_username(world: World) -> None:
    bob = world.user("bob")
    assert world.user(bob) == world.user(bob.id) == world.user(str(bob.id)) == bob
    for unknown in ("nobody", "", UUID(int=1), msgspec.structs.replace(bob, id=UUID(int=1))):
        with pytest.raises(UserNotFoundError, match="there is no user"):
            world.user(unknown)


def test_a_user_is_found_by_a_username_of_32_hexadecimal_digits(world: World) -> None:
    zoe = world.add_user("abcdef" + "0" * 26, "Zoe")
    assert world.user("abcdef" + "0" * 26) == zoe


def test_users_are_counted_and_paged(world: World) -> None:
    assert [user.username for user in world.users("A", offset=1, limit=2)] == ["charlie", "dan"]
    assert len(world.users()) == world.count_users() == 6


def test_renaming_ignores_lock_times(world: World) -> None:
    for name in ("Robert", "Bobby"):
        assert world.rename("bob", name).display_name == name
    with pytest.raises(InvalidArgumentError):
        world.rename("bob", "")


def test_a_user_cannot_be_deleted_twice(world: World) -> None:
    assert world.delete_user("bob").deleted_at == world.clock.now()
    with pytest.raises(UserDeletedError):
        world.delete_user("bob")
    with pytest.raises(UserDeletedError):
        world.open_session("bob")


def test_registering_and_passwords(world: World) -> None:
    zoe = world.register("zoe", "Zoé", "pässword")
    assert world.check_password("zoe", "pässword") == zoe
    assert world.check_password("zoe", "password") is None
    assert world.check_password("Zoé", "pässword") is None


def test_the_repr_of_an_account_does_not_contain_the_hash_of_the_password(world: World) -> None:
    bob = world.user("bob")
    account = AccountRecord(bob, hash_password(b"secret"), None, bob.created_at, bob.created_at, None)
    assert repr(account) == f"AccountRecord({bob.id})"


# --- sessions and games


def test_a_session_belongs_to_its_user(world: World) -> None:
    sid = world.open_session("bob")
    assert world.session_user(sid) == world.user("bob")
    assert world.session_user("zzz") is None
    assert world.session_user(str(UUID(int=1))) is None
    world.delete_user("bob")
    assert world.session_user(sid) is None


def test_a_game_is_found_by_record_id_or_key(world: World) -> None:
    kingdom = world.client("kingdom_dev")
    assert kingdom in world.clients()
    for name in (kingdom, kingdom.id, str(kingdom.id), kingdom.key):
        assert world.client(name) == kingdom
    assert "dev'" not in repr(kingdom)
    for unknown in ("none", UUID(int=1), msgspec.structs.replace(kingdom, id=UUID(int=1))):
        with pytest.raises(ClientNotFoundError, match="kingdom_dev@clients"):
            world.client(unknown)


def test_a_code_for_an_unknown_scope_is_refused(world: World) -> None:
    with pytest.raises(InvalidArgumentError, match="base, forum:write"):
        world.authorization_code("bob", "kingdom_dev", "admin")


# --- reset and seeds


def test_reset_restores_the_seeds(world: World) -> None:
    before = world.users()
    sid = world.open_session("bob")
    world.add_user("zoe")
    world.rename("bob", "Robert")
    world.delete_user("alice")
    assert isinstance(world.clock, VirtualClock)
    world.clock.advance(3600)
    world.reset()
    assert [(user.id, user.display_name) for user in world.users()] == [(user.id, user.display_name) for user in before]
    assert world.session_user(sid) is None
    assert abs(world.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_reset_does_not_change_a_system_clock() -> None:
    world = World(default_config())
    before = world.clock.now()
    world.reset()
    assert world.clock.now() >= before
    world.close()


def test_seeds_do_not_change_existing_users(world: World) -> None:
    world.rename("bob", "Robert")
    world.accounts.seed(world.config.seed.user)
    assert world.user("bob").display_name == "Robert"
    assert world.count_users() == 6


def test_users_are_added_from_many_threads(world: World) -> None:
    def add(thread: int) -> None:
        for number in range(20):
            user = world.add_user(f"user_{thread}_{number}")
            assert world.session_user(world.open_session(user)) == user
            world.delete_user(user)
            world.register(f"other_{thread}_{number}", "Other", "x")

    threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert world.count_users("other") == 80
    assert len(world.users("other")) == 80


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
