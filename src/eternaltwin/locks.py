"""A lock that does not stay locked in a child process.

`fork()` copies a lock as it is, but not the other threads. A lock that one of them holds at this moment would stay
locked in the child process for ever.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import RLock
from weakref import WeakSet

__all__ = ["ForkSafeLock"]


class ForkSafeLock:
    """A reentrant lock: `with lock.current:`. After a `fork()`, it is free unless the thread that has forked holds it.

    It has no `__enter__` and `__exit__` of its own: the exception of a signal handler, raised in one of them, would
    leave the lock held for ever. Those of `RLock` are written in C, where no handler runs.

    Attributes:
        current: The lock of this process. Take it anew each time, since a fork may replace it.
    """

    def __init__(self) -> None:
        self.current = RLock()
        _locks.add(self)

    def renew(self) -> None:
        """Make the lock free, if a thread that does not exist in this process holds it."""
        if self.current.acquire(blocking=False):
            self.current.release()
        else:
            self.current = RLock()


_locks = WeakSet[ForkSafeLock]()


def _renew_all() -> None:
    for lock in _locks:
        lock.renew()


with suppress(AttributeError):  # Windows has no fork
    os.register_at_fork(after_in_child=_renew_all)
