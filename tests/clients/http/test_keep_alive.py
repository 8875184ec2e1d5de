"""Connections: kept alive, and closed by the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import BrokenConnectionError
from tests.support.callers import Connect, assert_fails, make_request, post_request
from tests.support.server_scripts import Closing
from tests.support.servers import JSON, Peer, Serve, responding, response_bytes

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest


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
