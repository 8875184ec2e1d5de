"""Accounts: users, their names and their passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest

from eternaltwin.devserver.domain.errors import NameTakenError, UserDeletedError, UserNotFoundError
from eternaltwin.devserver.domain.passwords import hash_password
from eternaltwin.devserver.domain.records import AccountRecord
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.devserver.services.world import World


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
