"""The connections that a blocking transport keeps open, in one process."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.sync.connections import Connection

#: Seconds after which an idle connection is not used again: routers forget it without a word.
KEEP_ALIVE = 15.0


class Pool:
    """Bounds how many connections are in use, and keeps the idle ones.

    Both parts are structures of C that need no lock around them, and so none can be held by
    another thread when the process forks.

    Args:
        size: how many connections there may be.
        clock: seconds that never go back.
    """

    def __init__(self, size: int, clock: Callable[[], float] = monotonic) -> None:
        self._permits: SimpleQueue[None] = SimpleQueue()
        self._idle: deque[Connection] = deque()
        self._clock = clock
        self._is_closed = False
        for _ in range(size):
            self._permits.put(None)

    def enter(self, timeout: float) -> bool:
        """Wait until there may be one more connection; False when the time is over first."""
        try:
            self._permits.get(timeout=timeout)
        except Empty:
            return False
        return True

    def leave(self) -> None:
        """Let another one in; once for each `enter` that succeeded."""
        self._permits.put(None)

    def take(self) -> Connection | None:
        """An idle connection that the server has not closed, as far as one can see."""
        while (connection := self._pop()) is not None:
            if connection.kept_until > self._clock() and connection.is_quiet:
                break
            connection.close()
        return connection

    def keep(self, connection: Connection) -> None:
        """Keep a connection for the next `take`."""
        connection.kept_until = self._clock() + KEEP_ALIVE
        self._idle.append(connection)
        if self._is_closed:  # looked at after the connection is there, so that none is forgotten
            self.close()

    def close(self) -> None:
        """Close the idle connections, and the ones in use as soon as they are given back."""
        self._is_closed = True
        while (connection := self._pop()) is not None:
            connection.close()

    def _pop(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
