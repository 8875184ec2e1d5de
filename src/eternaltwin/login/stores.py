"""Where used sign-ins are remembered, so that each is used once.

====================  ==========================  ===============================================
store                 shared by                   needs
====================  ==========================  ===============================================
`MemoryStore`       the threads of one process  nothing
`SQLiteStore`       all processes of a machine  a file on a local disk
`RedisStore`        all machines                Redis or Valkey, and `eternaltwin[redis]`
`DjangoCacheStore`  whoever shares the cache    Django, and a cache that is shared: see the class
====================  ==========================  ===============================================

They hold hashes only, for as long as the state could be accepted: nothing in them is a secret.
"""

from __future__ import annotations

import asyncio
import heapq
import sqlite3
import time
from contextlib import closing, suppress
from os import PathLike, fspath
from pathlib import Path
from threading import Lock
from typing import Protocol, runtime_checkable

from eternaltwin.clients.validation.values import check_integer
from eternaltwin.exceptions import ConfigurationError, LoginStoreError

#: Seconds that a SQLite file may be locked by others.
SQLITE_PATIENCE = 5.0


@runtime_checkable
class SingleUseStore(Protocol):
    """Remembers keys, each for a while. Both methods must be atomic."""

    def consume(self, key: str, ttl: int) -> bool:
        """Use a key up: True for the first call with it, False for all others within its time.

        Args:
            key: 64 hexadecimal digits.
            ttl: seconds for which the key must be remembered.

        Raises:
            LoginStoreError: it cannot be remembered, so nobody may be signed in.
        """
        ...

    async def aconsume(self, key: str, ttl: int) -> bool:
        """The same for asyncio, without blocking the event loop."""
        ...


class MemoryStore:
    """Remembers in this object, and so in this process only: with several, a callback works once in each of them.

    When it is full of keys that have not expired it refuses new ones rather than forget an old one.

    Args:
        max_entries: keys that it holds at the most, of about 200 bytes each.
    """

    def __init__(self, max_entries: int = 100_000) -> None:
        self._max_entries = check_integer("max_entries", max_entries, 1)
        self._used: set[str] = set()
        self._deadlines: list[tuple[float, str]] = []
        self._lock = Lock()

    def consume(self, key: str, ttl: int) -> bool:
        """See `SingleUseStore.consume`."""
        now = time.monotonic()
        with self._lock:
            self._forget_expired(now)
            if key in self._used:
                return False
            if len(self._used) >= self._max_entries:
                raise LoginStoreError(f"{self._max_entries} sign-ins are remembered, and none has expired")
            self._used.add(key)
            heapq.heappush(self._deadlines, (now + ttl, key))
            return True

    async def aconsume(self, key: str, ttl: int) -> bool:
        """See `SingleUseStore.consume`; memory needs no waiting."""
        return self.consume(key, ttl)

    def _forget_expired(self, now: float) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            self._used.remove(heapq.heappop(self._deadlines)[1])

    def __len__(self) -> int:
        return len(self._used)

    def __repr__(self) -> str:
        return f"<MemoryStore, {len(self)} of {self._max_entries} used>"


#: What sign-ins use that are given no store: one for the whole process, however many there are.
PROCESS_STORE = MemoryStore()


class SQLiteStore:
    """Remembers in a SQLite file, for all processes and threads of one machine.

    The file is made when first needed, beside it two of SQLite's own (`-wal` and `-shm`). It
    must be on a local disk: SQLite's write-ahead log does not work over a network.

    Args:
        path: the file, in a folder that is there.

    Raises:
        ConfigurationError: it is no path of a file, or its folder is not there.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self._path = fspath(path)
        if self._path in ("", ":memory:"):
            raise ConfigurationError("path must be one of a file; for memory there is MemoryStore()", setting="path")
        if not Path(self._path).parent.is_dir():
            raise ConfigurationError(f"there is no folder {Path(self._path).parent}: make it first", setting="path")

    def consume(self, key: str, ttl: int) -> bool:
        """See `SingleUseStore.consume`."""
        try:
            # A connection for each call: one that is kept would not survive a fork.
            with closing(sqlite3.connect(self._path, timeout=SQLITE_PATIENCE, isolation_level=None)) as database:
                return _insert(database, key, ttl)
        except sqlite3.Error as exc:
            raise LoginStoreError(f"{self._path} cannot be used: {exc}") from exc

    async def aconsume(self, key: str, ttl: int) -> bool:
        """See `SingleUseStore.consume`; waits for the disk in a thread."""
        return await asyncio.to_thread(self.consume, key, ttl)

    def __repr__(self) -> str:
        return f"<SQLiteStore {self._path}>"


def _insert(database: sqlite3.Connection, key: str, ttl: int) -> bool:
    now = time.time()
    _prepare(database)
    database.execute("BEGIN IMMEDIATE")
    database.execute("DELETE FROM used_logins WHERE deadline <= ?", (now,))
    inserted = database.execute("INSERT OR IGNORE INTO used_logins VALUES (?, ?)", (key, now + ttl)).rowcount
    database.execute("COMMIT")
    return inserted == 1


def _prepare(database: sqlite3.Connection) -> None:
    """Make the table, and then the file one with a write-ahead log: whoever finds that finds the table too."""
    database.execute("PRAGMA synchronous = NORMAL")
    if database.execute("PRAGMA journal_mode").fetchone() == ("wal",):
        return
    database.execute("BEGIN IMMEDIATE")
    database.execute(
        "CREATE TABLE IF NOT EXISTS used_logins (key TEXT PRIMARY KEY, deadline REAL NOT NULL) WITHOUT ROWID"
    )
    database.execute("CREATE INDEX IF NOT EXISTS used_logins_by_deadline ON used_logins (deadline)")
    database.execute("COMMIT")
    with suppress(sqlite3.OperationalError):  # others use the file at this moment: the next call does it
        database.execute("PRAGMA journal_mode = WAL")
