"""Sites to sign in at, in both variants, and every kind of store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import CacheHandler

from eternaltwin.login import DjangoCacheStore, MemoryStore, RedisStore, SQLiteStore
from tests.login.sites import Browser, Site, dev_server, open_servers
from tests.support.fake_redis import FakeRedis
from tests.support.redis_server import redis_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.login import SingleUseStore


@pytest.fixture(autouse=True)
def close_servers() -> Iterator[None]:
    yield
    while open_servers:
        open_servers.pop().stop()


@pytest.fixture(params=["sync", "asyncio"])
def site(request: pytest.FixtureRequest) -> Site:
    return Site(dev_server(), is_async=request.param == "asyncio")


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real Redis server, and stop it after the tests."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def fake_redis() -> Iterator[FakeRedis]:
    with FakeRedis() as server:
        yield server


def set_caches(monkeypatch: pytest.MonkeyPatch, **default: object) -> None:
    """Give Django one cache, for the duration of a test."""
    monkeypatch.setattr("django.core.cache.caches", CacheHandler({"default": default}))


def django_on_memory(name: str, monkeypatch: pytest.MonkeyPatch) -> DjangoCacheStore:
    set_caches(monkeypatch, BACKEND="django.core.cache.backends.locmem.LocMemCache", LOCATION=name)
    store = DjangoCacheStore()
    with pytest.warns(UserWarning, match="each process remembers used sign-ins for itself"):
        assert store.consume("0" * 64, 60)
    return store


@pytest.fixture(params=["memory", "sqlite", "fake redis", "redis", "django on memory", "django on redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SingleUseStore:
    match request.param:
        case "memory":
            return MemoryStore()
        case "sqlite":
            return SQLiteStore(tmp_path / "logins.sqlite")
        case "fake redis":
            fake: FakeRedis = request.getfixturevalue("fake_redis")
            return RedisStore(fake.url)
        case "redis":
            return RedisStore(f"{request.getfixturevalue('redis_url')}", prefix=f"{tmp_path}:")
        case "django on memory":
            return django_on_memory(f"{tmp_path}", monkeypatch)
        case _:
            server = f"{request.getfixturevalue('redis_url')}"
            backend = "django.core.cache.backends.redis.RedisCache"
            set_caches(monkeypatch, BACKEND=backend, LOCATION=server, KEY_PREFIX=f"{tmp_path}")
            return DjangoCacheStore()
