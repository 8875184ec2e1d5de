"""Profiles in Redis or Valkey."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from eternaltwin.exceptions import ConfigurationError, ProfileStoreError
from eternaltwin.hidden import clears_frames, hide
from eternaltwin.profiles.stores import KeptEntry, Leases
from eternaltwin.redis_clients import check_redis_url, is_asyncio_client, open_redis, redis_errors, system_reason

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence

    RedisCommand: TypeAlias = tuple[str | bytes | int, ...]

#: Seconds that a server may take, unless its URL sets another timeout. A profile is not worth waiting longer for.
CACHE_TIMEOUT = 1.0

#: Maximum number of connections. The package `redis` refuses a call that would need more, instead of letting it wait.
_MAX_CONNECTIONS = 2**31

_OPTIONS = {"max_connections": _MAX_CONNECTIONS}

#: Writes the entries `KEYS[1…n]` whose leases `KEYS[n+1…2n]` have the token `ARGV[1]`, and ends these leases. For each
#: entry there are two more arguments: its milliseconds, and its content, which is empty if there is nothing to write.
_SETTLE = """
local n = #KEYS / 2
for i = 1, n do
  if redis.call('GET', KEYS[n + i]) == ARGV[1] then
    redis.call('DEL', KEYS[n + i])
    if ARGV[2 * i + 1] ~= '' then
      redis.call('SET', KEYS[i], ARGV[2 * i + 1], 'PX', ARGV[2 * i])
    end
  end
end
"""


class _Pipeline(Protocol):
    """The used part of a pipeline of `redis` or `redis.asyncio`."""

    def execute_command(self, *args: str | bytes | int) -> object: ...
    def execute(self) -> object: ...


class _PipelineClient(Protocol):
    """The used part of a client of `redis` or `redis.asyncio`."""

    def pipeline(self, transaction: bool) -> _Pipeline: ...


class RedisProfileStore:
    """Keeps profiles in Redis or Valkey, for all processes of all machines.

    With a URL, the sync calls share a pool of connections, and each event loop has one, which it closes when it ends.
    The server may evict entries: `maxmemory-policy` is best set to `allkeys-lru`, in a server or a database that
    holds no used sign-ins.

    Anybody who can write to the server can show players other names and links: let only the game reach it.

    Args:
        server: A URL, such as `redis://localhost:6379/0`, or a client of `redis` or `valkey` that does not decode
            responses. An asyncio client serves asyncio calls on its event loop only, a sync client both: asyncio calls
            then use threads.
        prefix: Start of the keys.

    Raises:
        MissingExtraError: `server` is a URL, and the package `redis` is not installed.
        ConfigurationError: `server` is neither a URL nor a client.

    Example:
        >>> cache = ProfileCache(RedisProfileStore("redis://localhost:6379/0", prefix="mygame:profiles:"))
    """

    @clears_frames
    def __init__(self, server: str | object, prefix: str = "eternaltwin:profiles:") -> None:
        self._prefix = prefix
        self._blocking: object | None = None
        self._asyncio: object | None = None
        self._loops: _LoopClients | None = None
        if isinstance(server, str):
            url = hide(check_redis_url(server))
            self._blocking = open_redis("redis", url, CACHE_TIMEOUT, "RedisProfileStore", **_OPTIONS)
            self._loops = _LoopClients(url)
        elif is_asyncio_client(server):
            self._asyncio = server
        else:
            self._blocking = server

    def read(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Return entries.

        Args:
            keys: Their keys.

        Returns:
            For each key, in order, the entry. None if there is none.

        Raises:
            ProfileStoreError: The server cannot be used.
        """
        return _entries(self._run(self._read_commands(keys)))

    def lease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Take the leases of keys that nobody has, and after that read the entries of all keys.

        Args:
            keys: The keys.
            token: A random string, by which `settle` recognizes the leases.
            seconds: Seconds after which the leases end by themselves.

        Returns:
            Which leases were taken, and the entries.

        Raises:
            ProfileStoreError: The server cannot be used.
        """
        return _leases(self._run(self._lease_commands(keys, token, seconds)))

    def settle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Write entries and end their leases. An entry whose lease has ended already is not written.

        Args:
            token: The token of the leases.
            entries: The entries by key. None only ends the lease.

        Raises:
            ProfileStoreError: The server cannot be used.
        """
        self._run(self._settle_commands(token, entries))

    def write(self, entries: Mapping[str, KeptEntry]) -> None:
        """Write entries without a lease, and end the leases of others.

        Args:
            entries: The entries by key.

        Raises:
            ProfileStoreError: The server cannot be used.
        """
        self._run(self._write_commands(entries))

    def forget(self, keys: Sequence[str]) -> None:
        """Remove entries, and end the leases of others, so that they do not write what they read before.

        Args:
            keys: The keys.

        Raises:
            ProfileStoreError: The server cannot be used.
        """
        self._run(self._forget_commands(keys))

    async def aread(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Async variant of [`read`][eternaltwin.profiles.RedisProfileStore.read]."""
        return _entries(await self._arun(self._read_commands(keys)))

    async def alease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Async variant of [`lease`][eternaltwin.profiles.RedisProfileStore.lease]."""
        return _leases(await self._arun(self._lease_commands(keys, token, seconds)))

    async def asettle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Async variant of [`settle`][eternaltwin.profiles.RedisProfileStore.settle]."""
        await self._arun(self._settle_commands(token, entries))

    async def awrite(self, entries: Mapping[str, KeptEntry]) -> None:
        """Async variant of [`write`][eternaltwin.profiles.RedisProfileStore.write]."""
        await self._arun(self._write_commands(entries))

    async def aforget(self, keys: Sequence[str]) -> None:
        """Async variant of [`forget`][eternaltwin.profiles.RedisProfileStore.forget]."""
        await self._arun(self._forget_commands(keys))

    def _key(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def _lease_key(self, key: str) -> str:
        return f"{self._prefix}lease:{key}"

    def _read_commands(self, keys: Sequence[str]) -> list[RedisCommand]:
        return [("MGET", *map(self._key, keys))]

    def _lease_commands(self, keys: Sequence[str], token: str, seconds: float) -> list[RedisCommand]:
        options = token, "NX", "PX", _milliseconds(seconds)
        leases: list[RedisCommand] = [("SET", self._lease_key(key), *options) for key in keys]
        return [*leases, *self._read_commands(keys)]

    def _settle_commands(self, token: str, entries: Mapping[str, KeptEntry | None]) -> list[RedisCommand]:
        names = (*map(self._key, entries), *map(self._lease_key, entries))
        values = [(b"", 1.0) if kept is None else kept for kept in entries.values()]
        arguments = (argument for content, seconds in values for argument in (_milliseconds(seconds), content))
        return [("EVAL", _SETTLE, len(names), *names, token, *arguments)]

    def _write_commands(self, entries: Mapping[str, KeptEntry]) -> list[RedisCommand]:
        writes: list[RedisCommand] = [
            ("SET", self._key(key), kept.content, "PX", _milliseconds(kept.seconds)) for key, kept in entries.items()
        ]
        return [("DEL", *map(self._lease_key, entries)), *writes]

    def _forget_commands(self, keys: Sequence[str]) -> list[RedisCommand]:
        return [("DEL", *map(self._key, keys), *map(self._lease_key, keys))]

    def _run(self, commands: list[RedisCommand]) -> list[Any]:
        """Send commands in one round trip, and return their results."""
        if self._blocking is None:
            raise ConfigurationError("this store has an asyncio client: pass a URL instead", setting="server")
        try:
            return cast("list[Any]", _pipeline(self._blocking, commands).execute())
        except _errors() as exc:
            failure = _unusable(exc)
        raise failure

    async def _arun(self, commands: list[RedisCommand]) -> list[Any]:
        client = self._asyncio if self._loops is None else await self._loops.current()
        if client is None:
            return await asyncio.to_thread(self._run, commands)
        try:
            return await cast("Awaitable[list[Any]]", _pipeline(client, commands).execute())
        except _errors() as exc:
            failure = _unusable(exc)
        raise failure

    def __repr__(self) -> str:  # a URL may hold a password
        return f"<RedisProfileStore {self._prefix}>"


class _LoopClients:
    """The asyncio clients of one server, one for each event loop, closed by the loop that they belong to.

    Args:
        url: URL of the server.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._by_loop: dict[asyncio.AbstractEventLoop, tuple[object, AsyncGenerator[None]]] = {}

    async def current(self) -> object:
        """Return the client of the running event loop. This does not suspend.

        Returns:
            The client.
        """
        loop = asyncio.get_running_loop()
        held = self._by_loop.get(loop)
        if held is None:
            for other in [other for other in self._by_loop if other.is_closed()]:
                del self._by_loop[other]
            client = open_redis("redis.asyncio", self._url, CACHE_TIMEOUT, "RedisProfileStore", **_OPTIONS)
            keeper = self._keep(loop, client)
            await anext(keeper)
            held = self._by_loop[loop] = client, keeper
        return held[0]

    async def _keep(self, loop: asyncio.AbstractEventLoop, client: object) -> AsyncGenerator[None]:
        """Close a client when its loop finishes its asynchronous generators, as all ways to end a loop do."""
        try:
            yield
        finally:
            self._by_loop.pop(loop, None)
            await cast("Any", client).aclose()


def _pipeline(client: object, commands: list[RedisCommand]) -> _Pipeline:
    pipeline = cast("_PipelineClient", client).pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    return pipeline


def _errors() -> tuple[type[Exception], ...]:
    """Return the exceptions of the clients, and what they raise for content that `decode_responses` wants decoded."""
    return (*redis_errors(), UnicodeDecodeError)


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _entries(results: list[Any]) -> Sequence[bytes | None]:
    entries: Sequence[bytes | None] = results[-1]
    return entries


def _leases(results: list[Any]) -> Leases:
    return Leases([bool(granted) for granted in results[:-1]], _entries(results))


def _unusable(exc: Exception) -> ProfileStoreError:
    """Return the error for a call that failed, to be raised where no exception is handled, so that none is chained."""
    return ProfileStoreError(
        ": ".join(filter(None, ("the cache of profiles cannot be used", type(exc).__name__, system_reason(exc))))
    )
