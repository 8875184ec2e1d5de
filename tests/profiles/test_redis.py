"""Profiles in a real Redis or Valkey server, which stops, restarts, fills up, is flushed and fails over."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from eternaltwin import profiles
from eternaltwin.exceptions import ConfigurationError, MissingExtraError, ProfileStoreError
from eternaltwin.profiles import KeptEntry, ProfileCache, RedisProfileStore
from tests.support.many_calls import user_id
from tests.support.profile_worlds import Clock, Player, World
from tests.support.redis_server import RedisServer

redis = pytest.importorskip("redis")
redis_asyncio = pytest.importorskip("redis.asyncio")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IDS = [user_id(number) for number in range(20)]
NAMES = {wanted: f"Name {number}" for number, wanted in enumerate(IDS)}


@pytest.fixture(params=["redis-server", "valkey-server"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path, name=str(request.param))
    yield server
    server.stop()


@pytest.fixture
def world() -> World:
    return World(dict(NAMES))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sync", "asyncio"])
def player(request: pytest.FixtureRequest, server: RedisServer, world: World, clock: Clock) -> Iterator[Player]:
    player = Player(world, ProfileCache(server.url, clock=clock), is_sync=request.param == "sync")
    yield player
    player.end()


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "eternaltwin.profiles")
    return caplog


def texts(caplog: pytest.LogCaptureFixture, level: int = logging.WARNING) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == level]


def frames_with(secret: str, exc: BaseException | None) -> list[str]:
    """Return the files of those frames of a traceback, and of those of its causes, that have a secret in a variable."""
    found: list[str] = []
    while exc is not None:
        entry = exc.__traceback__
        while entry is not None:
            variables = entry.tb_frame.f_locals
            found += [entry.tb_frame.f_code.co_filename for value in variables.values() if secret in repr(value)]
            entry = entry.tb_next
        exc = exc.__context__
    return found


def admin(server: RedisServer, *command: str) -> Any:
    """Send a command to the server."""
    with redis.Redis.from_url(server.url) as client:
        return client.execute_command(*command)


def test_many_users_are_read_and_written_in_one_round_trip_each(
    player: Player, server: RedisServer, world: World
) -> None:
    assert player.names(IDS) == NAMES
    admin(server, "CONFIG", "RESETSTAT")
    assert player.names(IDS) == NAMES
    calls = {name for name in admin(server, "INFO", "commandstats") if name.startswith("cmdstat_")}
    assert calls & {"cmdstat_mget", "cmdstat_set", "cmdstat_eval"} == {"cmdstat_mget"}
    assert admin(server, "INFO", "commandstats")["cmdstat_mget"]["calls"] == 1
    assert len(world.asked) == 20
    admin(server, "FLUSHALL")
    admin(server, "CONFIG", "RESETSTAT")
    assert player.names(IDS) == NAMES
    calls = admin(server, "INFO", "commandstats")
    assert [calls[f"cmdstat_{name}"]["calls"] for name in ("mget", "eval")] == [2, 1]


def test_entries_and_leases_expire(player: Player, server: RedisServer) -> None:
    player.names(IDS[:1])
    (key,) = admin(server, "KEYS", "*")
    assert key.decode() == f"eternaltwin:profiles:{IDS[0]}"
    assert 690_000 < admin(server, "TTL", key) <= 300 + 86_400 + 7 * 86_400
    store = RedisProfileStore(server.url)
    assert list(store.lease(IDS[:2], "token", 10).granted) == [True, True]
    assert list(store.lease(IDS[:3], "other", 10).granted) == [False, False, True]
    assert 0 < admin(server, "PTTL", f"eternaltwin:profiles:lease:{IDS[0]}") <= 10_000


def test_without_a_server_calls_go_to_eternaltwin_and_one_warning_is_logged(
    player: Player, server: RedisServer, world: World, clock: Clock, warnings: pytest.LogCaptureFixture
) -> None:
    server.stop()
    for _ in range(3):
        assert player.names(IDS) == NAMES
        assert player.get(IDS[0]).username == "Name 0"
        clock.now += 10
    assert len(world.asked) == 63
    (warning,) = texts(warnings)
    assert warning.startswith("the cache of profiles cannot be used: ConnectionError: ")
    assert warning.endswith("; reading profiles: calls go to the server")
    server.restart()
    assert player.names(IDS) == player.names(IDS) == NAMES
    assert len(world.asked) == 83
    assert texts(warnings, logging.INFO) == ["the cache of profiles can be used again"]


def test_a_server_that_is_restarted_or_flushed_in_the_middle(
    player: Player, server: RedisServer, world: World, clock: Clock
) -> None:
    assert player.names(IDS) == NAMES
    server.restart()
    assert player.names(IDS) == NAMES
    clock.now += 10
    assert player.names(IDS) == NAMES
    asked = len(world.asked)
    assert player.names(IDS) == NAMES
    assert len(world.asked) == asked
    admin(server, "FLUSHALL")
    assert player.names(IDS) == player.names(IDS) == NAMES
    assert len(world.asked) == asked + 20


def test_a_server_that_is_full_can_still_be_read(
    player: Player, server: RedisServer, world: World, clock: Clock, warnings: pytest.LogCaptureFixture
) -> None:
    assert player.names(IDS[:10]) == dict(list(NAMES.items())[:10])
    admin(server, "CONFIG", "SET", "maxmemory", "1")
    world.asked.clear()
    for _ in range(2):
        assert player.names(IDS) == NAMES
    assert sorted(world.asked) == sorted(IDS[10:] * 2)
    clock.now += 1000
    assert player.names(IDS[:10]) == dict(list(NAMES.items())[:10])
    assert len(texts(warnings)) == 1
    admin(server, "CONFIG", "SET", "maxmemory", "0")
    world.asked.clear()
    assert player.names(IDS) == player.names(IDS) == NAMES
    assert sorted(world.asked) == sorted(IDS)
    assert texts(warnings, logging.INFO)[-1] == "the cache of profiles can be used again"


def test_a_server_that_evicts_is_a_cache_all_the_same(player: Player, server: RedisServer) -> None:
    admin(server, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    admin(server, "CONFIG", "SET", "maxmemory", str(admin(server, "INFO", "memory")["used_memory"] + 4096))
    for _ in range(3):
        assert player.names(IDS) == NAMES


def test_a_server_that_fails_over_can_be_read_meanwhile(
    player: Player, server: RedisServer, world: World, clock: Clock, warnings: pytest.LogCaptureFixture
) -> None:
    assert player.names(IDS) == NAMES
    admin(server, "REPLICAOF", "127.0.0.1", "1")
    clock.now += 1000
    assert player.names(IDS) == NAMES
    world.names[IDS[0]] = "Renamed"
    assert player.get(IDS[0], fresh=True).username == "Renamed"
    assert len(texts(warnings)) == 1
    admin(server, "REPLICAOF", "NO", "ONE")
    player.names(IDS)
    assert player.get(IDS[0]).username == "Renamed"


def test_what_was_forgotten_while_it_was_read_is_not_written(server: RedisServer) -> None:
    store = RedisProfileStore(server.url)
    key, entry = IDS[0], KeptEntry(b"entry", 10)
    assert list(store.lease([key], "mine", 10).granted) == [True]
    store.forget([key])
    store.settle("mine", {key: entry})
    assert store.read([key]) == [None]
    assert list(store.lease([key], "mine", 10).granted) == [True]
    store.write({key: entry})
    store.settle("mine", {key: KeptEntry(b"older", 10)})
    assert store.read([key]) == [b"entry"]
    assert list(store.lease([key], "mine", 10).granted) == [True]
    store.settle("mine", {key: None})
    assert list(store.lease([key], "other", 10).granted) == [True]
    assert store.read([key]) == [b"entry"]


async def use(store: RedisProfileStore) -> None:
    """Use every asyncio call of a store."""
    key, entry = IDS[0], KeptEntry(b"entry", 10)
    await store.aforget([key])
    assert list((await store.alease([key], "mine", 10)).granted) == [True]
    await store.asettle("mine", {key: entry})
    assert await store.aread([key]) == [b"entry"]
    await store.awrite({key: KeptEntry(b"new", 10)})
    assert await store.aread([key]) == [b"new"]


def test_a_sync_client_serves_both_kinds_of_calls(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as client:
        store = RedisProfileStore(client, prefix="mine:")
        asyncio.run(use(store))
        assert store.read([IDS[0]]) == [b"new"]
        assert client.get(f"mine:{IDS[0]}") == b"new"


def test_an_asyncio_client_serves_asyncio_calls(server: RedisServer) -> None:
    async def use_client() -> None:
        async with redis_asyncio.Redis.from_url(server.url) as client:
            store = RedisProfileStore(client)
            await use(store)
            with pytest.raises(ConfigurationError, match="pass a URL instead"):
                store.read([IDS[0]])

    asyncio.run(use_client())


def test_a_store_serves_one_event_loop_after_another(server: RedisServer) -> None:
    store = RedisProfileStore(server.url)
    for _ in range(2):
        asyncio.run(use(store))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_loop_that_leaves_its_connections_open_does_not_disturb_the_next(server: RedisServer) -> None:
    store = RedisProfileStore(server.url)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(use(store))
    loop.close()
    asyncio.run(use(store))
    gc.collect()


def test_a_client_that_decodes_is_not_used(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        store = RedisProfileStore(client)
        store.write({IDS[0]: KeptEntry(b"\xff", 10)})
        with pytest.raises(ProfileStoreError, match="UnicodeDecodeError"):
            store.read([IDS[0]])


def test_an_error_shows_no_password(tmp_path: Path) -> None:
    store = RedisProfileStore(f"unix://user:hunter2@{tmp_path}/none")
    with pytest.raises(ProfileStoreError) as refused:
        store.read([IDS[0]])
    assert "hunter2" not in f"{refused.value!r} {store!r} {refused.value.__context__!r}"

    async def read() -> None:
        await store.aread([IDS[0]])

    with pytest.raises(ProfileStoreError, match="cannot be used"):
        asyncio.run(read())


@pytest.mark.parametrize("build", [ProfileCache, RedisProfileStore])
@pytest.mark.parametrize("url", ["redis://:hunter2@localhost:port", "http://:hunter2@localhost"])
def test_a_wrong_url_shows_no_password(build: Callable[[str], object], url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        build(url)
    assert "hunter2" not in f"{refused.value}"
    assert not [line for line in frames_with("hunter2", refused.value) if "/src/" in line]


@pytest.mark.parametrize("wrong", [5, object(), "http://localhost"])
def test_something_else_is_no_server(wrong: object) -> None:
    with pytest.raises(ConfigurationError):
        RedisProfileStore(cast("str", wrong))


def test_the_package_redis_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, Any]", sys.modules), "redis", None)
    with pytest.raises(MissingExtraError, match='RedisProfileStore needs redis: pip install "eternaltwin'):
        ProfileCache("redis://localhost")


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match=r"'eternaltwin\.profiles' has no attribute 'DiskProfileStore'"):
        _ = profiles.DiskProfileStore
