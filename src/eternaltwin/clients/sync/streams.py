"""What a blocking connection receives, read up to a deadline and to a limit of size.

A deadline is a point of `time.monotonic`. The timeout of a socket alone would only bound each
wait, so that a server which sends a byte a second could hold a caller for hours.
"""

from __future__ import annotations

import math
import select
from time import monotonic
from typing import TYPE_CHECKING

from urllib3.util.wait import wait_for_read

from eternaltwin.clients.http.decoding import PIECE_SIZE

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


def remaining(deadline: float) -> float:
    """Seconds until the deadline.

    Raises:
        TimeoutError: there are none left.
    """
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def watch(sock: socket.socket) -> Callable[[], bool]:
    """A question about a socket: has anything come, its end included? The answer comes at once."""
    try:
        poll = select.poll()
    except AttributeError:  # on Windows
        return lambda: wait_for_read(sock, timeout=0.0)
    poll.register(sock, select.POLLIN)
    return lambda: bool(poll.poll(0))


class Stream:
    """The receiving side of a socket.

    Attributes:
        deadline: when reading ends with a `TimeoutError`.
        has_received: whether anything came since this was last set to False.
    """

    __slots__ = ("_buffer", "_has_news", "_sock", "deadline", "has_received")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._has_news = watch(sock)
        self._buffer = bytearray()
        self.deadline = -math.inf
        self.has_received = False

    @property
    def is_empty(self) -> bool:
        """Whether all that was received has been read."""
        return not self._buffer

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come since, not even the end of the connection."""
        return not self._has_news()

    def until(self, end: bytes, limit: int, start: bytes = b"") -> bytes | None:
        """What comes before `end`; None if that is longer than the limit, or does not begin with `start`.

        Raises:
            ConnectionError: the connection ends first.
        """
        buffer = self._buffer
        seen = 0
        while (place := buffer.find(end, seen)) < 0:
            if buffer and (len(buffer) >= limit + len(end) or not start.startswith(buffer[: len(start)])):
                return None
            seen = max(0, len(buffer) - len(end) + 1)
            if not self._receive():
                raise ConnectionResetError
        if place > limit:
            return None
        found = bytes(buffer[:place])
        del buffer[: place + len(end)]
        return found

    def some(self, limit: int) -> bytes:
        """What comes next, at the most `limit` bytes; nothing at the end of the connection."""
        if not self._buffer and not self._receive():
            return b""
        found = bytes(self._buffer[:limit])
        del self._buffer[:limit]
        return found

    def _receive(self) -> bool:
        self._sock.settimeout(remaining(self.deadline))
        data = self._sock.recv(PIECE_SIZE)
        self._buffer += data
        self.has_received = self.has_received or bool(data)
        return bool(data)
