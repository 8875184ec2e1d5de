"""Every wait ends at the timeout of the request, whatever the server keeps sending."""

from __future__ import annotations

import socket
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import ConnectError, RequestTimeoutError
from tests.support.callers import Connect, assert_fails, make_request
from tests.support.servers import JSON, head, response_bytes

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from tests.support.resolvers import Resolver
    from tests.support.servers import Peer, Serve

DRIPS = {
    "status line": (b"", b"HTTP/1.1 200 OK" + b"x" * 1000),
    "header fields": (b"HTTP/1.1 200 OK\r\n", b"A: x\r\n"),
    "interim responses": (b"", head(status="103 Early Hints")),
    "body of known length": (head("Content-Length: 99999"), b"x"),
    "body without length": (head(), b"x"),
    "chunks": (head("Transfer-Encoding: chunked"), b"1\r\nx\r\n"),
    "size of a chunk": (head("Transfer-Encoding: chunked"), b"0"),
    "trailers": (head("Transfer-Encoding: chunked") + b"0\r\n", b"A: x\r\n"),
}


@pytest.mark.parametrize(("first", "again"), DRIPS.values(), ids=DRIPS)
def test_a_server_that_drips(connect: Connect, serve: Serve, first: bytes, again: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(first)
        peer.drip(again)

    server = serve(script)
    caller = connect(server.origin)
    started = monotonic()
    assert_fails(lambda: caller.send(make_request(timeout=0.3)), RequestTimeoutError, "did not respond within 0.3 s")
    assert 0.25 < monotonic() - started < 1.5


def test_a_server_that_drips_its_tls(connect: Connect, serve: Serve) -> None:
    server = serve(lambda peer: peer.drip(b"\x16\x03\x03\x3f\xff" + b"\0" * 10_000))
    caller = connect(server.origin.replace("http:", "https:"))
    started = monotonic()
    assert_fails(lambda: caller.send(make_request(timeout=0.4)), RequestTimeoutError, "0.4 s")
    assert monotonic() - started < 1.5


def test_a_server_that_drips_within_tls(
    connect: Connect, serve: Serve, server_tls: ssl.SSLContext, bundle: str
) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.drip(b"HTTP/1.1 200 OK" + b"x" * 1000)

    server = serve(script, server_tls)
    caller = connect(server.origin, verify=bundle)
    started = monotonic()
    assert_fails(lambda: caller.send(make_request(timeout=0.4)), RequestTimeoutError, "0.4 s")
    assert monotonic() - started < 1.5


def test_a_proxy_that_drips(connect: Connect, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.drip(b"HTTP/1.1 200 OK" + b"x" * 1000)

    proxy = serve(script)
    monkeypatch.setenv("https_proxy", proxy.origin)
    caller = connect("https://eternaltwin.example")
    assert_fails(
        lambda: caller.send(make_request(timeout=0.3)),
        RequestTimeoutError,
        "https://eternaltwin.example/api/v1 did not respond within 0.3 s",
    )


def test_no_time_at_all(connect: Connect, serve: Serve) -> None:
    server = serve(lambda peer: peer.hang())
    assert_fails(lambda: connect(server.origin).send(make_request(timeout=0.0)), RequestTimeoutError)


@pytest.fixture
def full_backlog() -> Iterator[str]:
    """The origin of a server that accepts no connection, because too many are waiting."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(address)
        yield f"http://127.0.0.1:{address[1]}"
        for sock in waiting:
            sock.close()


def test_a_server_that_accepts_no_connection(connect: Connect, full_backlog: str) -> None:
    caller = connect(full_backlog, connect_timeout=0.2)
    assert_fails(
        lambda: caller.send(make_request()),
        ConnectError,
        f"{full_backlog}/api/v1 did not accept a connection within 0.2 s",
        "connect_timeout",
    )


@pytest.mark.parametrize("connect_timeout", [None, 5.0])
def test_connecting_takes_no_longer_than_the_request(
    connect: Connect, full_backlog: str, connect_timeout: float | None
) -> None:
    caller = connect(full_backlog, connect_timeout=connect_timeout)
    message = f"{full_backlog}/api/v1 did not respond within 0.2 s"
    assert_fails(lambda: caller.send(make_request(timeout=0.2)), RequestTimeoutError, message)


def test_connect_timeout_does_not_bound_the_response(connect: Connect, serve: Serve) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.drip(b"HTTP/1.1 200 OK" + b"x" * 1000)

    server = serve(script)
    caller = connect(server.origin, connect_timeout=0.1)
    assert_fails(lambda: caller.send(make_request(timeout=0.4)), RequestTimeoutError, "within 0.4 s")


def test_a_resolver_that_hangs(connect: Connect, resolver: Resolver) -> None:
    caller = connect("http://slow.test:50320")
    assert_fails(lambda: caller.send(make_request(timeout=0.2)), RequestTimeoutError, "within 0.2 s")
    resolver.may_return.set()


def test_every_address_of_a_host_is_tried(connect: Connect, serve: Serve, resolver: Resolver) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            peer.send(response_bytes())

    server = serve(script)
    resolver.may_return.set()
    assert connect(f"http://two.test:{server.port}").send(make_request()).content == JSON
