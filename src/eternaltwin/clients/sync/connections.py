"""Connections of the blocking transport: urllib3's, that wait for nothing beyond a deadline."""

from __future__ import annotations

import math
import socket
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from eternaltwin.clients.sync.parser import Answer
from eternaltwin.clients.sync.streams import Stream, remaining

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import WriteableBuffer

    AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]

#: Methods whose requests say how long their body is even when there is none (RFC 9110, section 8.6).
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class TimedSocket(socket.socket):
    """A socket whose files wait for data until its deadline; urllib3 reads a proxy's answer with one."""

    deadline = -math.inf

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into a buffer; all that a file reads comes through here."""
        self.settimeout(remaining(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


class Connection(HTTPConnection):
    """A connection that is open, or is being opened by `open`.

    urllib3 opens it, with proxy and TLS. Requests are written and answers are read here: doing it
    with urllib3 and `http.client` takes five times as long.

    Attributes:
        kept_until: when it has been idle for so long that it is not used again.
    """

    kept_until = math.inf
    _deadline = -math.inf
    _stream: Stream

    def open(self, deadline: float) -> None:
        """Connect, through the proxy and TLS where there are any.

        Raises:
            OSError: the server cannot be reached, or its certificate is refused; `TimeoutError`
                at the deadline.
            HTTPException: the proxy speaks no HTTP.
        """
        self._deadline = deadline
        self.connect()
        self._stream = Stream(self.sock)

    def _new_conn(self) -> socket.socket:
        return open_socket(self._dns_host, self.port, self._deadline)

    @property
    def has_answered(self) -> bool:
        """Whether anything came for the last request."""
        return self._stream.has_received

    @property
    def is_quiet(self) -> bool:
        """Whether the server has neither closed it nor sent anything unasked, as far as one can see."""
        return self._stream.is_quiet

    @property
    def is_clean(self) -> bool:
        """Whether all that came has been read, so that another request can follow."""
        return self._stream.is_empty

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None, deadline: float) -> Answer:
        """Send a request and read the head of the answer.

        Raises:
            OSError: the connection broke; `TimeoutError` at the deadline.
            MalformedAnswerError: what came is not HTTP.
        """
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if body is not None or method in _METHODS_WITH_BODY:
            lines.append(f"Content-Length: {len(body or b'')}")
        head = "\r\n".join([*lines, "\r\n"]).encode("ascii")
        self._stream.deadline = deadline
        self._stream.has_received = False
        self.sock.settimeout(remaining(deadline))
        with suppress(BrokenPipeError):  # a server may answer before it has read everything
            self.sock.sendall(head + body if body else head)
        return Answer(self._stream, method)


class TLSConnection(Connection, HTTPSConnection):
    """The same, over TLS."""


def open_socket(host: str, port: int, deadline: float) -> TimedSocket:
    """Connect to the first address of a host that accepts; each gets its share of the time.

    Raises:
        OSError: none does; `TimeoutError` at the deadline.
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
        OSError: there are none, or, as `TimeoutError`, none came in time.
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
