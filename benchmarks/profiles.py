"""Measures the cache of profiles: a hundred names without it, from memory and from Redis, and what a profile takes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from benchmarks.report import duration, table
from benchmarks.servers import started
from benchmarks.targets import Target
from eternaltwin import User, models
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.profiles import KeptEntry, MemoryProfileStore, RedisProfileStore
from eternaltwin.profiles.entries import ProfileEntry, encode_entry, server_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from eternaltwin.profiles import ProfileStore

#: Seconds that a response of the server and of Redis takes longer than it would on this machine.
LATENCY = 0.020

#: How many names a page shows.
NAMES = 100

#: Maximum number of seconds for the names from memory.
MAX_WARM = 0.001

#: Maximum number of round trips for the names from Redis. The rest of the time is that of this machine.
MAX_ROUND_TRIPS = 2

#: Numbers of profiles whose size is measured in memory and in Redis, and those of a quick run.
FULL, QUICK = (100_000, 1_000_000), (2_000, 2_000)

_BATCH = 1000
_DAY = 86_400.0
_DIGEST = server_digest("https://eternaltwin.org")
_IDS = [str(UUID(int=number)) for number in range(NAMES)]

_SLOW_SERVERS = [sys.executable, "-m", "benchmarks.slow_servers", str(LATENCY)]


def measure(folder: Path, rounds: int, *, is_quick: bool) -> tuple[dict[str, str], list[Target]]:
    """Measure the cache, and compare the medians with their targets.

    Args:
        folder: An empty folder, for the socket of Redis.
        rounds: Number of samples of each.
        is_quick: Whether to measure few profiles.

    Returns:
        What was measured, by name, and the targets.
    """
    in_memory, in_redis = QUICK if is_quick else FULL
    found = _sized(MemoryProfileStore(in_memory), "memory", in_memory, _resident)
    if shutil.which("redis-server") is None:
        return found | {"Redis": "not measured: redis-server is not installed"}, []
    with _redis(folder) as socket, started([*_SLOW_SERVERS, socket]) as slow:
        http, redis = slow.line.split()
        found |= _sized(RedisProfileStore(f"unix://{socket}"), "Redis", in_redis, lambda: _used(socket))
        timed = _timed(f"http://127.0.0.1:{http}", f"redis://127.0.0.1:{redis}", rounds)
    warm, remote = timed["memory"], timed["Redis"]
    found |= {f"{NAMES} names, {name}": duration(seconds) for name, seconds in timed.items()}
    limit = MAX_ROUND_TRIPS * LATENCY + LATENCY / 2
    return found, [
        Target(f"{NAMES} names from memory: at most {MAX_WARM * 1e3:g} ms", duration(warm), warm <= MAX_WARM),
        Target(
            f"{NAMES} names from Redis, at {LATENCY * 1e3:g} ms: at most {MAX_ROUND_TRIPS} round trips",
            duration(remote),
            remote <= limit,
        ),
    ]


def as_text(found: dict[str, str]) -> str:
    """Return a table of what was measured."""
    return "\n".join(table([("cache of profiles", ""), *found.items()], ">"))


def _timed(url: str, redis: str, rounds: int) -> dict[str, float]:
    """Return the medians of reading the names, in seconds."""
    medians = {"cold": _median(rounds, lambda: _cold(url))}
    for name, store in (("memory", "memory"), ("Redis", redis)):
        client = Eternaltwin(url=url, profile_cache=store)
        User.get_many(_IDS, using=client)
        medians[name] = _median(rounds, partial(_read, client))
        client.close()
    return medians


def _cold(url: str) -> float:
    client = Eternaltwin(url=url, profile_cache="memory")
    seconds = _read(client)
    client.close()
    return seconds


def _read(client: Eternaltwin) -> float:
    begin = perf_counter()
    _check(len(User.get_many(_IDS, using=client)) == NAMES)
    return perf_counter() - begin


def _median(rounds: int, sample: Callable[[], float]) -> float:
    return statistics.median(sample() for _ in range(rounds))


def _sized(store: ProfileStore, name: str, count: int, size: Callable[[], int]) -> dict[str, str]:
    """Fill a store, and return what a profile takes and how long reading some of them takes."""
    before = size()
    for start in range(0, count, _BATCH):
        store.write(dict(map(_entry, range(start, min(start + _BATCH, count)))))
    each = (size() - before) / count
    wanted = [str(UUID(int=number * count // NAMES)) for number in range(NAMES)]
    seconds = _median(15, lambda: _raw_read(store, wanted))
    shown = f"{each:.0f} bytes each, {NAMES} of them read in {duration(seconds)}"
    return {f"{count:,} profiles in {name}": shown}


def _raw_read(store: ProfileStore, wanted: Sequence[str]) -> float:
    begin = perf_counter()
    _check(None not in store.read(wanted))
    return perf_counter() - begin


def _entry(number: int) -> tuple[str, KeptEntry]:
    user = models.LazyUser(
        id=UUID(int=number),
        created_at=datetime(2026, 11, 24, tzinfo=UTC),
        deleted_at=None,
        display_name=models.DisplayName.of(f"Player {number}"),
        is_administrator=False,
    )
    entry = ProfileEntry.of(_DIGEST, str(user.id), 1_800_000_000.5, user)
    return str(user.id), KeptEntry(encode_entry(entry), _DAY)


def _resident() -> int:
    """Return the size of this process in bytes."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


@contextmanager
def _redis(folder: Path) -> Generator[str]:
    """Run a Redis server, and yield its socket."""
    socket = f"{folder}/redis"
    command = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", str(folder), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = process.stdout or ()
        _check(any("ready to accept connections" in line for line in lines))
        try:
            yield socket
        finally:
            process.terminate()


def _used(socket: str) -> int:
    """Return the memory that the Redis server uses, in bytes."""
    redis = cast("Any", import_module("redis"))
    with redis.Redis.from_url(f"unix://{socket}") as client:
        return int(client.info("memory")["used_memory"])


def _check(is_right: bool) -> None:
    if not is_right:
        raise RuntimeError("the cache of profiles is measured in a wrong way")
