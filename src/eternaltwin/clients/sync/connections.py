"""Connections of the blocking transport: every wait on the network ends at a deadline.

A deadline is a point of :func:`time.monotonic`. Sockets alone would only bound each wait, so
that a server which sends a byte a second could hold a caller for hours.
"""

from __future__ import annotations

import http.client
import math
import socket
import ssl
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

from eternaltwin.clients.sync.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import WriteableBuffer

    AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]


def remaining(deadline: float) -> float:
    """Seconds until the deadline.

    Raises:
        TimeoutError: there are none left.
    """
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class TimedSocket(socket.socket):
    """A socket that waits for data until its deadline, however many waits that takes."""

    deadline = -math.inf

    def recv_into(self, buffer: WriteableBuffer, nbytes: int | None = None, flags: int = 0) -> int:
        """Receive into a buffer; all that files made of this socket read comes through here."""
        self.settimeout(remaining(self.deadline))
        return super().recv_into(buffer, nbytes or 0, flags)


class TimedTLSSocket(TimedSocket, ssl.SSLSocket):
    """The same, over TLS."""


class Connection(HTTPConnection):
    """A connection that is open, or is being opened by ``open``.

    Attributes:
        kept_until: when it has been idle for so long that it is not used again.
        has_answered: whether anything came for the last request.
    """

    response_class = Answer
    kept_until = math.inf
    has_answered = False
    _deadline = -math.inf

    def open(self, deadline: float) -> None:
        """Connect, through the proxy and TLS where there are any.

        Raises:
            OSError: the server cannot be reached, or its certificate is refused; ``TimeoutError``
                at the deadline.
            HTTPException: the proxy speaks no HTTP.
        """
        self._deadline = deadline
        self.connect()

    def _new_conn(self) -> socket.socket:
        return open_socket(self._dns_host, self.port, self._deadline)

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None, deadline: float) -> Answer:
        """Send a request and read the head of the answer.

        Raises:
            ConnectionError: the connection is closed.
            OSError: it broke; ``TimeoutError`` at the deadline.
            HTTPException: what came is not HTTP.
        """
        cast("TimedSocket", self.sock).deadline = deadline
        self.timeout = remaining(deadline)
        self.has_answered = False
        with suppress(BrokenPipeError):  # a server may answer before it has read everything
            self.request(method, target, body, headers)
        answer = http.client.HTTPConnection.getresponse(self)
        self.has_answered = True
        return cast("Answer", answer)


class TLSConnection(Connection, HTTPSConnection):
    """The same, over TLS. Its context must make sockets of the kind :class:`TimedTLSSocket`."""


def open_socket(host: str, port: int, deadline: float) -> TimedSocket:
    """Connect to the first address of a host that accepts; each gets its share of the time.

    Raises:
        OSError: none does; ``TimeoutError`` at the deadline.
    """
    addresses = find_addresses(host, port, deadline)
    failure = OSError()
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = TimedSocket(family, kind, protocol)
        try:
            sock.settimeout(remaining(deadline) / (len(addresses) - tried))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.deadline = deadline
            sock.settimeout(remaining(deadline))
        except OSError as exc:
            sock.close()
            failure = exc
        else:
            return sock
    raise failure


def find_addresses(host: str, port: int, deadline: float) -> Sequence[AddressInfo]:
    """The addresses of a host.

    The system's resolver takes no timeout, so names are looked up in a thread that is left behind
    when the deadline passes.

    Raises:
        OSError: there are none, or, as ``TimeoutError``, none came in time.
        UnicodeError: the host's name cannot be one.
    """
    with suppress(socket.gaierror):  # an address in figures needs no resolver
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    answers: SimpleQueue[Sequence[AddressInfo] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as exc:
            answers.put(exc)

    try:
        Thread(target=look_up, name="eternaltwin-resolver", daemon=True).start()
    except RuntimeError:  # no more threads, as when the interpreter exits
        look_up()
    with suppress(Empty):
        answer = answers.get(timeout=remaining(deadline))
        if isinstance(answer, Exception):
            raise answer
        return answer
    raise TimeoutError
