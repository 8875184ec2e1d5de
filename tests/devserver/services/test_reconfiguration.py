"""A changed configuration, applied to a world in which players have done something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from eternaltwin.devserver.config import config_of, default_config
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from eternaltwin.devserver.config import ServerConfig
    from eternaltwin.devserver.services.world import World


def changed(**seeds: dict[str, object]) -> ServerConfig:
    return config_of({"seed": seeds})


def owing(world: World) -> list[str | None]:
    return [user.username for user in world.users() if world.accounts.owes_terms(user.id)]


def test_new_seeds_are_added(world: World) -> None:
    world.reconfigure(
        changed(
            app={"mygame": {"oauth_callback": "http://game.test/"}},
            user={"zoe": {"password": "zzzzzzzzzz", "must_accept_terms": True}},
            forum_section={"mygame_main": {"display_name": "My game"}},
            twinoid_user={"twino": {"id": 38, "linked_to": "zoe"}},
        )
    )
    zoe = world.check_password("zoe", "zzzzzzzzzz")
    assert zoe is not None
    assert world.accounts.owes_terms(zoe.id)
    assert world.client("mygame").callback == "http://game.test/"
    assert world.forum.section("mygame_main").display_name == "My game"
    assert [link.account for link in world.links.of_users([zoe.id])] == [38]


def test_seeds_are_changed_where_the_configuration_has_changed_and_players_keep_the_rest(world: World) -> None:
    world.put_client("kingdom_dev", "http://changed.test/")
    world.rename("bob", "Robert")
    world.add_user("mia")
    sid = world.open_session("bob")
    world.reconfigure(
        changed(
            app={"brute_dev": {"secret": "new"}},
            user={"bob": {"password": "new password"}, "dan": {"display_name": "Daniel", "is_administrator": True}},
            forum_section={"main_en": {"display_name": "Main"}},
        )
    )
    session_user = world.session_user(sid)
    assert session_user is not None
    assert session_user.display_name == "Robert"
    assert world.check_password("bob", "new password") == session_user
    assert (world.user("dan").display_name, world.user("dan").is_administrator) == ("Daniel", True)
    assert world.user("mia").display_name == "Mia"
    assert world.client("brute_dev").secret == "new"
    assert world.client("kingdom_dev").callback == "http://changed.test/"
    assert world.forum.section("main_en").display_name == "Main"


def test_archived_accounts_follow_the_configuration_and_those_added_later_stay(world: World) -> None:
    world.reconfigure(changed(twinoid_user={"a": {"id": 1}, "b": {"id": 2}}))
    world.archives.add("twinoid_user", "c", {"id": 3})
    world.reconfigure(changed(twinoid_user={"renamed": {"id": 1}, "b": {"id": 2, "display_name": "B"}}))
    found = {seed.id: seed.name for seed in world.archives.all().values()}
    assert found == {1: "renamed", 2: "B", 3: "c"}
    world.reset()
    assert sorted(seed.id for seed in world.archives.all().values()) == [1, 2]


def test_who_must_accept_the_terms_changes_only_with_the_configuration(world: World) -> None:
    world.accounts.require_terms(world.user("eve").id, True)
    world.reconfigure(changed(user={"bob": {"must_accept_terms": True}}))
    assert [name for name in ("alice", "bob", "eve") if world.accounts.owes_terms(world.user(name).id)] == [
        "bob",
        "eve",
    ]
    world.reconfigure(changed(user={"bob": {"must_accept_terms": False}}))
    assert owing(world) == ["eve"]


def test_what_is_no_longer_a_seed_stays_until_the_reset(world: World) -> None:
    world.reconfigure(changed(user={"zoe": {}}, app={"mygame": {}}))
    world.reconfigure(changed(user={"bob": {"password": None}}))
    assert world.user("zoe").display_name == "zoe"
    assert world.check_password("bob", "bbbbbbbbbb") is None
    assert world.client("mygame").display_name == "mygame"
    world.reset()
    assert world.count_users() == 6
    assert "mygame@clients" not in [game.key for game in world.clients()]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (changed(twinoid_user={"a": {"id": 1}, "b": {"id": 1}}, user={"zoe": {}}), "two archived accounts"),
        (changed(twinoid_user={"a": {"id": 1, "linked_to": "nobody"}}, user={"zoe": {}}), "there is no user 'nobody'"),
        (
            changed(user={"bob": {"id": "11111111-2222-4333-8444-555555555555"}, "alice": {"display_name": "X Y"}}),
            "another user in the database has the username 'bob'",
        ),
    ],
)
def test_after_an_error_everything_is_as_before(world: World, config: ServerConfig, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        world.reconfigure(config)
    assert world.config == default_config("sdk")
    assert world.count_users() == 6
    assert world.user("alice").display_name == "Alice"
    assert world.archives.all() == {}


def test_a_username_that_is_taken_meanwhile_is_an_error(world: World) -> None:
    user = {"id": "11111111-2222-4333-8444-555555555555", "display_name": "Zoe"}
    world.reconfigure(changed(user={"Z": {**user, "username": "zoe"}}))
    world.add_user("mia")
    with pytest.raises(ConfigurationError, match=r"seed\.user\.Z: another user .* has the username 'mia'"):
        world.reconfigure(changed(user={"Z": {**user, "username": "mia"}}))
    world.reconfigure(changed(user={"Z": {**user, "username": "zelda"}}))
    assert world.user("zelda").display_name == "Zoe"


def test_storage_clock_and_port_stay(world: World) -> None:
    config = default_config()
    backend = msgspec.structs.replace(config.backend, port=1, store="Sqlite", clock="System")
    world.reconfigure(msgspec.structs.replace(config, backend=backend))
    assert world.config.backend == default_config("sdk").backend
