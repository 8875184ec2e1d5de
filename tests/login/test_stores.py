"""Stores: each accepts a key once within its time to live, for all processes that share the store."""

from __future__ import annotations

import asyncio
import os
import pickle
import re
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import count
from threading import Barrier
from typing import TYPE_CHECKING, Any, cast

import pytest
import redis
import redis.asyncio
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.db import OperationalError
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import (
    ConfigurationError,
    InvalidArgumentError,
    LoginError,
    LoginStoreError,
    MissingExtraError,
)
from eternaltwin.login import DjangoCacheStore, MemoryStore, RedisStore, SingleUseStore, SQLiteStore, stores
from eternaltwin.login.stores import SPARE_DEADLINES
from tests.login.conftest import django_on_memory, set_caches
from tests.support.interruptions import Interruption

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.fake_redis import FakeRedis

KEY = "ab" * 32
OTHER = "cd" * 32
CROWD = 50


def said(error: ConfigurationError) -> tuple[str | None, str]:
    """Return the setting that an error names, and its whole message."""
    return error.setting, str(error)


# --- all stores


def test_a_key_is_used_once(store: SingleUseStore) -> None:
    assert isinstance(store, SingleUseStore)
    assert [store.consume(key, 60) for key in (KEY, KEY, OTHER, KEY, OTHER)] == [True, False, True, False, False]


def test_a_key_is_used_once_on_an_event_loop(store: SingleUseStore) -> None:
    async def twice() -> list[bool]:
        return [await store.aconsume(KEY, 60), await store.aconsume(KEY, 60)]

    assert asyncio.run(twice()) == [True, False]
    assert asyncio.run(twice()) == [False, False]  # on another event loop
    assert store.consume(KEY, 60) is False


def test_one_of_many_threads_succeeds(store: SingleUseStore) -> None:
    barrier = Barrier(CROWD)

    def consume(_: int) -> bool:
        barrier.wait()
        return store.consume(KEY, 60)

    with ThreadPoolExecutor(CROWD) as crowd:
        assert sum(crowd.map(consume, range(CROWD))) == 1


def test_one_of_many_tasks_succeeds(store: SingleUseStore) -> None:
    async def consume() -> list[bool]:
        return await asyncio.gather(*(store.aconsume(KEY, 60) for _ in range(CROWD)))

    assert sum(asyncio.run(consume())) == 1


def test_a_store_hides_its_credentials(store: SingleUseStore) -> None:
    assert repr(store).startswith(f"<{type(store).__name__}")
    assert "redis://" not in repr(store)


# --- several processes

_WORKER = """
import sys
from eternaltwin.login import RedisStore, SQLiteStore
store = {"sqlite": SQLiteStore, "redis": RedisStore}[sys.argv[1]](sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
print([key for key in range(50) if store.consume(f"{key:064x}", 60)])
"""


def _race(kind: str, place: str) -> list[int]:
    """Let four processes use the same 50 keys at the same time, and return the keys that were accepted, sorted."""
    command = [sys.executable, "-c", _WORKER, kind, place]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate()[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * 4
    return sorted(int(key) for line in outputs for key in line.strip("[]\n").split(", ") if key)


def test_processes_share_a_sqlite_file(tmp_path: Path) -> None:
    assert _race("sqlite", f"{tmp_path}/logins.sqlite") == list(range(50))


def test_processes_share_a_redis_server(redis_url: str) -> None:
    with redis.Redis(unix_socket_path=redis_url.removeprefix("unix://")) as client:
        client.delete(*(f"eternaltwin:login:{key:064x}" for key in range(50)))
    assert _race("redis", redis_url) == list(range(50))


# --- memory


def test_memory_forgets_expired_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    store = MemoryStore()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert store.consume(KEY, 60)
    assert store.consume(OTHER, 600)
    monkeypatch.setattr(time, "monotonic", lambda: now + 59)
    assert not store.consume(KEY, 60)
    monkeypatch.setattr(time, "monotonic", lambda: now + 60)
    assert store.consume(KEY, 60)
    assert not store.consume(OTHER, 60)
    assert repr(store) == "<MemoryStore, 2 of 100000 used>"


def test_full_memory_refuses_rather_than_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    store = MemoryStore(max_entries=2)
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert store.consume(KEY, 60)
    assert store.consume(OTHER, 90)
    with pytest.raises(LoginStoreError, match="2 sign-ins are remembered"):
        store.consume("0" * 64, 60)
    assert not store.consume(KEY, 60)
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert store.consume("0" * 64, 60)
    assert len(store) == 2


@given(
    calls=st.lists(
        st.tuples(st.sampled_from("abcde"), st.integers(min_value=1, max_value=20), st.integers(0, 9)), max_size=40
    )
)
def test_memory_never_accepts_a_key_twice_within_its_time(calls: list[tuple[str, int, int]]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        now = 1000.0
        store = MemoryStore(max_entries=3)
        deadlines: dict[str, float] = {}
        for key, ttl, pause in calls:
            now += pause
            monkeypatch.setattr(time, "monotonic", lambda now=now: now)
            deadlines = {name: deadline for name, deadline in deadlines.items() if deadline > now}
            if key not in deadlines and len(deadlines) == 3:
                with pytest.raises(LoginStoreError):
                    store.consume(key, ttl)
            else:
                assert store.consume(key, ttl) is (key not in deadlines)
                deadlines.setdefault(key, now + ttl)


def test_a_memory_of_one_key_is_possible() -> None:
    store = MemoryStore(1)
    assert store.consume(KEY, 60)
    with pytest.raises(LoginStoreError) as caught:
        store.consume(OTHER, 60)
    assert str(caught.value) == "1 sign-ins are remembered, and none has expired: use a larger max_entries"


@pytest.mark.parametrize("call", ["consume", "forget"])
def test_memory_remembers_no_key_too_briefly_or_too_long_wherever_a_call_is_interrupted(
    monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def is_interrupted(place: int) -> bool:
        store = MemoryStore()
        monkeypatch.setattr(time, "monotonic", lambda: 0.0)
        assert store.consume("expired", 10)
        assert store.consume("used", 60)
        for number in range(SPARE_DEADLINES):
            store.consume(f"forgotten {number}", 60)
            store.forget(f"forgotten {number}")
        monkeypatch.setattr(time, "monotonic", lambda: 10.0)
        interrupted = {"consume": lambda: store.consume(KEY, 20), "forget": lambda: store.forget("expired")}[call]
        has_come = Interruption(place, "line", stores.__file__).run(interrupted)
        assert not store.consume("used", 60)
        monkeypatch.setattr(time, "monotonic", lambda: 30.0)
        assert not store.consume("used", 60)
        assert len(store) == 1
        monkeypatch.setattr(time, "monotonic", lambda: 60.0)
        assert store.consume("used", 60)
        return has_come

    places = count()
    with ThreadPoolExecutor(1) as threads:  # a thread of its own, so that only its trace function changes
        while threads.submit(is_interrupted, next(places)).result():
            pass
    assert next(places) > 3


@pytest.mark.parametrize("size", [0, -1, True, 1.5])
def test_the_size_of_memory_is_checked(size: int) -> None:
    with pytest.raises(InvalidArgumentError, match="max_entries must be an integer"):
        MemoryStore(size)


# --- SQLite


def test_a_sqlite_file_outlives_the_store_and_forgets_expired_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "logins.sqlite"
    assert SQLiteStore(path).consume(KEY, 60)
    assert SQLiteStore(path).consume(OTHER, 600)
    assert not SQLiteStore(path).consume(KEY, 60)
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert SQLiteStore(path).consume(KEY, 60)
    assert not SQLiteStore(path).consume(OTHER, 60)
    database = sqlite3.connect(path)
    assert database.execute("SELECT count(*) FROM used_logins").fetchone() == (2,)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    database.close()


@pytest.mark.parametrize("path", ["", ":memory:", None, 3, b"logins.sqlite"])
def test_a_sqlite_store_is_a_file(path: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SQLiteStore(cast("str", path))
    assert said(caught.value) == ("path", "path must be the path of a file: for memory, use MemoryStore()")


def test_the_folder_of_a_sqlite_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SQLiteStore(tmp_path / "none" / "logins.sqlite")
    assert said(caught.value) == ("path", f"there is no folder {tmp_path / 'none'}: create it first")


def test_a_file_that_is_not_a_database_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "logins.sqlite"
    path.write_bytes(b"not a database, but long enough to look at" * 100)
    for error in _failures(SQLiteStore(path)):
        assert str(error) == f"{path} cannot be used: file is not a database"


def test_a_prepared_sqlite_file_is_not_prepared_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logins.sqlite"
    assert SQLiteStore(path).consume(KEY, 60)
    statements: list[str] = []
    connect = sqlite3.connect

    def traced(*arguments: object, **settings: object) -> sqlite3.Connection:
        assert settings == {"timeout": 5.0, "isolation_level": None}
        database = cast("Callable[..., sqlite3.Connection]", connect)(*arguments, **settings)
        database.set_trace_callback(statements.append)
        return database

    monkeypatch.setattr(sqlite3, "connect", traced)
    assert SQLiteStore(path).consume(OTHER, 60)
    assert statements[0] == "PRAGMA synchronous = NORMAL"
    assert [statement for statement in statements if "CREATE" in statement.upper()] == []
    assert len(statements) == 7


def test_a_sqlite_file_may_be_in_wal_mode_already(tmp_path: Path) -> None:
    """The file may be one of the game's own, with tables of its own."""
    path = tmp_path / "game.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE players (name TEXT)")
        database.execute("INSERT INTO players VALUES ('Zoé')")
        database.commit()
    store = SQLiteStore(path)
    assert store.consume("a", 60)
    assert not store.consume("a", 60)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT name FROM players").fetchall() == [("Zoé",)]


def test_a_sqlite_file_whose_table_is_half_made_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "logins.sqlite"
    assert SQLiteStore(path).consume("a", 60)
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP INDEX used_logins_by_deadline")
        database.commit()
    assert not SQLiteStore(path).consume("a", 60)
    with closing(sqlite3.connect(path)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall()
    assert ("used_logins_by_deadline",) in names


def test_a_file_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "logins.sqlite"
    assert SQLiteStore(path).consume("a", 60)
    locker = sqlite3.connect(path, isolation_level=None)
    with closing(locker), pytest.MonkeyPatch.context() as patch:
        patch.setattr("eternaltwin.login.stores.SQLITE_TIMEOUT", 0.01)
        locker.execute("BEGIN IMMEDIATE")
        with pytest.raises(LoginStoreError, match=r"logins\.sqlite cannot be used: database is locked"):
            SQLiteStore(path).consume("b", 60)


def test_a_file_that_is_being_read_cannot_be_put_into_wal_mode_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "logins.sqlite"
    assert SQLiteStore(path).consume("a", 60)
    monkeypatch.setattr("eternaltwin.login.stores.SQLITE_TIMEOUT", 0.01)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("PRAGMA journal_mode = DELETE")
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM used_logins").fetchone() == (1,)
        with pytest.raises(LoginStoreError, match="database is locked"):
            SQLiteStore(path).consume("b", 60)
    assert SQLiteStore(path).consume("b", 60)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_file_that_another_process_uses_at_that_moment_is_put_into_wal_mode_by_the_next_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shared(sqlite3.Connection):
        """A connection to a file that another process reads when it is put into WAL mode."""

        def execute(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
            if not sql.upper().startswith("PRAGMA JOURNAL_MODE ="):
                return super().execute(sql, parameters)
            with closing(connect(path, isolation_level=None)) as other:
                other.execute("BEGIN")
                other.execute("SELECT count(*) FROM used_logins").fetchone()
                return super().execute(sql, parameters)

    path = tmp_path / "logins.sqlite"
    connect = sqlite3.connect
    with monkeypatch.context() as patch:
        patch.setattr("eternaltwin.login.stores.SQLITE_TIMEOUT", 0.01)
        patch.setattr(sqlite3, "connect", partial(connect, factory=Shared))
        assert SQLiteStore(path).consume("a", 60)
    for mode in ("delete", "wal"):
        with closing(connect(path)) as database:
            assert database.execute("PRAGMA journal_mode").fetchone() == (mode,)
        assert not SQLiteStore(path).consume("a", 60)


def test_a_read_only_file_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "logins.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE players (name TEXT)")
    with path.open("r+b") as file:
        file.seek(18)
        file.write(b"\3")  # a format that SQLite reads, but does not write (section 1.3.3 of its file format)
    for error in _failures(SQLiteStore(path)):
        assert str(error) == f"{path} cannot be used: attempt to write a readonly database"


def test_a_file_with_another_table_of_the_name_is_a_store_error(tmp_path: Path) -> None:
    path = tmp_path / "game.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE used_logins (player TEXT, deadline REAL, score INTEGER)")
    for error in _failures(SQLiteStore(path)):
        assert str(error) == f"{path} cannot be used: table used_logins has 3 columns but 2 values were supplied"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM used_logins").fetchone() == (0,)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork() here")
def test_a_sqlite_store_works_after_a_fork(tmp_path: Path) -> None:
    code = (
        "import os, sys; from eternaltwin.login import SQLiteStore; store = SQLiteStore(sys.argv[1]);"
        "assert store.consume('a', 60); pid = os.fork();"
        "assert store.consume('b' if pid else 'c', 60) and not store.consume('a', 60);"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else 0)"
    )
    subprocess.run([sys.executable, "-c", code, f"{tmp_path}/logins.sqlite"], check=True)


# --- Redis


def test_redis_is_sent_one_atomic_command(fake_redis: FakeRedis) -> None:
    assert RedisStore(fake_redis.url, prefix="game:").consume(KEY, 600)
    (sent,) = [command for command in fake_redis.commands if command[0] == "SET"]
    assert sorted(sent) == sorted(["SET", f"game:{KEY}", "used", "EX", "600", "NX"])


@pytest.mark.parametrize("is_async", [False, True])
def test_redis_is_sent_a_command_once_even_if_it_hangs_up(fake_redis: FakeRedis, is_async: bool) -> None:
    """The response to a repeated `SET NX` would be that the key is used already."""
    fake_redis.hangs_up = True
    store = RedisStore(fake_redis.url)
    with pytest.raises(LoginStoreError) as caught:
        asyncio.run(store.aconsume(KEY, 60)) if is_async else store.consume(KEY, 60)
    assert str(caught.value) == "the store of used sign-ins cannot be used: ConnectionError"
    assert [command[1] for command in fake_redis.commands if command[0] == "SET"] == [f"eternaltwin:login:{KEY}"]


@pytest.mark.parametrize("is_async", [False, True])
def test_redis_has_five_seconds_to_respond(monkeypatch: pytest.MonkeyPatch, is_async: bool) -> None:
    given: list[dict[str, object]] = []
    module = redis.asyncio if is_async else redis
    from_url = cast("Callable[..., object]", module.from_url)

    def recording(url: str, **options: object) -> object:
        given.append(options)
        return from_url(url, **options)

    monkeypatch.setattr(module, "from_url", recording)
    store = RedisStore("redis://127.0.0.1:1")
    with pytest.raises(LoginStoreError):
        asyncio.run(store.aconsume(KEY, 60)) if is_async else store.consume(KEY, 60)
    options = given[-1]
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (5.0, 5.0)


def test_real_redis_forgets_in_time(redis_url: str, tmp_path: Path) -> None:
    assert RedisStore(redis_url, prefix=f"{tmp_path}:").consume(KEY, 600)
    with redis.Redis(unix_socket_path=redis_url.removeprefix("unix://")) as client:
        assert 590 <= client.ttl(f"{tmp_path}:{KEY}") <= 600


def test_a_given_client_is_used(fake_redis: FakeRedis) -> None:
    with redis.Redis(port=fake_redis.port, protocol=2) as client:
        store = RedisStore(client)
        assert store.consume(KEY, 60)
        assert not asyncio.run(store.aconsume(KEY, 60))


def test_a_given_async_client_is_used(fake_redis: FakeRedis) -> None:
    async def use() -> list[bool]:
        async with redis.asyncio.Redis(port=fake_redis.port, protocol=2) as client:
            store = RedisStore(client)
            with pytest.raises(ConfigurationError) as caught:
                store.consume(KEY, 60)
            assert said(caught.value) == ("server", "this store has an async client: pass a URL instead")
            return [await store.aconsume(KEY, 60), await store.aconsume(KEY, 60), await store.aconsume(OTHER, 60)]

    assert asyncio.run(use()) == [True, False, True]


def test_a_redis_server_that_fails_is_a_store_error(fake_redis: FakeRedis) -> None:
    fake_redis.failure = "OOM command not allowed"
    store = RedisStore(fake_redis.url)
    for error in _failures(store):
        assert str(error) == "the store of used sign-ins cannot be used: OutOfMemoryError"


def test_a_redis_server_that_cannot_be_reached_is_a_store_error(tmp_path: Path) -> None:
    store = RedisStore(f"unix://{tmp_path}/none?password=hunter2")
    for error in _failures(store):
        assert str(error).endswith("cannot be used: ConnectionError: No such file or directory")
        assert "hunter2" not in f"{error!r} {store!r}"


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_redis_server_that_quotes_the_password_is_not_quoted(fake_redis: FakeRedis, protocol: int) -> None:
    fake_redis.is_old = True
    url = f"redis://:hunter2@127.0.0.1:{fake_redis.port}/0?protocol={protocol}"
    for error in _failures(RedisStore(url)):
        assert str(error) == "the store of used sign-ins cannot be used: ResponseError"
    assert any("hunter2" in command for command in fake_redis.commands)


def _failures(store: SingleUseStore) -> list[LoginStoreError]:
    """Return the errors of both variants, which must chain no exception of a library."""
    with pytest.raises(LoginStoreError) as caught:
        store.consume(KEY, 60)
    with pytest.raises(LoginStoreError) as caught_async:
        asyncio.run(store.aconsume(KEY, 60))
    errors = [caught.value, caught_async.value]
    for error in errors:
        assert error.__cause__ is None
        assert error.__context__ is None
    return errors


def test_valkey_urls_are_redis_urls(fake_redis: FakeRedis) -> None:
    assert RedisStore(fake_redis.url.replace("redis://", "valkey://")).consume(KEY, 60)


@pytest.mark.parametrize("scheme", ["redis", "valkey"])
def test_only_the_scheme_of_a_valkey_url_is_replaced(fake_redis: FakeRedis, scheme: str) -> None:
    store = RedisStore(fake_redis.url.replace("redis://", f"{scheme}://:valkey@"))
    assert store.consume(KEY, 60)
    assert ["AUTH", "valkey"] in fake_redis.commands


@pytest.mark.parametrize("server", ["localhost:6379", "http://localhost", None, 6379])
def test_a_redis_server_is_a_url_or_a_client(server: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        RedisStore(cast("str", server))
    expected = (
        "server must be a URL such as 'redis://localhost:6379/0', or a client"
        if isinstance(server, str)
        else "server must be a URL, or a client with the method set()"
    )
    assert said(caught.value) == ("server", expected)


def test_without_redis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(MissingExtraError) as caught:
        RedisStore("redis://localhost")
    assert str(caught.value) == 'RedisStore needs redis: pip install "eternaltwin[redis]"'


# --- Django's cache


def test_without_django_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "django.core.cache", None)
    with pytest.raises(MissingExtraError) as caught:
        DjangoCacheStore().consume(KEY, 60)
    assert str(caught.value) == 'DjangoCacheStore needs Django: pip install "eternaltwin[django]"'


@pytest.mark.parametrize("is_async", [False, True])
def test_a_cache_is_tried_once_and_keeps_keys_as_long_as_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_async: bool
) -> None:
    added: list[tuple[object, ...]] = []

    class RecordingCache(LocMemCache):
        def add(
            self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
        ) -> bool:
            added.append((key, value, timeout))
            return super().add(key, value, timeout, version)

    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache", RecordingCache)
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.locmem.LocMemCache", LOCATION=f"{tmp_path}")
    store = DjangoCacheStore()
    with pytest.warns(UserWarning, match="LocMemCache"):
        assert asyncio.run(store.aconsume(KEY, 661)) if is_async else store.consume(KEY, 661)
    assert not (asyncio.run(store.aconsume(KEY, 661)) if is_async else store.consume(KEY, 661))
    probe = f"{added[0][0]}"
    assert re.fullmatch("eternaltwin:login:[0-9a-f]{32}", probe)
    used = (f"eternaltwin:login:{KEY}", 1, 661)
    assert [arguments[:3] for arguments in added] == [(probe, 1, 60), (probe, 1, 60), used, used]


def test_a_dummy_cache_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.dummy.DummyCache")
    message = (
        "CACHES['default'] does not store what is added to it (is it a DummyCache?): every callback could be replayed"
    )
    with pytest.raises(ConfigurationError) as caught:
        DjangoCacheStore().consume(KEY, 60)
    assert said(caught.value) == ("CACHES", message)
    with pytest.raises(ConfigurationError) as caught:
        asyncio.run(DjangoCacheStore().aconsume(KEY, 60))
    assert said(caught.value) == ("CACHES", message)


def test_a_file_based_cache_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.filebased.FileBasedCache", LOCATION=f"{tmp_path}")
    with pytest.raises(ConfigurationError) as caught:
        DjangoCacheStore().consume(KEY, 60)
    message = (
        "CACHES['default'] is a FileBasedCache, in which two callbacks with the same state may both succeed:"
        " use another cache, or SQLiteStore"
    )
    assert said(caught.value) == ("CACHES", message)


def test_the_cache_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.dummy.DummyCache")
    with pytest.raises(ConfigurationError) as caught:
        DjangoCacheStore("logins").consume(KEY, 60)
    assert said(caught.value) == ("CACHES", "the setting CACHES has no cache 'logins'")


def test_a_local_memory_cache_emits_a_warning_on_an_event_loop_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.locmem.LocMemCache", LOCATION=f"{tmp_path}")
    with pytest.warns(UserWarning, match="LocMemCache") as caught:
        assert asyncio.run(DjangoCacheStore().aconsume(KEY, 60))
    message = (
        "CACHES['default'] is a LocMemCache: each process remembers used sign-ins for itself, and forgets some when it"
        " is full. That is enough for development, not for production."
    )
    assert [str(warning.message) for warning in caught] == [message]


def test_a_cache_that_accepts_no_keys_is_a_store_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = django_on_memory(f"{tmp_path}", monkeypatch)
    full = DjangoCacheStore()

    def add_nothing(*_: object) -> bool:
        return False

    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.add", add_nothing)
    with pytest.warns(UserWarning, match="LocMemCache"), pytest.raises(LoginStoreError) as caught:
        full.consume(KEY, 60)
    assert str(caught.value) == "CACHES['default'] does not accept keys: can its server be reached?"
    assert store.consume(KEY, 60) is False


def test_a_cache_that_fails_is_a_store_error(monkeypatch: pytest.MonkeyPatch, fake_redis: FakeRedis) -> None:
    fake_redis.failure = "READONLY You can't write against a read only replica."
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.redis.RedisCache", LOCATION=fake_redis.url)
    for error in _failures(DjangoCacheStore()):
        assert str(error) == "the store of used sign-ins cannot be used: ReadOnlyError"


def test_a_cache_whose_table_is_missing_quotes_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = django_on_memory(f"{tmp_path}", monkeypatch)

    def fail(*_: object) -> bool:
        raise OperationalError("no such table: game_cache")

    monkeypatch.setattr("django.core.cache.backends.locmem.LocMemCache.add", fail)
    for error in _failures(store):
        assert str(error).endswith("cannot be used: OperationalError: no such table: game_cache")


def test_the_shared_stores_need_their_libraries_only_when_used() -> None:
    code = (
        "import sys, eternaltwin.login;"
        "loaded = {'django', 'redis', 'aiohttp', 'urllib3', 'cryptography'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_store_error_has_a_message_for_the_player_and_can_be_pickled() -> None:
    copy: LoginError = pickle.loads(pickle.dumps(LoginStoreError("down")))
    assert (type(copy), str(copy)) == (LoginStoreError, "down")
    assert "try again" in copy.user_message
