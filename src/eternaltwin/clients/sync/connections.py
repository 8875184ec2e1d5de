"""Connections of the sync transport: those of urllib3, with a deadline for everything they wait for."""

from __future__ import annotations

import math
import socket
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from eternaltwin.clients.sync.parser import ResponseReader
from eternaltwin.clients.sync.streams import Stream, limit_waits, remaining

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import WriteableBuffer

    AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]

#: Methods whose requests have a `Content-Length` even without a body (RFC 9110, section 8.6).
_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class DeadlineSocket(socket.socket):
    """A socket whose files wait for data until a deadline. urllib3 reads a proxy's response with one.

    Attributes:
        deadline: When reading ends with a `TimeoutError`, as `time.monotonic` counts.
    """

    deadline = -math.inf

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        """Receive into a buffer. Everything that a file of the socket reads comes through here.

        Args:
            buffer: Where the data is written.
            nbytes: Maximum number of bytes. 0 means the size of the buffer.
            flags: As for `socket.recv_into`.

        Returns:
            The number of bytes received.

        Raises:
            TimeoutError: The deadline passed.
        """
        self.settimeout(remaining(self.deadline))
        return super().recv_into(buffer, nbytes, flags)


class Connection(HTTPConnection):
    """A connection that urllib3 opens, with proxy and TLS, and that sends and receives by itself.

    Sending requests and reading responses with urllib3 and `http.client` takes five times as long.
    The parameters are those of `urllib3.connection.HTTPConnection`.

    Attributes:
        kept_until: When an idle connection becomes too old to be used again.
    """

    kept_until = math.inf
    _deadline = -math.inf
    _stream: Stream

    def open(self, deadline: float) -> None:
        """Connect, through the proxy and with TLS if there are any.

        Args:
            deadline: When connecting ends with a `TimeoutError`, as `time.monotonic` counts.

        Raises:
            OSError: The server cannot be reached, its certificate is refused, or the deadline passed.
            HTTPException: The proxy does not speak HTTP.
        """
        self._deadline = deadline
        self.connect()
        self._stream = Stream(self.sock)

    def _new_conn(self) -> socket.socket:
        return open_socket(self._dns_host, self.port, self._deadline)

    @property
    def has_received(self) -> bool:
        """Whether any data arrived since the last request was sent."""
        return self._stream.has_received

    @property
    def is_quiet(self) -> bool:
        """Whether the server has, as far as is known, neither closed the connection nor sent unrequested data."""
        return self._stream.is_quiet

    @property
    def is_clean(self) -> bool:
        """Whether all received data has been read, so that another request can follow."""
        return self._stream.is_empty

    def send_request(
        self, method: str, target: str, headers: dict[str, str], body: bytes | None, deadline: float
    ) -> ResponseReader:
        """Send a request and read the head of the response.

        Args:
            method: The HTTP method.
            target: The request target, encoded.
            headers: All header fields except `Content-Length`.
            body: The body, or None.
            deadline: When the exchange ends with a `TimeoutError`, as `time.monotonic` counts.

        Returns:
            The response, its body not yet read.

        Raises:
            OSError: The connection broke, or the deadline passed.
            MalformedResponseError: The data received is not HTTP.
        """
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if body is not None or method in _METHODS_WITH_BODY:
            lines.append(f"Content-Length: {len(body or b'')}")
        head = "\r\n".join([*lines, "\r\n"]).encode("ascii")
        self._stream.deadline = deadline
        self._stream.has_received = False
        limit_waits(self.sock, deadline)
        with suppress(BrokenPipeError):  # a server may respond before it has read everything
            self.sock.sendall(head + body if body else head)
        return ResponseReader(self._stream, method)


class TLSConnection(Connection, HTTPSConnection):
    """A [`Connection`][eternaltwin.clients.sync.connections.Connection] over TLS.

    It ends with the closure alert of the server (RFC 8446, section 6.1). Without that, somebody in between may have cut
    it off, and reading raises an `SSLEOFError`.
    """

    def open(self, deadline: float) -> None:
        """Connect, as [`open`][eternaltwin.clients.sync.connections.Connection.open] of the base class does.

        Args:
            deadline: When connecting ends with a `TimeoutError`, as `time.monotonic` counts.
        """
        super().open(deadline)
        sock: Any = self.sock  # the stubs do not know this attribute of `ssl.SSLSocket`
        sock.suppress_ragged_eofs = False


def open_socket(host: str, port: int, deadline: float) -> DeadlineSocket:
    """Connect to the first address of a host that accepts. Each address gets its share of the time.

    Args:
        host: A name or an address.
        port: The TCP port.
        deadline: When connecting ends with a `TimeoutError`, as `time.monotonic` counts.

    Returns:
        The connected socket.

    Raises:
        OSError: No address accepts, or the deadline passed.
        UnicodeError: The host is not a valid name.
    """
    addresses = find_addresses(host, port, deadline)
    failure = OSError()
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = DeadlineSocket(family, kind, protocol)
        try:
            sock.settimeout(remaining(deadline) / (len(addresses) - tried))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.deadline = deadline
            sock.settimeout(remaining(deadline))
        except BaseException as exc:  # also that of a signal handler
            sock.close()
            if not isinstance(exc, OSError):
                raise
            failure = exc
        else:
            return sock
    raise failure


def find_addresses(host: str, port: int, deadline: float) -> Sequence[AddressInfo]:
    """Look up the addresses of a host.

    The system's resolver has no timeout, so names are looked up in a thread, which is abandoned
    when the deadline passes.

    Args:
        host: A name or an address.
        port: The TCP port.
        deadline: When the lookup ends with a `TimeoutError`, as `time.monotonic` counts.

    Returns:
        The addresses as `socket.getaddrinfo` returns them, in order of preference.

    Raises:
        OSError: The host is not known, or the deadline passed.
        UnicodeError: The host is not a valid name.
    """
    with suppress(socket.gaierror):  # a numeric address needs no resolver
        return socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    results: SimpleQueue[Sequence[AddressInfo] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        except (OSError, UnicodeError) as exc:
            results.put(exc)

    try:
        Thread(target=look_up, name="eternaltwin-resolver", daemon=True).start()
    except RuntimeError:  # no more threads, as when the interpreter exits
        look_up()
    with suppress(Empty):
        result = results.get(timeout=remaining(deadline))
        if isinstance(result, Exception):
            raise result
        return result
    raise TimeoutError
