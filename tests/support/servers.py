"""Servers that follow a script, byte by byte, on real sockets."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    import trustme

JSON = b'{"eternaltwin": {"version": "0.16.4"}}'


def head(*fields: str, status: str = "200 OK") -> bytes:
    """Return the head of a response."""
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode("latin-1")


def response_bytes(body: bytes = JSON, *fields: str, status: str = "200 OK") -> bytes:
    """Return a whole response with a `Content-Length`."""
    return head(f"Content-Length: {len(body)}", *fields, status=status) + body


class Peer:
    """The server's side of a connection. `number` counts the connections from 0."""

    def __init__(self, sock: socket.socket, number: int, server: ScriptedServer) -> None:
        self.sock = sock
        self.number = number
        self._server = server

    def read(self) -> bytes:
        """Record and return the next request, or an empty string after the client has closed."""
        data = b""
        while b"\r\n\r\n" not in data or len(data.partition(b"\r\n\r\n")[2]) < _content_length(data):
            piece = self.sock.recv(65536)
            if not piece:
                return b""
            data += piece
        self._server.requests.append(data)
        return data

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        """Send a byte at a time, over and over, until the client or the test ends it."""
        while not self._server.stopped.is_set():
            for byte in data:
                self.send(bytes([byte]))
                if self._server.stopped.wait(0.01):
                    return

    def flood(self, data: bytes) -> None:
        """Send the data over and over, until the client or the test ends it."""
        while not self._server.stopped.is_set():
            self.send(data)

    def wait(self, event: threading.Event) -> None:
        """Wait for an event, or for the end of the test."""
        while not event.wait(0.05) and not self._server.stopped.is_set():
            pass

    def hang(self) -> None:
        """Send nothing until the client closes."""
        while self.sock.recv(65536):
            pass

    def close_tls(self) -> None:
        """End TLS with a closure alert. Closing the socket alone sends none."""
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.unwrap()

    def reset(self) -> None:
        """Reset the connection: the client gets an error, not the end of the data."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def _content_length(data: bytes) -> int:
    for line in data.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def responding(*responses: bytes) -> Callable[[Peer], None]:
    """Return a script that sends one response per request, and the last one for all further requests."""

    def script(peer: Peer) -> None:
        left = list(responses)
        while peer.read():
            peer.send(left[0])
            del left[: len(left) - 1 and 1]

    return script


def once(data: bytes) -> Callable[[Peer], None]:
    """Return a script that reads a request, sends the data, and closes."""

    def script(peer: Peer) -> None:
        if peer.read():
            peer.send(data)

    return script


class ScriptedServer:
    """Runs a script on each connection, in a thread of its own.

    Attributes:
        requests: The requests as received.
        connections: How many connections were accepted.
        stopped: Set at the end of the test.
    """

    def __init__(self, script: Callable[[Peer], None], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopped = threading.Event()
        self._script = script
        self._tls = tls
        self._peers: dict[threading.Thread, socket.socket] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def origin(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(sock, self.connections))
            self.connections += 1
            self._peers[thread] = sock
            thread.start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            if self._tls is not None:
                sock = self._peers[threading.current_thread()] = self._tls.wrap_socket(sock, server_side=True)
            self._script(Peer(sock, number, self))
        except OSError:
            pass  # the client has gone
        finally:
            sock.close()

    def close(self) -> None:
        if self.stopped.is_set():
            return
        self.stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for thread in self._peers:
            _shut(self._peers[thread])
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def server_context(authority: trustme.CA, host: str) -> ssl.SSLContext:
    """Return a TLS context for a server of this name or address, with a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with authority.issue_cert(host).private_key_and_cert_chain_pem.tempfile() as path:
        context.load_cert_chain(path)
    return context


class Serve(Protocol):
    """Starts a server for the time of a test."""

    def __call__(self, script: Callable[[Peer], None], tls: ssl.SSLContext | None = None) -> ScriptedServer:
        """Start one."""
        ...


def _shut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        sock.shutdown(socket.SHUT_RDWR)


class Proxy(ScriptedServer):
    """An HTTP proxy that records its requests, forwards them to `target`, and opens tunnels to it."""

    def __init__(self, target: ScriptedServer) -> None:
        self._target = target
        super().__init__(self._relay)

    def _relay(self, peer: Peer) -> None:
        request = peer.read()
        with socket.create_connection(("127.0.0.1", self._target.port)) as upstream:
            if request.startswith(b"CONNECT "):
                peer.send(head(status="200 Connection established"))
            else:
                upstream.sendall(request)
            back = threading.Thread(target=_pump, args=(upstream, peer.sock))
            back.start()
            _pump(peer.sock, upstream)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    _shut(sink)
