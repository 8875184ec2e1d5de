"""Stores that live on servers of their own: Redis or Valkey, and whatever is behind Django's cache."""

from __future__ import annotations

import asyncio
import inspect
import secrets
import sys
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from eternaltwin.exceptions import ConfigurationError, LoginStoreError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

#: Seconds within which a Redis server must answer, unless its URL says otherwise.
REDIS_PATIENCE = 5.0

#: What the URLs of Redis and Valkey servers start with.
URL_SCHEMES = ("redis://", "rediss://", "unix://", "valkey://", "valkeys://")

#: The errors of what may be behind Django's cache, by their modules: caught if these are imported.
_CACHE_ERRORS = (
    ("django.db", "Error"),
    ("redis.exceptions", "RedisError"),
    ("pymemcache.exceptions", "MemcacheError"),
    ("pylibmc", "Error"),
)


class RedisClient(Protocol):
    """A client of the package `redis` or `valkey`, blocking or for asyncio."""

    def set(self, name: str, value: str, *, ex: int, nx: bool) -> object:
        """`SET name value EX ex NX`."""
        ...


class _RedisModule(Protocol):
    """`redis` or `redis.asyncio`, as far as it is used here."""

    def from_url(self, url: str, **options: object) -> RedisClient: ...


class RedisStore:
    """Remembers in Redis or Valkey, for all processes of all machines.

    With a URL, the blocking calls share a pool of connections, and each asyncio call opens one of
    its own: that works on any event loop, and a sign-in sends two requests to Eternaltwin anyway. A
    client of one's own for asyncio keeps its pool.

    The server must not evict keys that have not expired: `maxmemory-policy noeviction` (the
    default) or `volatile-ttl` with enough memory.

    Args:
        server: a URL, such as `redis://localhost:6379/0`, or a client of `redis` or `valkey`.
        prefix: what the keys start with.

    Raises:
        MissingExtraError: `server` is a URL, and the package `redis` is not installed.
        ConfigurationError: `server` is neither.
    """

    def __init__(self, server: str | RedisClient, prefix: str = "eternaltwin:login:") -> None:
        self._prefix = prefix
        self._url = _redis_url(server) if isinstance(server, str) else None
        self._blocking: RedisClient | None = None
        self._asyncio: RedisClient | None = None
        if isinstance(server, str):
            self._blocking = self._open("redis")
        elif _is_asyncio(server):
            self._asyncio = server
        else:
            self._blocking = server

    def consume(self, key: str, ttl: int) -> bool:
        """See [`consume`][eternaltwin.login.stores.SingleUseStore.consume]."""
        if self._blocking is None:
            raise ConfigurationError("this store has a client for asyncio: give it a URL instead", setting="server")
        try:
            return bool(self._set(self._blocking, key, ttl))
        except _redis_errors() as exc:
            raise _unusable(exc) from exc

    async def aconsume(self, key: str, ttl: int) -> bool:
        """See [`consume`][eternaltwin.login.stores.SingleUseStore.consume]."""
        if self._url is None and self._asyncio is None:
            return await asyncio.to_thread(self.consume, key, ttl)
        try:
            return await self._aset(key, ttl)
        except _redis_errors() as exc:
            raise _unusable(exc) from exc

    async def _aset(self, key: str, ttl: int) -> bool:
        if self._asyncio is not None:
            return bool(await self._awaitable_set(self._asyncio, key, ttl))
        fresh = self._open("redis.asyncio", single_connection_client=True)
        async with cast("AbstractAsyncContextManager[RedisClient]", fresh) as client:
            return bool(await self._awaitable_set(client, key, ttl))

    def _set(self, client: RedisClient, key: str, ttl: int) -> object:
        return client.set(f"{self._prefix}{key}", "used", ex=ttl, nx=True)

    def _awaitable_set(self, client: RedisClient, key: str, ttl: int) -> Awaitable[object]:
        return cast("Awaitable[object]", self._set(client, key, ttl))

    def _open(self, module: str, **options: object) -> RedisClient:
        """A client for the URL. It repeats nothing: the answer to a repeated `SET NX` would be wrong."""
        try:
            redis = cast("_RedisModule", import_module(module))
            no_retry: object = import_module("redis.retry").Retry(import_module("redis.backoff").NoBackoff(), 0)
        except ImportError:
            raise MissingExtraError('RedisStore needs redis: pip install "eternaltwin[redis]"') from None
        patience = {"socket_timeout": REDIS_PATIENCE, "socket_connect_timeout": REDIS_PATIENCE}
        return redis.from_url(f"{self._url}", retry=no_retry, **patience, **options)

    def __repr__(self) -> str:  # a URL may hold a password
        return f"<RedisStore {self._prefix}>"


class DjangoCacheStore:
    """Remembers in one of Django's caches.

    ==========================  ==============================================================
    backend                     is it good for this?
    ==========================  ==============================================================
    `RedisCache`              yes
    `PyMemcacheCache` etc.    yes, with enough memory: a full server forgets the oldest keys
    `DatabaseCache`           yes, with a large `MAX_ENTRIES` (300 is the default)
    `FileBasedCache`          no: its `add` is not atomic, so two callbacks may both win
    `LocMemCache`             for development: per process, and forgets at `MAX_ENTRIES`
    `DummyCache`              no: it holds nothing, and is refused
    ==========================  ==============================================================

    Args:
        alias: the cache's name in the setting `CACHES`.
    """

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias
        self._is_checked = False

    def consume(self, key: str, ttl: int) -> bool:
        """See [`consume`][eternaltwin.login.stores.SingleUseStore.consume].

        Raises:
            ConfigurationError: the cache does not hold what is added to it, or there is none.
            MissingExtraError: Django is not installed.
        """
        cache = self._cache()
        try:
            if not self._is_checked:
                probe = f"eternaltwin:login:{secrets.token_hex(16)}"
                self._check(cache.add(probe, 1, 60), cache.add(probe, 1, 60))
            return bool(cache.add(f"eternaltwin:login:{key}", 1, ttl))
        except _cache_errors() as exc:
            raise _unusable(exc) from exc

    async def aconsume(self, key: str, ttl: int) -> bool:
        """See `consume`."""
        cache = self._cache()
        try:
            if not self._is_checked:
                probe = f"eternaltwin:login:{secrets.token_hex(16)}"
                self._check(await cache.aadd(probe, 1, 60), await cache.aadd(probe, 1, 60))
            return bool(await cache.aadd(f"eternaltwin:login:{key}", 1, ttl))
        except _cache_errors() as exc:
            raise _unusable(exc) from exc

    def _cache(self) -> _DjangoCache:
        """The cache of this thread or task: Django makes one for each."""
        try:
            caches = cast("_DjangoCaches", import_module("django.core.cache").caches)
        except ImportError:
            raise MissingExtraError('DjangoCacheStore needs Django: pip install "eternaltwin[django]"') from None
        if self._alias not in caches:
            raise ConfigurationError(f"the setting CACHES has no cache {self._alias!r}", setting="CACHES")
        cache = caches[self._alias]
        if not self._is_checked:
            self._check_kind(type(cache))
        return cache

    def _check_kind(self, backend: type[_DjangoCache]) -> None:
        names = {base.__name__ for base in backend.__mro__}
        if "FileBasedCache" in names:
            raise ConfigurationError(
                f"CACHES[{self._alias!r}] is a FileBasedCache, in which two callbacks with the same state may both win:"
                " use another cache, or SQLiteStore",
                setting="CACHES",
            )
        if "LocMemCache" in names:
            warnings.warn(
                f"CACHES[{self._alias!r}] is a LocMemCache: each process remembers used sign-ins for itself, and"
                " forgets some when it is full. That is enough to develop with, not for players.",
                stacklevel=3,
            )

    def _check(self, is_first_added: object, is_second_added: object) -> None:
        """What adding the same key twice must answer: it is new, and then it is not."""
        if is_second_added:
            raise ConfigurationError(
                f"CACHES[{self._alias!r}] does not hold what is added to it (is it a DummyCache?): every callback"
                " could be replayed",
                setting="CACHES",
            )
        if not is_first_added:
            raise LoginStoreError(f"CACHES[{self._alias!r}] does not take what is added to it: can it be reached?")
        self._is_checked = True

    def __repr__(self) -> str:
        return f"<DjangoCacheStore {self._alias}>"


class _DjangoCache(Protocol):
    """`django.core.cache.backends.base.BaseCache`, as far as it is used here."""

    def add(self, key: str, value: object, seconds: float, /) -> object: ...
    async def aadd(self, key: str, value: object, seconds: float, /) -> object: ...


class _DjangoCaches(Protocol):
    def __contains__(self, alias: object) -> bool: ...
    def __getitem__(self, alias: str) -> _DjangoCache: ...


def _redis_url(text: str) -> str:
    if not text.startswith(URL_SCHEMES):
        raise ConfigurationError(
            "server must be a URL such as 'redis://localhost:6379/0', or a client", setting="server"
        )
    return text.replace("valkey", "redis", 1) if text.startswith("valkey") else text


def _is_asyncio(client: object) -> bool:
    if not callable(getattr(client, "set", None)):
        raise ConfigurationError("server must be a URL, or a client with the method set()", setting="server")
    execute: Callable[..., object] | None = getattr(client, "execute_command", None)
    return inspect.iscoroutinefunction(execute)


def _loaded(errors: tuple[tuple[str, str], ...]) -> tuple[type[Exception], ...]:
    """The exceptions of these names, of modules that are loaded: what is not loaded raises nothing."""
    found = ((sys.modules.get(module), name) for module, name in errors)
    return tuple(cast("type[Exception]", getattr(module, name)) for module, name in found if module is not None)


def _redis_errors() -> tuple[type[Exception], ...]:
    return (OSError, *_loaded((("redis.exceptions", "RedisError"), ("valkey.exceptions", "ValkeyError"))))


def _cache_errors() -> tuple[type[Exception], ...]:
    return (OSError, *_loaded(_CACHE_ERRORS))


def _unusable(exc: Exception) -> LoginStoreError:
    return LoginStoreError(f"where used sign-ins are remembered cannot be used: {type(exc).__name__}: {exc}")
