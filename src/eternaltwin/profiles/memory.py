"""Profiles in the memory of the process."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.locks import ForkSafeLock
from eternaltwin.profiles.stores import KeptEntry, Leases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class MemoryProfileStore:
    """Keeps profiles in the memory of this process, for all of its threads and event loops.

    Args:
        max_entries: Maximum number of entries, at least 1. Those that were not used for the longest time are dropped.
        clock: Returns a time in seconds.

    Raises:
        ConfigurationError: `max_entries` is not a whole number of at least 1.
    """

    def __init__(self, max_entries: int = 100_000, clock: Callable[[], float] = time.time) -> None:
        if type(max_entries) is not int or max_entries < 1:
            raise ConfigurationError("max_entries must be a whole number of at least 1", setting="max_entries")
        self._max_entries = max_entries
        self._clock = clock
        self._entries: dict[str, tuple[bytes, float]] = {}  # in the order of their last use
        self._leases: dict[str, tuple[str, float]] = {}
        self._process = os.getpid()
        self._lock = ForkSafeLock()

    def read(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return entries.

        Args:
            keys: Their keys.

        Returns:
            For each key, in order, the entry. None if there is none.
        """
        with self._lock.current:
            return self._read(keys)

    def lease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Take the leases of keys that nobody has, and after that read the entries of all keys.

        Args:
            keys: The keys.
            token: A random string, by which `settle` recognizes the leases.
            seconds: Seconds after which the leases end by themselves.

        Returns:
            Which leases were taken, and the entries.
        """
        with self._lock.current:
            now = self._clock()
            if self._process != os.getpid():  # the leases are those of threads that do not exist in this process
                self._process, self._leases = os.getpid(), {}
            free = [self._leases.get(key, ("", now))[1] <= now for key in keys]
            for key, is_free in zip(keys, free, strict=True):
                if is_free:
                    self._leases[key] = token, now + seconds
            return Leases(free, self._read(keys))

    def settle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Write entries and end their leases. An entry whose lease has ended already is not written.

        Args:
            token: The token of the leases.
            entries: The entries by key. None only ends the lease.
        """
        with self._lock.current:
            mine = {key: kept for key, kept in entries.items() if self._leases.get(key, ("", 0))[0] == token}
            for key in mine:
                del self._leases[key]
            self._write({key: kept for key, kept in mine.items() if kept is not None})

    def write(self, entries: Mapping[str, KeptEntry]) -> None:
        """Write entries without a lease, and end the leases of others.

        Args:
            entries: The entries by key.
        """
        with self._lock.current:
            for key in entries:
                self._leases.pop(key, None)
            self._write(entries)

    def forget(self, keys: Sequence[str]) -> None:
        """Remove entries, and end the leases of others, so that they do not write what they read before.

        Args:
            keys: The keys.
        """
        with self._lock.current:
            for key in keys:
                self._leases.pop(key, None)
                self._entries.pop(key, None)

    async def aread(self, keys: Sequence[str]) -> list[bytes | None]:
        """Async variant of [`read`][eternaltwin.profiles.MemoryProfileStore.read]."""
        return self.read(keys)

    async def alease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Async variant of [`lease`][eternaltwin.profiles.MemoryProfileStore.lease]."""
        return self.lease(keys, token, seconds)

    async def asettle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Async variant of [`settle`][eternaltwin.profiles.MemoryProfileStore.settle]."""
        self.settle(token, entries)

    async def awrite(self, entries: Mapping[str, KeptEntry]) -> None:
        """Async variant of [`write`][eternaltwin.profiles.MemoryProfileStore.write]."""
        self.write(entries)

    async def aforget(self, keys: Sequence[str]) -> None:
        """Async variant of [`forget`][eternaltwin.profiles.MemoryProfileStore.forget]."""
        self.forget(keys)

    def _read(self, keys: Sequence[str]) -> list[bytes | None]:
        now = self._clock()
        return [self._used(key, now) for key in keys]

    def _used(self, key: str, now: float) -> bytes | None:
        """Return an entry, and note that it was used."""
        kept = self._entries.pop(key, None)
        if kept is None or kept[1] <= now:
            return None
        self._entries[key] = kept
        return kept[0]

    def _write(self, entries: Mapping[str, KeptEntry]) -> None:
        now = self._clock()
        for key, kept in entries.items():
            self._entries.pop(key, None)
            self._entries[key] = kept.content, now + kept.seconds
        while len(self._entries) > self._max_entries:
            del self._entries[next(iter(self._entries))]

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<MemoryProfileStore {len(self)} of {self._max_entries}>"
