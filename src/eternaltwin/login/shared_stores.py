"""Stores that several machines share: Redis or Valkey, and the backends of Django's cache."""

from __future__ import annotations

import asyncio
import secrets
import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from eternaltwin.exceptions import ConfigurationError, LoginStoreError, MissingExtraError
from eternaltwin.redis_clients import (
    check_redis_url,
    is_asyncio_client,
    loaded_errors,
    open_redis,
    redis_errors,
    system_reason,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from contextlib import AbstractAsyncContextManager

#: Timeout of a Redis server in seconds, unless its URL sets another.
REDIS_TIMEOUT = 5.0

#: The errors of the backends of Django's cache, by module. They are caught if the module is imported.
_CACHE_ERRORS = (
    ("django.db", "Error"),
    ("redis.exceptions", "RedisError"),
    ("pymemcache.exceptions", "MemcacheError"),
    ("pylibmc", "Error"),
)


#: The module of Django's database errors, whose texts contain no credentials.
_DATABASE_ERRORS = "django.db.utils"


class RedisClient(Protocol):
    """A sync or async client of the package `redis` or `valkey`."""

    def set(self, name: str, value: str, *, ex: int, nx: bool) -> object:
        """Send `SET name value EX ex NX`.

        Args:
            name: The key.
            value: The value.
            ex: Seconds until the key expires.
            nx: Whether to set the key only if it does not exist.

        Returns:
            A true value if the key was set, or an awaitable of it.
        """
        ...


class RedisStore:
    """Remember used sign-ins in Redis or Valkey, for all processes of all machines.

    With a URL, the sync calls share a pool of connections, and each async call opens its own connection: that works on
    any event loop, and is little beside the two requests that a sign-in sends to Eternaltwin. Pass an async client to
    use its pool instead.

    The server must not evict keys before they expire: set `maxmemory-policy` to `noeviction`, the default, or to
    `volatile-ttl` with enough memory.

    Args:
        server: A URL, such as `redis://localhost:6379/0`, or a client of `redis` or `valkey`.
        prefix: Start of the keys.

    Raises:
        MissingExtraError: `server` is a URL, and the package `redis` is not installed.
        ConfigurationError: `server` is neither a URL nor a client.

    Example:
        >>> login = LoginFlow(store=RedisStore("redis://localhost:6379/0"))
    """

    def __init__(self, server: str | RedisClient, prefix: str = "eternaltwin:login:") -> None:
        self._prefix = prefix
        self._url = check_redis_url(server) if isinstance(server, str) else None
        self._blocking: RedisClient | None = None
        self._asyncio: RedisClient | None = None
        if isinstance(server, str):
            self._blocking = self._open("redis")
        elif is_asyncio_client(server):
            self._asyncio = server
        else:
            self._blocking = server

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds to remember the key for.

        Returns:
            True for the first call with this key, False for every further one within `ttl` seconds.

        Raises:
            LoginStoreError: The server cannot be used.
            ConfigurationError: The store has an async client only.
        """
        if self._blocking is None:
            raise ConfigurationError("this store has an async client: pass a URL instead", setting="server")
        try:
            return bool(self._set(self._blocking, key, ttl))
        except redis_errors() as exc:
            failure = _unusable(exc)
        raise failure

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.login.shared_stores.RedisStore.consume]."""
        if self._url is None and self._asyncio is None:
            return await asyncio.to_thread(self.consume, key, ttl)
        try:
            return await self._aset(key, ttl)
        except redis_errors() as exc:
            failure = _unusable(exc)
        raise failure

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
        """Return a client without retries: the response to a repeated `SET NX` would be wrong."""
        return cast("RedisClient", open_redis(module, f"{self._url}", REDIS_TIMEOUT, "RedisStore", **options))

    def __repr__(self) -> str:  # a URL may hold a password
        return f"<RedisStore {self._prefix}>"


class DjangoCacheStore:
    """Remember used sign-ins in one of Django's caches.

    | backend | suitable |
    | --- | --- |
    | `RedisCache` | yes |
    | `PyMemcacheCache` and `PyLibMCCache` | yes, with enough memory: a full server evicts the oldest keys |
    | `DatabaseCache` | yes, with a large `MAX_ENTRIES` (the default is 300) |
    | `FileBasedCache` | no, refused: its `add` is not atomic, so two callbacks may both succeed |
    | `LocMemCache` | for development only: one per process, and it evicts keys at `MAX_ENTRIES` |
    | `DummyCache` | no, refused: it stores nothing |

    Args:
        alias: The name of the cache in the setting `CACHES`. It is checked when it is first used.

    Example:
        >>> login = LoginFlow(store=DjangoCacheStore())
    """

    def __init__(self, alias: str = "default") -> None:
        self._alias = alias
        self._is_checked = False

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds to remember the key for.

        Returns:
            True for the first call with this key, False for every further one within `ttl` seconds.

        Raises:
            LoginStoreError: The cache cannot be used.
            ConfigurationError: The cache does not exist, or is not suitable.
            MissingExtraError: Django is not installed.
        """
        cache = self._cache()
        try:
            if not self._is_checked:
                probe = f"eternaltwin:login:{secrets.token_hex(16)}"
                self._check_probe(cache.add(probe, 1, 60), cache.add(probe, 1, 60))
            return bool(cache.add(f"eternaltwin:login:{key}", 1, ttl))
        except _cache_errors() as exc:
            failure = _unusable(exc)
        raise failure

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.login.shared_stores.DjangoCacheStore.consume]."""
        cache = self._cache()
        try:
            if not self._is_checked:
                probe = f"eternaltwin:login:{secrets.token_hex(16)}"
                self._check_probe(await cache.aadd(probe, 1, 60), await cache.aadd(probe, 1, 60))
            return bool(await cache.aadd(f"eternaltwin:login:{key}", 1, ttl))
        except _cache_errors() as exc:
            failure = _unusable(exc)
        raise failure

    def _cache(self) -> _DjangoCache:
        """Return the cache of this thread or task: Django builds one for each."""
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
                f"CACHES[{self._alias!r}] is a FileBasedCache, in which two callbacks with the same state may both"
                " succeed: use another cache, or SQLiteStore",
                setting="CACHES",
            )
        if "LocMemCache" in names:
            warnings.warn(
                f"CACHES[{self._alias!r}] is a LocMemCache: each process remembers used sign-ins for itself, and"
                " forgets some when it is full. That is enough for development, not for production.",
                stacklevel=3,
            )

    def _check_probe(self, is_first_added: object, is_second_added: object) -> None:
        """Check the results of adding the same key twice: it is new, and then it is not."""
        if is_second_added:
            raise ConfigurationError(
                f"CACHES[{self._alias!r}] does not store what is added to it (is it a DummyCache?): every callback"
                " could be replayed",
                setting="CACHES",
            )
        if not is_first_added:
            raise LoginStoreError(f"CACHES[{self._alias!r}] does not accept keys: can its server be reached?")
        self._is_checked = True

    def __repr__(self) -> str:
        return f"<DjangoCacheStore {self._alias}>"


class _DjangoCache(Protocol):
    """The used part of `django.core.cache.backends.base.BaseCache`."""

    def add(self, key: str, value: object, seconds: float, /) -> object: ...
    async def aadd(self, key: str, value: object, seconds: float, /) -> object: ...


class _DjangoCaches(Protocol):
    def __contains__(self, alias: object) -> bool: ...
    def __getitem__(self, alias: str) -> _DjangoCache: ...


def _cache_errors() -> tuple[type[Exception], ...]:
    return (OSError, *loaded_errors(_CACHE_ERRORS))


def _unusable(exc: Exception) -> LoginStoreError:
    """Return the error for a call that failed, to be raised where no exception is handled, so that none is chained."""
    reason = f"{exc}" if type(exc).__module__ == _DATABASE_ERRORS else system_reason(exc)
    return LoginStoreError(
        ": ".join(filter(None, ("the store of used sign-ins cannot be used", type(exc).__name__, reason)))
    )
