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

Turn = SimpleQueue[None]
"""The turn of a call to use a connection. Something is put into it when a call that waits for it may go on."""


class ConnectionPool:
    """Limits the number of connections in use, and keeps the idle ones.

    Both parts are C structures that need no lock, so no lock can be held by another thread when
    the process forks.

    The exception of a signal handler (Ctrl-C, the time limit of a task) may interrupt a call between any two steps.
    Calls are therefore counted by their turns: a turn may be released before it is held and again after it was
    released, so a caller can release it twice, in case the first time is interrupted.

    Args:
        size: Maximum number of connections in use.
        clock: Returns a time in seconds that never goes back.
    """

    def __init__(self, size: int, clock: Callable[[], float] = monotonic) -> None:
        self._size = size
        self._turns: dict[Turn, None] = {}  # a call has its turn when it is one of the first `size`
        self._idle: deque[Connection] = deque()
        self._clock = clock
        self._is_closed = False

    def hold(self, turn: Turn, timeout: float | None) -> bool:
        """Wait until one more connection may be in use: first come, first served.

        Args:
            turn: A new turn. `release` it at least once, whatever this method returns or raises.
            timeout: Maximum time to wait, in seconds. None means without limit.

        Returns:
            False if the time passed first.
        """
        self._turns[turn] = None
        if len(self._turns) <= self._size or turn in self._admitted():
            return True
        try:
            turn.get(timeout=timeout)
        except Empty:
            return False
        return True

    def release(self, turn: Turn) -> None:
        """Let another connection be used.

        Args:
            turn: A turn that was given to `hold`, released already or not.
        """
        self._turns.pop(turn, None)
        if len(self._turns) >= self._size:  # the last of them may have been waiting
            for admitted in self._admitted():
                if admitted.empty():
                    admitted.put(None)

    def _admitted(self) -> list[Turn]:
        return list(self._turns)[: self._size]

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
