"""Servers that fail in every way: always an error of this library, in time, without secrets."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import zlib
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.http.decoding import MAX_MEMBERS
from eternaltwin.clients.http.framing import OTHER_CODINGS
from eternaltwin.clients.http.proxies import Proxy
from eternaltwin.clients.http.transport_errors import (
    connect_timed_out,
    connection_broken,
    not_http,
    pool_exhausted,
    timed_out,
    tls_failed,
    tunnel_refused,
    unreachable,
)
from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    EternalTwinError,
    InvalidArgumentError,
    RequestTimeoutError,
    ResponseTooLargeError,
    UnexpectedResponseError,
)
from tests.support.callers import SECRET, Connect, assert_fails, make_request, post_request
from tests.support.servers import JSON, head, once, responding, response_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.http.requests import HTTPRequest
    from tests.support.servers import Peer, Serve

BREAKING = {
    "nothing": b"",
    "within the status line": b"HTTP/1.1 20",
    "within a header field": head("Content-Type: text/plain")[:-10],
    "after the header fields": head("Content-Type: text/plain")[:-2],
    "within the body": response_bytes()[:-1],
    "within a chunk": head("Transfer-Encoding: chunked") + b"a\r\n12345",
    "after a chunk": head("Transfer-Encoding: chunked") + b"5\r\n12345",
    "before the last chunk": head("Transfer-Encoding: chunked") + b"5\r\n12345\r\n",
    "within the last chunk": head("Transfer-Encoding: chunked") + b"5\r\n12345\r\n0\r\n",
}

GARBAGE = {
    "secret": f"{SECRET}\r\n\r\n".encode(),
    "bytes": bytes(range(256)),
    "HTML": b"<html><body>It works!</body></html>\n",
    "TLS": b"\x15\x03\x01\x00\x02\x02\x46",
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/2": b"HTTP/2 200 OK\r\n\r\n",
    "status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "status that is no number": b"HTTP/1.1 two OK\r\n\r\n",
    "field without a colon": head(SECRET),
    "field without a name": head(f": {SECRET}"),
    "field with a space in its name": head(f"A B: {SECRET}"),
    "field with a null byte": head(f"A: {SECRET}\0"),
    "length that is no number": head("Content-Length: ten"),
    "negative length": head("Content-Length: -1"),
    "two lengths": head("Content-Length: 1", "Content-Length: 2") + b"12",
    "length and chunks": head("Content-Length: 1", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "endless status line": b"HTTP/1.1 200 " + b"x" * 100_000,
    "huge field": head("A: " + "x" * 100_000),
    "many fields": head(*(f"A{number}: x" for number in range(10_000))),
    "more fields than are accepted": head(*(f"A{number}: x" for number in range(200))),
    "coding without a length": head("Transfer-Encoding: gzip") + JSON,
    "coding after chunks": head("Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n",
    "changed protocol": head("Upgrade: x", "Connection: upgrade", status="101 Switching Protocols"),
}

BAD_CHUNKS = {
    "negative": b"-1\r\n" + JSON,
    "no number": b"xyz\r\n" + JSON,
    "too short by a character": b"2\r\nabx\n0\r\n\r\n",
    "too short": b"2\r\nabcdef\r\n0\r\n\r\n",
    "no digit": b"G\r\n" + JSON + b"\r\n0\r\n\r\n",
    "no digit after one": b"2G\r\n" + JSON + b"\r\n0\r\n\r\n",
    "endless size": b"1" * 10_000,
    "trailer without a colon": b"0\r\nExpires\r\n\r\n",
    "trailer without a name": b"0\r\n: 0\r\n\r\n",
    "trailer with a space in its name": b"0\r\nA B: 0\r\n\r\n",
    "trailer with a bare carriage return": b"0\r\nA: x\rB: y\r\n\r\n",
    "trailer with a length": b"0\r\nContent-Length: 5\r\n\r\n",
    "trailer of many fields": b"0\r\n" + b"A: x\r\n" * 200 + b"\r\n",
    "endless extension": b"1;" + b"a" * 100_000,
}


@pytest.fixture(params=[make_request(), post_request()], ids=["idempotent", "not idempotent"])
def http_request(request: pytest.FixtureRequest) -> HTTPRequest:
    """A request that may be sent twice, and one that must not."""
    http_request: HTTPRequest = request.param
    return http_request


@pytest.mark.parametrize("data", BREAKING.values(), ids=BREAKING)
def test_a_server_that_closes_the_connection(
    connect: Connect, serve: Serve, http_request: HTTPRequest, data: bytes
) -> None:
    server = serve(once(data))
    assert_fails(lambda: connect(server.origin).send(http_request), BrokenConnectionError, server.origin)


@pytest.mark.parametrize(
    "sent", [b"", head()[:10], response_bytes()[:-5]], ids=["at once", "in the head", "in the body"]
)
def test_a_server_that_resets(connect: Connect, serve: Serve, http_request: HTTPRequest, sent: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(sent)
        peer.reset()

    server = serve(script)
    assert_fails(lambda: connect(server.origin).send(http_request), BrokenConnectionError, server.origin)


@pytest.mark.parametrize("data", GARBAGE.values(), ids=GARBAGE)
def test_a_server_that_does_not_speak_http(
    connect: Connect, serve: Serve, http_request: HTTPRequest, data: bytes
) -> None:
    server = serve(once(data))
    assert_fails(lambda: connect(server.origin).send(http_request), BrokenConnectionError, server.origin)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GARBAGE["coding after chunks"], OTHER_CODINGS),
        (GARBAGE["changed protocol"], "it changed the protocol unasked"),
    ],
    ids=["coding", "protocol"],
)
def test_a_response_that_is_not_read_as_http_says_why(connect: Connect, serve: Serve, data: bytes, reason: str) -> None:
    server = serve(once(data))
    assert message_of(lambda: connect(server.origin).send(make_request())) == (
        f"{server.origin}/api/v1 did not send a valid HTTP response ({reason}): check the scheme and the port of `url`"
    )


@pytest.mark.parametrize("data", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_malformed_chunks(connect: Connect, serve: Serve, data: bytes) -> None:
    server = serve(once(head("Transfer-Encoding: chunked") + data))
    assert_fails(lambda: connect(server.origin).send(make_request()), BrokenConnectionError, server.origin)


def message_of(send: Callable[[], object]) -> str:
    """Return the whole message with which a request fails."""
    with pytest.raises(EternalTwinError) as caught:
        send()
    return str(caught.value)


def test_a_server_that_refuses(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert_fails(
        lambda: connect(f"http://127.0.0.1:{port}").send(make_request()),
        ConnectError,
        f"http://127.0.0.1:{port}/api/v1 cannot be reached: the connection was refused:"
        " check that the server runs, and the port in `url`",
    )


def test_the_port_of_the_front_end(connect: Connect) -> None:
    origin = "http://127.0.0.2:50321"
    assert_fails(
        lambda: connect(origin).send(make_request()), ConnectError, "listens on port 50320", "50321 is the port"
    )


@pytest.mark.parametrize("host", ["eternaltwin.invalid", f"{'x' * 70}.invalid"])
def test_an_unknown_host(connect: Connect, host: str) -> None:
    assert_fails(lambda: connect(f"http://{host}").send(make_request()), ConnectError, host, "is not known")
    assert message_of(lambda: connect(f"http://{host}").send(make_request())) == (
        f"http://{host}/api/v1 cannot be reached: the host name is not known: check the host in `url`, and the network"
    )


def test_an_unreachable_network(connect: Connect) -> None:
    origin = "http://255.255.255.255:50320"
    assert_fails(lambda: connect(origin).send(make_request()), ConnectError, origin, "check the address")
    assert re.fullmatch(
        f"{re.escape(origin)}/api/v1 cannot be reached: [a-z ]+: check the address in `url`, and the network",
        message_of(lambda: connect(origin).send(make_request())),
    )


@pytest.mark.parametrize(
    ("cause", "problem"),
    [
        (OSError(113, "No route to host"), "no route to host: check the address in `url`, and the network"),
        (OSError("broken"), "the connection was closed at once: check the address in `url`, and the network"),
        (EOFError(), "the connection was closed at once: check the address in `url`, and the network"),
        (socket.gaierror(), "the host name is not known: check the host in `url`, and the network"),
        (UnicodeError(), "the host name is not known: check the host in `url`, and the network"),
        (ConnectionRefusedError(), "the connection was refused: check that the server runs, and the port in `url`"),
    ],
    ids=repr,
)
def test_each_cause_of_an_unreachable_server_has_its_advice(cause: Exception, problem: str) -> None:
    assert str(unreachable("http://a.test/x", cause, None)) == f"http://a.test/x cannot be reached: {problem}"


def test_causes_behind_a_proxy_have_the_advice_of_the_proxy() -> None:
    proxy = Proxy("http_proxy", "p.test", 3128, {})
    advice = "check http_proxy in the environment, or list the server's host in no_proxy"
    through = "http://a.test/x cannot be reached through the proxy http://p.test:3128"
    refused = unreachable("http://a.test/x", ConnectionRefusedError(), proxy)
    assert str(refused) == f"{through}: the connection was refused: {advice}"
    for status, problem in ((407, "it responded with 407"), (None, "it did not send a valid HTTP response")):
        assert str(tunnel_refused("http://a.test/x", proxy, status)) == f"{through}: {problem}: {advice}"


def test_what_takes_too_long_or_breaks_says_what_to_do() -> None:
    url = "http://a.test/x"
    assert str(pool_exhausted(url, 0.25, 7)) == (
        "http://a.test/x was not asked: all 7 connections were in use for 0.25 s: raise `pool_size`"
    )
    cause = ssl.SSLError(1, "broken")
    cause.reason = ""
    assert str(tls_failed(url, cause)) == (
        "TLS with http://a.test/x failed (the connection was closed): check the server, and any proxy or firewall in"
        " between"
    )
    assert str(timed_out(url, 1.23456)) == (
        "http://a.test/x did not respond within 1.23 s: check that the server is well, or raise `timeout`"
    )
    assert str(connect_timed_out(url, 1.23456)) == (
        "http://a.test/x did not accept a connection within 1.23 s: check the address, or raise `connect_timeout`"
    )
    assert str(connection_broken(url)) == (
        "http://a.test/x closed the connection before the end of its response: check that the server is well, and try"
        " again"
    )
    assert str(not_http(url)) == (
        "http://a.test/x did not send a valid HTTP response (the data received is not HTTP): check the scheme and the"
        " port of `url`"
    )


def test_the_ports_of_the_api_and_of_the_front_end_are_told_apart() -> None:
    assert str(unreachable("http://a.test:50321/x", ConnectionRefusedError(), None)) == (
        "http://a.test:50321/x cannot be reached: the connection was refused:"
        " Eternaltwin's API listens on port 50320; 50321 is the port of its front end"
    )


@pytest.mark.parametrize("body", [JSON, gzip.compress(b"x" * 10_000_000)], ids=["plain", "compressed"])
def test_a_body_whose_length_is_too_large_is_not_read(connect: Connect, serve: Serve, body: bytes) -> None:
    server = serve(once(head("Content-Length: 100001") + body[:1]))
    error = assert_fails(lambda: connect(server.origin).send(make_request()), ResponseTooLargeError)
    assert str(error) == (
        f"{server.origin}/api/v1 sent more than 100000 bytes: check that `url` is the address of the Eternaltwin"
        " server, or raise `max_response_size`"
    )


def flooding(first: bytes, again: bytes) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(first)
        peer.flood(again)

    return script


CHUNK = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
BOMB = gzip.compress(b"\0" * 50_000_000)

ENDLESS = {
    "until the connection closes": (head(), b"x" * 1000),
    "chunks": (head("Transfer-Encoding: chunked"), CHUNK),
    "one chunk": (head("Transfer-Encoding: chunked") + b"FFFFFFFFFF\r\n", b"x" * 1000),
    "gzip members": (head("Content-Encoding: gzip"), gzip.compress(b"x" * 1000)),
    "empty gzip members": (head("Content-Encoding: gzip"), gzip.compress(b"")),
}


@pytest.mark.parametrize(("first", "again"), ENDLESS.values(), ids=ENDLESS)
def test_an_endless_body(connect: Connect, serve: Serve, first: bytes, again: bytes) -> None:
    server = serve(flooding(first, again))
    assert_fails(lambda: connect(server.origin).send(make_request()), ResponseTooLargeError, "more than 100000")


@pytest.mark.parametrize(
    ("encoding", "body"), [("gzip", BOMB), ("deflate", zlib.compress(b"\0" * 50_000_000))], ids=["gzip", "deflate"]
)
def test_a_compressed_body_that_grows_too_large(connect: Connect, serve: Serve, encoding: str, body: bytes) -> None:
    server = serve(responding(response_bytes(body, f"Content-Encoding: {encoding}")))
    assert_fails(lambda: connect(server.origin).send(make_request()), ResponseTooLargeError, "more than 100000")


ENDLESS_HEADS = {
    "fields": (head()[:-2], b"A: x\r\n" * 100),
    "one field": (b"HTTP/1.1 200 OK\r\nA: ", b"x" * 1000),
    "status line": (b"HTTP/1.1 200 ", b"x" * 1000),
    "trailers": (head("Transfer-Encoding: chunked") + b"0\r\n", b"A: x\r\n" * 100),
}


@pytest.mark.parametrize(("first", "again"), ENDLESS_HEADS.values(), ids=ENDLESS_HEADS)
def test_an_endless_head(connect: Connect, serve: Serve, first: bytes, again: bytes) -> None:
    server = serve(flooding(first, again))
    assert_fails(lambda: connect(server.origin).send(make_request()), BrokenConnectionError, server.origin)


NOT_REQUESTED = (
    "/api/v1 sent a body in an encoding that was not requested: check that `url` is the address of the"
    " Eternaltwin server"
)


@pytest.mark.parametrize(
    ("encoding", "body", "word"),
    [
        ("gzip", gzip.compress(JSON)[:-3], "/api/v1 sent compressed data that ends too early: try again"),
        ("gzip", JSON, "/api/v1 sent compressed data that is damaged: try again"),
        ("gzip", gzip.compress(JSON) + JSON, "damaged"),
        ("deflate", b"\x78\x9c" + JSON, "damaged"),
        ("br", JSON, NOT_REQUESTED),
        ("gzip, gzip", gzip.compress(gzip.compress(JSON)), "not requested"),
        ("x" * 1000, JSON, "not requested"),
        ("gzip\r\nContent-Encoding: gzip", gzip.compress(JSON), "not requested"),
    ],
    ids=["cut", "not gzip", "more after it", "not deflate", "Brotli", "twice", "long name", "in two fields"],
)
def test_compressed_data_that_cannot_be_read(
    connect: Connect, serve: Serve, encoding: str, body: bytes, word: str
) -> None:
    server = serve(responding(response_bytes(body, f"Content-Encoding: {encoding}")))
    assert_fails(lambda: connect(server.origin).send(make_request()), UnexpectedResponseError, server.origin, word)


def test_a_body_of_too_many_gzip_members(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes(gzip.compress(b"") * (MAX_MEMBERS + 1), "Content-Encoding: gzip")))
    caller = connect(server.origin, max_response_size=10**6)
    error = assert_fails(lambda: caller.send(make_request()), UnexpectedResponseError)
    assert str(error) == (
        f"{server.origin}/api/v1 sent compressed data in more than 10000 parts: check that `url` is the address of the"
        " Eternaltwin server"
    )


UNSENDABLE = {
    "line in a header field": make_request(headers={"X-A": f"{SECRET}\r\nX-B: 1"}),
    "folded header field": make_request(headers={"X-A": f"{SECRET}\r\n X-B: 1"}),
    "null byte": make_request(headers={"X-A": f"{SECRET}\0"}),
    "letters beyond ASCII": make_request(headers={"X-A": f"{SECRET}é"}),
    "line in a header's name": make_request(headers={f"X-{SECRET}\r\nA": "1"}),
    "space in the target": make_request(target=f"/{SECRET} HTTP/1.1"),
    "line in the target": make_request(target=f"/{SECRET}\r\nX-A: 1"),
    "line in the method": make_request(f"GET /{SECRET}\r\n"),
}


@pytest.mark.parametrize("http_request", UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_cannot_be_sent_is_not(connect: Connect, serve: Serve, http_request: HTTPRequest) -> None:
    server = serve(responding(response_bytes()))
    error = assert_fails(lambda: connect(server.origin).send(http_request), InvalidArgumentError)
    assert str(error) in {
        "a request's method, path, query and header names must be visible ASCII characters",
        "a request's header fields, such as the token's, must be one line of visible ASCII characters",
    }
    assert server.connections == 0


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (GARBAGE["HTML"], BrokenConnectionError),
        (BREAKING["within the body"], BrokenConnectionError),
        (head("Content-Length: 100001"), ResponseTooLargeError),
        (response_bytes(JSON, "Content-Encoding: br", "Connection: close"), UnexpectedResponseError),
    ],
    ids=["no HTTP", "broken off", "too large", "unknown encoding"],
)
def test_after_a_failure_the_next_call_has_a_connection_of_its_own(
    connect: Connect, serve: Serve, data: bytes, kind: type[EternalTwinError]
) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            peer.send(data if peer.number < 1 else response_bytes())
            if peer.number < 1:
                return

    server = serve(script)
    caller = connect(server.origin, pool_size=1)
    assert_fails(lambda: caller.send(post_request()), kind)
    assert caller.send(post_request()).content == JSON


@pytest.mark.parametrize(
    "sent", [b"", head()[:10], head("Content-Length: 10"), head("Transfer-Encoding: chunked")], ids=range(4)
)
def test_a_server_that_hangs(connect: Connect, serve: Serve, sent: bytes) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(sent)
        peer.hang()

    server = serve(script)
    assert_fails(
        lambda: connect(server.origin).send(make_request(timeout=0.2)),
        RequestTimeoutError,
        f"{server.origin}/api/v1 did not respond within 0.2 s",
        "`timeout`",
    )
