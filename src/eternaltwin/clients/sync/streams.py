"""The receiving side of a blocking socket, read within a deadline.

A deadline is a point in time of `time.monotonic`. The timeout of a socket bounds each wait only:
a server that sends one byte a second could keep a caller waiting for hours.
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
    """Return the time until a deadline.

    Args:
        deadline: The point in time, as `time.monotonic` counts.

    Returns:
        Seconds, more than 0.

    Raises:
        TimeoutError: The deadline has passed.
    """
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def readability_check(sock: socket.socket) -> Callable[[], bool]:
    """Return a function that reports, without blocking, whether a socket is readable.

    Args:
        sock: The socket. It stays open for as long as the function is used.

    Returns:
        A function that returns True when data, or the end of the connection, can be read.
    """
    try:
        poll = select.poll()
    except AttributeError:  # on Windows
        return lambda: wait_for_read(sock, timeout=0.0)
    poll.register(sock, select.POLLIN)
    return lambda: bool(poll.poll(0))


#: How many seconds the timeout of a socket may differ from the time that is left. Setting it is a system call.
_TIMEOUT_TOLERANCE = 0.001


def limit_waits(sock: socket.socket, deadline: float) -> None:
    """Let the next wait of a socket end at a deadline, to the millisecond.

    Args:
        sock: The socket.
        deadline: The point in time, as `time.monotonic` counts.

    Raises:
        TimeoutError: The deadline has passed.
    """
    left = remaining(deadline)
    current = sock.gettimeout()
    if current is None or abs(current - left) > min(_TIMEOUT_TOLERANCE, left / 10):
        sock.settimeout(left)


class Stream:
    """The receiving side of a socket, with a buffer for what was received and not yet read.

    Args:
        sock: A connected socket.

    Attributes:
        deadline: When reading ends with a `TimeoutError`, as `time.monotonic` counts.
        has_received: Whether data arrived since this was last set to False.
    """

    __slots__ = ("_buffer", "_is_readable", "_sock", "deadline", "has_received")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._is_readable = readability_check(sock)
        self._buffer = b""
        self.deadline = -math.inf
        self.has_received = False

    @property
    def is_empty(self) -> bool:
        """Whether everything that was received has been read."""
        return not self._buffer

    @property
    def is_quiet(self) -> bool:
        """Whether the socket has neither data nor the end of the connection to read."""
        return not self._is_readable()

    def read_until(self, end: bytes, limit: int, start: tuple[bytes, ...]) -> bytes | None:
        """Read up to and including the first `end`.

        Args:
            end: The bytes to look for.
            limit: Maximum size of the result in bytes, `end` included.
            start: The beginnings that are accepted, all of one length.

        Returns:
            The data, `end` included. None if it has another beginning, or is longer than the limit.

        Raises:
            ConnectionError: The connection ended first.
            TimeoutError: The deadline passed first.
        """
        data = self._buffer or self._receive()
        place = data.find(end)
        if place < 0:
            data = self._receive_until(data, end, limit, start)
            place = data.find(end)
        stop = place + len(end)
        if place < 0 or stop > limit or not data.startswith(start):
            return None
        self._buffer = data[stop:]
        return data[:stop]

    def _receive_until(self, data: bytes, end: bytes, limit: int, start: tuple[bytes, ...]) -> bytes:
        """Receive until `end` is there, or can no longer be accepted."""
        received = bytearray(data)
        last = data
        while last and len(received) < limit and _may_start_with(received, start):
            seen = max(0, len(received) - len(end) + 1)
            last = self._receive()
            received += last
            if received.find(end, seen) >= 0:
                break
        if not last:
            raise ConnectionResetError
        return bytes(received)

    def read_some(self, limit: int) -> bytes:
        """Read what comes next.

        Args:
            limit: Maximum number of bytes to return, at least 1.

        Returns:
            At least one byte; nothing only at the end of the connection.

        Raises:
            TimeoutError: The deadline passed first.
        """
        data = self._buffer or self._receive()
        self._buffer = data[limit:]
        return data[:limit]

    def unread(self, data: bytes) -> None:
        """Put data back, to be read next.

        Args:
            data: The end of what was last read.
        """
        self._buffer = data + self._buffer

    def _receive(self) -> bytes:
        limit_waits(self._sock, self.deadline)
        data = self._sock.recv(PIECE_SIZE)
        if data:
            self.has_received = True
        return data


def _may_start_with(data: bytearray, start: tuple[bytes, ...]) -> bool:
    return data.startswith(start) or any(each.startswith(data) for each in start)
