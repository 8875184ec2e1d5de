"""The pool of connections of a sync transport, in one process."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.sync.connections import Connection

#: Seconds after which an idle connection is not used again: routers drop idle connections without notice.
KEEP_ALIVE = 15.0


class ConnectionPool:
    """Limits the number of connections in use, and keeps the idle ones.

    Both parts are C structures that need no lock, so no lock can be held by another thread when
    the process forks.

    Args:
        size: Maximum number of connections in use.
        clock: Returns a time in seconds that never goes back.
    """

    def __init__(self, size: int, clock: Callable[[], float] = monotonic) -> None:
        self._permits: SimpleQueue[None] = SimpleQueue()
        self._idle: deque[Connection] = deque()
        self._clock = clock
        self._is_closed = False
        for _ in range(size):
            self._permits.put(None)

    def acquire(self, timeout: float) -> bool:
        """Wait until one more connection may be in use.

        Args:
            timeout: Maximum time to wait, in seconds.

        Returns:
            False if the time passed first.
        """
        try:
            self._permits.get(timeout=timeout)
        except Empty:
            return False
        return True

    def release(self) -> None:
        """Let another connection be used. Call it once for each `acquire` that returned True."""
        self._permits.put(None)

    def take(self) -> Connection | None:
        """Take an idle connection out of the pool.

        Returns:
            A connection that the server has not closed, as far as is known. None if there is none.
        """
        while (connection := self._pop()) is not None:
            if connection.kept_until > self._clock() and connection.is_quiet:
                break
            connection.close()
        return connection

    def keep(self, connection: Connection) -> None:
        """Keep a connection for the next `take`.

        Args:
            connection: An open connection that another request can be sent on.
        """
        connection.kept_until = self._clock() + KEEP_ALIVE
        self._idle.append(connection)
        if self._is_closed:  # checked after the connection was added, so that none is left open
            self.close()

    def close(self) -> None:
        """Close the idle connections now, and those in use as soon as they are given back."""
        self._is_closed = True
        while (connection := self._pop()) is not None:
            connection.close()

    def _pop(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
