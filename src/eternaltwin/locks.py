"""A lock that does not stay locked in a child process.

`fork()` copies a lock as it is, but not the other threads. A lock that one of them holds at this moment would stay
locked in the child process for ever.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ForkSafeLock"]


class ForkSafeLock:
    """A reentrant lock for `with`. After a `fork()`, it is free unless the thread that has forked holds it."""

    def __init__(self) -> None:
        self._lock = RLock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Make the lock free, if a thread that does not exist in this process holds it."""
        if self._lock.acquire(blocking=False):
            self._lock.release()
        else:
            self._lock = RLock()


_locks = WeakSet[ForkSafeLock]()


def _renew_all() -> None:
    for lock in _locks:
        lock.renew()


with suppress(AttributeError):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
