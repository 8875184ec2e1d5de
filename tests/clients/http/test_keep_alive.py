"""Connections: kept alive, and closed by the server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import BrokenConnectionError, RequestTimeoutError
from tests.support.callers import Connect, assert_fails, make_request, post_request
from tests.support.server_scripts import Closing
from tests.support.servers import JSON, Peer, Serve, head, responding, response_bytes

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest

CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"

KEPT = {
    "no option": response_bytes(),
    "another option": response_bytes(JSON, "Connection: x-close"),
    "an option that starts like it": response_bytes(JSON, "Connection: closed"),
    "an option that ends like it": response_bytes(JSON, "Connection: not-close"),
    "empty options": response_bytes(JSON, "Connection: ,, keep-alive ,"),
    "chunks": head("Transfer-Encoding: chunked") + CHUNKS,
    "1.0": response_bytes(JSON, "Connection: Keep-Alive").replace(b"1.1", b"1.0"),
    "1.0 with a list": response_bytes(JSON, "Connection: x ,\tkeep-alive").replace(b"1.1", b"1.0"),
    "1.0 with two fields": response_bytes(JSON, "Connection: x", "Connection: keep-alive").replace(b"1.1", b"1.0"),
}

NOT_KEPT = {
    "close": response_bytes(JSON, "Connection: close"),
    "in capitals": response_bytes(JSON, "CONNECTION: CLOSE"),
    "first of a list": response_bytes(JSON, "Connection: close, keep-alive"),
    "within a list": response_bytes(JSON, "Connection: x ,\tclose\t,y"),
    "last field": response_bytes(JSON, "Connection: keep-alive", "Connection: close"),
    "first field": response_bytes(JSON, "Connection: close", "Connection: keep-alive"),
    "chunks": head("Transfer-Encoding: chunked", "Connection: close") + CHUNKS,
    "1.0": response_bytes().replace(b"1.1", b"1.0"),
    "1.0 with another option": response_bytes(JSON, "Connection: keep-alive-x").replace(b"1.1", b"1.0"),
    "1.0 with both": response_bytes(JSON, "Connection: keep-alive, close").replace(b"1.1", b"1.0"),
    "1.0 with chunks": head("Transfer-Encoding: chunked", "Connection: keep-alive").replace(b"1.1", b"1.0") + CHUNKS,
}


@pytest.mark.parametrize("data", KEPT.values(), ids=KEPT)
def test_connection_is_read_by_its_options(connect: Connect, serve: Serve, data: bytes) -> None:
    server = serve(responding(data))
    caller = connect(server.origin)
    assert [caller.send(post_request()).status_code for _ in range(2)] == [200, 200]
    assert server.connections == 1


@pytest.mark.parametrize("data", NOT_KEPT.values(), ids=NOT_KEPT)
@pytest.mark.parametrize("is_split", [False, True], ids=["at once", "in two pieces"])
def test_a_connection_that_the_server_does_not_keep_is_not_used_again(
    connect: Connect, serve: Serve, data: bytes, is_split: bool
) -> None:
    """Not even if the server leaves it open: nothing that comes on it may be taken for a response."""

    def script(peer: Peer) -> None:
        while peer.read():
            peer.send(data[: -4 * is_split or None])
            peer.wait(may_end)
            peer.send(data[len(data) - 4 * is_split :])

    may_end = threading.Event()
    if not is_split:
        may_end.set()
    server = serve(script)
    caller = connect(server.origin)
    ending = threading.Timer(0.02, may_end.set)
    ending.start()
    assert [caller.send(post_request()).status_code for _ in range(2)] == [200, 200]
    assert server.connections == 2
    ending.join()


@pytest.mark.parametrize("sent", [b"", head(), response_bytes()[:-1], head("Transfer-Encoding: chunked") + b"5\r\nhe"])
def test_after_a_timeout_the_next_call_does_not_get_the_late_response(
    connect: Connect, serve: Serve, sent: bytes
) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        if peer.number == 0:
            peer.send(sent)
            if not peer.read():  # the next request, if it came on this connection
                return
            peer.send((response_bytes() if not sent else sent[-1:]) + CHUNKS)
        peer.send(response_bytes(b"in time"))

    server = serve(script)
    caller = connect(server.origin, pool_size=1)
    assert_fails(lambda: caller.send(post_request(timeout=0.1)), RequestTimeoutError)
    assert caller.send(post_request()).content == b"in time"
    assert server.connections == 2


@pytest.mark.parametrize("http_request", [make_request(), post_request()], ids=["idempotent", "not idempotent"])
@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
def test_a_connection_known_to_be_closed_is_not_used(
    connect: Connect, serve: Serve, http_request: HTTPRequest, resets: bool
) -> None:
    script = Closing(resets=resets)
    server = serve(script)
    caller = connect(server.origin)
    caller.send(http_request)
    script.may_close.set()
    script.has_closed.wait()
    assert caller.send(http_request).content == JSON
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
def test_an_idempotent_request_is_sent_again_when_the_server_closes_at_that_moment(
    connect: Connect, serve: Serve, resets: bool
) -> None:
    server = serve(Closing(reads_first=True, resets=resets))
    caller = connect(server.origin)
    caller.send(make_request())
    assert caller.send(make_request()).content == JSON
    assert (server.connections, len(server.requests)) == (2, 3)


@pytest.mark.parametrize("resets", [False, True], ids=["closes", "resets"])
def test_a_request_that_is_not_idempotent_is_not_sent_again(connect: Connect, serve: Serve, resets: bool) -> None:
    server = serve(Closing(reads_first=True, resets=resets))
    caller = connect(server.origin)
    caller.send(post_request())
    assert_fails(lambda: caller.send(post_request()), BrokenConnectionError)
    assert (server.connections, len(server.requests)) == (1, 2)


def test_a_request_is_sent_again_only_once(connect: Connect, serve: Serve) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        if peer.number == 0:
            peer.send(response_bytes())
            peer.read()

    server = serve(script)
    caller = connect(server.origin)
    caller.send(make_request())
    assert_fails(lambda: caller.send(make_request()), BrokenConnectionError)
    assert (server.connections, len(server.requests)) == (2, 3)


def test_nothing_is_sent_again_after_a_response_has_begun(connect: Connect, serve: Serve) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(response_bytes())
        peer.read()
        peer.send(response_bytes()[:-1])

    server = serve(script)
    caller = connect(server.origin)
    caller.send(make_request())
    assert_fails(lambda: caller.send(make_request()), BrokenConnectionError)
    assert (server.connections, len(server.requests)) == (1, 2)


def test_after_close_there_are_new_connections(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    caller = connect(server.origin)
    caller.close()
    caller.send(make_request())
    caller.close()
    assert caller.send(make_request()).content == JSON
    assert server.connections == 2


def test_a_connection_with_unrequested_data_is_not_used_again(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes() + response_bytes(b"for somebody else")))
    caller = connect(server.origin)
    assert [caller.send(make_request()).content for _ in range(3)] == [JSON] * 3
    assert server.connections == 3
