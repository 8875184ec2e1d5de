"""Stores that remember used sign-ins, so that each is used once.

| store | shared by | needs |
| --- | --- | --- |
| `MemoryStore` | the threads of one process | nothing |
| `SQLiteStore` | all processes of one machine | a file on a local disk |
| `RedisStore` | all machines | Redis or Valkey, and `eternaltwin[redis]` |
| `DjangoCacheStore` | all users of the cache | Django, and a shared cache: see the class |

They hold hashes only, until the state expires: nothing in them is secret.
"""

from __future__ import annotations

import asyncio
import heapq
import sqlite3
import time
from contextlib import closing, suppress
from os import PathLike, fspath
from pathlib import Path
from typing import Protocol, runtime_checkable

from eternaltwin.clients.validation.values import check_integer
from eternaltwin.exceptions import ConfigurationError, LoginStoreError
from eternaltwin.locks import ForkSafeLock

#: Number of deadlines of forgotten keys that a `MemoryStore` keeps before it looks for them.
SPARE_DEADLINES = 64

#: Seconds to wait for a SQLite file that another process has locked.
SQLITE_TIMEOUT = 5.0


@runtime_checkable
class SingleUseStore(Protocol):
    """A store that remembers keys, each for a while. Both methods must be atomic.

    Any class with these methods can be the `store` of a [`LoginFlow`][eternaltwin.login.LoginFlow].
    """

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds to remember the key for.

        Returns:
            True for the first call with this key, False for every further one within `ttl` seconds.

        Raises:
            LoginStoreError: The key cannot be remembered, so the sign-in is refused.
        """
        ...

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.login.stores.SingleUseStore.consume]."""
        ...


class MemoryStore:
    """Remember used sign-ins in the memory of this process.

    With several processes, a callback works once in each. A full store refuses new keys rather than forget one that has
    not expired.

    Args:
        max_entries: Maximum number of keys, at least 1, of about 200 bytes each.

    Raises:
        InvalidArgumentError: `max_entries` is less than 1.

    Example:
        >>> store = MemoryStore()
        >>> store.consume("ab" * 32, 60), store.consume("ab" * 32, 60)
        (True, False)
    """

    def __init__(self, max_entries: int = 100_000) -> None:
        self._max_entries = check_integer("max_entries", max_entries, 1)
        self._used: dict[str, float] = {}  # the deadline of each key
        self._deadlines: list[tuple[float, str]] = []  # a heap, in which forgotten keys are left for a while
        self._lock = ForkSafeLock()

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds to remember the key for.

        Returns:
            True for the first call with this key, False for every further one within `ttl` seconds.

        Raises:
            LoginStoreError: The store is full.
        """
        now = time.monotonic()
        with self._lock.current:
            self._forget_expired(now)
            if key in self._used:
                return False
            if len(self._used) >= self._max_entries:
                raise LoginStoreError(
                    f"{self._max_entries} sign-ins are remembered, and none has expired: use a larger max_entries"
                )
            # A deadline without its key does no harm, if a signal or a fork comes between the two.
            heapq.heappush(self._deadlines, (now + ttl, key))
            self._used[key] = now + ttl
            return True

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.login.stores.MemoryStore.consume]."""
        return self.consume(key, ttl)

    def forget(self, key: str) -> None:
        """Forget a key, since nothing was granted for it.

        Args:
            key: A key, used or not.
        """
        with self._lock.current:
            self._used.pop(key, None)
            if len(self._deadlines) > 2 * len(self._used) + SPARE_DEADLINES:
                deadlines = [(deadline, key) for key, deadline in self._used.items()]
                heapq.heapify(deadlines)
                self._deadlines = deadlines  # at last: a signal or a fork may come before

    def _forget_expired(self, now: float) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            deadline, key = self._deadlines[0]
            if self._used.get(key) == deadline:
                del self._used[key]
            heapq.heappop(self._deadlines)

    def __len__(self) -> int:
        return len(self._used)

    def __repr__(self) -> str:
        return f"<MemoryStore, {len(self)} of {self._max_entries} used>"


#: The default store, one for all login flows of the process.
PROCESS_STORE = MemoryStore()


class SQLiteStore:
    """Remember used sign-ins in a SQLite file, for all processes and threads of one machine.

    The file is created when it is first needed, with two files of SQLite beside it (`-wal` and `-shm`). It must be on a
    local disk: SQLite's write-ahead log does not work over a network.

    Args:
        path: The file, in an existing folder.

    Raises:
        ConfigurationError: `path` is not the path of a file, or its folder does not exist.

    Example:
        >>> login = LoginFlow(store=SQLiteStore("logins.sqlite"))
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = fspath(path) if _is_path(path) else ""
        if self._path in ("", ":memory:"):
            raise ConfigurationError("path must be the path of a file: for memory, use MemoryStore()", setting="path")
        if not Path(self._path).parent.is_dir():
            raise ConfigurationError(f"there is no folder {Path(self._path).parent}: create it first", setting="path")

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds to remember the key for.

        Returns:
            True for the first call with this key, False for every further one within `ttl` seconds.

        Raises:
            LoginStoreError: The file cannot be used.
        """
        try:
            # One connection per call: a kept one would not survive a fork.
            with closing(sqlite3.connect(self._path, timeout=SQLITE_TIMEOUT, isolation_level=None)) as database:
                return _insert(database, key, ttl)
        except sqlite3.Error as exc:
            problem = f"{self._path} cannot be used: {exc}"
        raise LoginStoreError(problem)

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.login.stores.SQLiteStore.consume]. It runs in a thread."""
        return await asyncio.to_thread(self.consume, key, ttl)

    def __repr__(self) -> str:
        return f"<SQLiteStore {self._path}>"


def _is_path(value: object) -> bool:
    return isinstance(value, str | PathLike)


def _insert(database: sqlite3.Connection, key: str, ttl: int) -> bool:
    now = time.time()
    _prepare(database)
    database.execute("BEGIN IMMEDIATE")
    database.execute("DELETE FROM used_logins WHERE deadline <= ?", (now,))
    inserted = database.execute("INSERT OR IGNORE INTO used_logins VALUES (?, ?)", (key, now + ttl)).rowcount
    database.execute("COMMIT")
    return inserted == 1


def _prepare(database: sqlite3.Connection) -> None:
    """Create the table and the write-ahead log. The file may be one of another program that has its own tables."""
    database.execute("PRAGMA synchronous = NORMAL")
    is_prepared = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'used_logins_by_deadline'").fetchone()
    if is_prepared and database.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "CREATE TABLE IF NOT EXISTS used_logins (key TEXT PRIMARY KEY, deadline REAL NOT NULL) WITHOUT ROWID"
    )
    database.execute("CREATE INDEX IF NOT EXISTS used_logins_by_deadline ON used_logins (deadline)")
    database.execute("COMMIT")
    with suppress(sqlite3.OperationalError):  # another process uses the file now: the next call does it
        database.execute("PRAGMA journal_mode = WAL")
