"""A raw keep-alive HTTP client, which is the baseline of all comparisons."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl

_END = b"\r\n\r\n"
_CHUNK = 2**16


class RawResponse(NamedTuple):
    """A response.

    Attributes:
        head: The status line and the headers, as received.
        body: The body.
    """

    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Return the value of a header; empty if there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.lower() == name.encode():
                return value.strip().decode()
        return ""


def request(method: str, target: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + _END + body


def body_length(head: bytes) -> int:
    """Return the length of the body in bytes, as declared in the head."""
    lowered = head.lower()
    start = lowered.find(b"content-length:")
    return int(lowered[start + len(b"content-length:") :].split(b"\r\n", 1)[0]) if start >= 0 else 0


class RawConnection:
    """One persistent connection, with TLS if a context is given."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection(("127.0.0.1", port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain, server_hostname="127.0.0.1") if context else plain

    def exchange(self, message: bytes) -> RawResponse:
        """Send a request and return its response.

        Raises:
            ConnectionError: The server closed the connection before the end of the response.
        """
        self._socket.sendall(message)
        received = self._socket.recv(_CHUNK)
        while _END not in received:
            received += self._more()
        head, _, body = received.partition(_END)
        length = body_length(head)
        while len(body) < length:
            body += self._more()
        return RawResponse(head, body)

    def _more(self) -> bytes:
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data
