"""The check of the stores that the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.doctor import Finding, GameSetup, check_setup
from eternaltwin.login import MemoryStore, RedisStore, SQLiteStore
from tests.support.fake_redis import FakeRedis
from tests.support.game_setups import game_on
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from eternaltwin.devserver import DevServer
    from eternaltwin.login import SingleUseStore


def found_with(local: DevServer, store: SingleUseStore | None = None, **changes: object) -> list[Finding]:
    findings = check_setup(GameSetup(game_on(local, **changes), store=store))
    return [found for found in findings if found.name == "stores"]


def test_settings_without_a_store_are_right(local: DevServer) -> None:
    assert [found.summary for found in found_with(local)] == ["The settings name no store"]


def test_the_memory_is_not_enough_for_several_processes(local: DevServer) -> None:
    assert [found.code for found in found_with(local, MemoryStore())] == ["memory-store"]


def test_a_store_that_works_is_right(local: DevServer, tmp_path: Path) -> None:
    found = found_with(local, SQLiteStore(tmp_path / "logins.sqlite"), profile_cache="memory")
    assert [item.level for item in found] == ["ok", "ok"]


def test_a_redis_that_works_is_right(local: DevServer) -> None:
    with FakeRedis() as redis:
        assert [found.level for found in found_with(local, RedisStore(redis.url))] == ["ok"]


def test_a_redis_that_is_down_is_an_error_without_its_password(local: DevServer) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    found = found_with(local, RedisStore(url), profile_cache=url)
    assert [item.code for item in found] == ["store-down", "store-down"]
    assert "profile_cache" in found[1].summary
    assert "hunter2" not in repr(found)
