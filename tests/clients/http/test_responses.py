"""Responses arrive as they were sent."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from tests.support.callers import SECRET, Connect, make_request, post_request
from tests.support.servers import JSON, head, once, responding, response_bytes

if TYPE_CHECKING:
    from tests.support.servers import Peer, Serve


def test_a_response_has_url_status_body_and_fields(connect: Connect, serve: Serve) -> None:
    server = serve(
        responding(response_bytes(JSON, "Content-Type: application/json", "Set-Cookie: a=1", "set-cookie: b=2"))
    )
    response = connect(server.origin).send(make_request())
    assert response.url == f"{server.origin}/api/v1"
    assert response.status_code == 200
    assert response.content == JSON
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]


def test_the_request_arrives_as_given(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    connect(server.origin).send(post_request())
    (request,) = server.requests
    lines, _, body = request.partition(b"\r\n\r\n")
    first, *fields = lines.decode().split("\r\n")
    assert first == "POST /oauth/token HTTP/1.1"
    assert {field.partition(":")[0].lower() for field in fields} == {
        "host", "content-length", "accept-encoding", "user-agent", "authorization"
    }  # fmt: skip
    assert f"Host: 127.0.0.1:{server.port}" in fields
    assert "Accept-Encoding: gzip" in fields
    assert body == f'{{"code": "{SECRET}"}}'.encode()


def test_the_target_is_sent_as_it_is(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    connect(server.origin).send(make_request(target="/a%2Fb/%C3%A9?q=a+b%20c&q=%2B"))
    assert server.requests[0].startswith(b"GET /a%2Fb/%C3%A9?q=a+b%20c&q=%2B HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "status", [200, 201, 204, 205, 206, 226, 299, 300, 304, 400, 401, 404, 410, 418, 429, 500, 503, 599]
)
def test_every_status_is_returned(connect: Connect, serve: Serve, status: int) -> None:
    body = b"" if status in (204, 304) else JSON
    server = serve(responding(response_bytes(body, status=f"{status} Whatever")))
    caller = connect(server.origin)
    assert [caller.send(make_request()).status_code for _ in range(2)] == [status, status]
    assert server.connections == 1


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body_whatever_their_length(connect: Connect, serve: Serve, status: int) -> None:
    server = serve(responding(head("Content-Length: 99999999", status=f"{status} Nothing")))
    assert connect(server.origin).send(make_request()).content == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(connect: Connect, serve: Serve, status: int) -> None:
    server = serve(responding(response_bytes(b"", "Location: /elsewhere", status=f"{status} Moved")))
    response = connect(server.origin).send(make_request())
    assert (response.status_code, response.headers["location"]) == (status, "/elsewhere")
    assert len(server.requests) == 1


def test_a_head_request_has_no_body(connect: Connect, serve: Serve) -> None:
    server = serve(responding(head("Content-Length: 99999999", "Content-Encoding: gzip")))
    caller = connect(server.origin)
    assert [caller.send(make_request("HEAD")).content for _ in range(2)] == [b"", b""]


def test_interim_responses_are_skipped(connect: Connect, serve: Serve) -> None:
    hints = head(status="100 Continue") + head("Link: </a.css>", status="103 Early Hints")
    server = serve(responding(hints + response_bytes()))
    response = connect(server.origin).send(make_request())
    assert (response.status_code, response.content) == (200, JSON)
    assert "link" not in response.headers


def test_cookies_are_not_sent_back(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes(JSON, "Set-Cookie: sid=1; Path=/")))
    caller = connect(f"http://localhost:{server.port}")  # aiohttp's own jar takes no cookies of addresses
    caller.send(make_request())
    caller.send(make_request())
    assert b"cookie" not in server.requests[1].lower()


def test_bytes_that_are_not_utf_8_pass_through(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes(b"\xff\xfe\x00", "X-Odd: \xe9")))
    response = connect(server.origin).send(make_request())
    assert response.content == b"\xff\xfe\x00"
    assert response.headers["x-odd"] == "\xe9"


def chunked(*chunks: bytes, extension: str = "", trailer: str = "") -> bytes:
    framed = b"".join(f"{len(chunk):X}{extension}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return head("Transfer-Encoding: Chunked") + framed + f"0\r\n{trailer}\r\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        chunked(JSON[:5], JSON[5:]),
        chunked(JSON, extension=";a=b", trailer="Expires: 0\r\n"),
        chunked(*(bytes([byte]) for byte in JSON)),
    ],
    ids=["two", "extension and trailer", "many"],
)
def test_chunked_bodies(connect: Connect, serve: Serve, data: bytes) -> None:
    server = serve(responding(data))
    caller = connect(server.origin)
    assert [caller.send(make_request()).content for _ in range(2)] == [JSON, JSON]
    assert server.connections == 1


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/1.0"])
def test_a_body_may_end_with_the_connection(connect: Connect, serve: Serve, version: str) -> None:
    body = JSON * 5000
    data = head().replace(b"HTTP/1.1", version.encode()) + body
    server = serve(once(data))
    caller = connect(server.origin, max_response_size=len(body))
    assert [caller.send(make_request()).content for _ in range(2)] == [body, body]
    assert server.connections == 2


@pytest.mark.parametrize(
    ("data", "connections"),
    [
        (response_bytes(JSON, "Connection: close"), 2),
        (response_bytes(JSON).replace(b"HTTP/1.1", b"HTTP/1.0"), 2),
        (response_bytes(JSON, "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0"), 1),
    ],
    ids=["close", "old", "old, kept alive"],
)
def test_connections_are_kept_when_the_server_keeps_them(
    connect: Connect, serve: Serve, data: bytes, connections: int
) -> None:
    def script(peer: Peer) -> None:
        while peer.read():
            peer.send(data)
            if connections == 2:
                return

    server = serve(script)
    caller = connect(server.origin)
    assert [caller.send(make_request()).content for _ in range(2)] == [JSON, JSON]
    assert server.connections == connections


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(JSON)),
        ("X-GZip", gzip.compress(JSON)),
        ("gzip", gzip.compress(JSON[:7]) + gzip.compress(JSON[7:])),
        ("deflate", zlib.compress(JSON)),
        ("deflate", raw_deflate(JSON)),
        ("identity", JSON),
    ],
    ids=["gzip", "its other name", "two members", "deflate", "deflate without its header", "identity"],
)
def test_compressed_bodies(connect: Connect, serve: Serve, encoding: str, body: bytes) -> None:
    server = serve(responding(response_bytes(body, f"Content-Encoding: {encoding}")))
    assert connect(server.origin).send(make_request()).content == JSON


def test_an_empty_body_may_claim_any_encoding(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes(b"", "Content-Encoding: br")))
    assert connect(server.origin).send(make_request()).content == b""


def test_a_body_of_exactly_the_limit(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes(b"x" * 200_000)))
    assert connect(server.origin, max_response_size=200_000).send(make_request()).content == b"x" * 200_000


def test_a_length_may_have_any_number_of_leading_zeros(connect: Connect, serve: Serve) -> None:
    length = f"Content-Length: {len(JSON):0>5000}"  # more digits than `int` accepts in a string
    server = serve(responding(head(length) + JSON))
    caller = connect(server.origin)
    assert [caller.send(make_request()).content for _ in range(2)] == [JSON, JSON]
    server = serve(responding(head(f"Content-Length: {'0' * 5000}")))
    assert connect(server.origin).send(make_request()).content == b""


def test_a_response_that_arrives_before_the_request_was_read(connect: Connect, serve: Serve) -> None:
    def script(peer: Peer) -> None:
        peer.sock.recv(100)
        peer.send(response_bytes(JSON, "Connection: close", status="413 Too Large"))
        peer.hang()

    server = serve(script)
    request = make_request("POST", body=b"x" * 900_000)
    assert connect(server.origin).send(request).status_code == 413


def test_a_transport_shows_its_server_alone(connect: Connect) -> None:
    assert "Transport http://127.0.0.1:50320>" in repr(connect("http://127.0.0.1:50320"))
