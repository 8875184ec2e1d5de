"""Connections: kept alive, shared, limited, and closed by the server."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.sync import streams
from eternaltwin.clients.sync.connections import Connection
from eternaltwin.clients.sync.pools import KEEP_ALIVE, ConnectionPool
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import BrokenConnectionError, RequestTimeoutError
from tests.support.callers import Connect, assert_fails, make_request, post_request
from tests.support.servers import JSON, Peer, Serve, responding, response_bytes

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest


class Closing:
    """A script that closes its first connections after one response, when `may_close` is set or at the next request."""

    def __init__(self, closing: int = 1, *, reads_first: bool = False, resets: bool = False) -> None:
        self.closing = closing
        self.reads_first = reads_first
        self.resets = resets
        self.may_close = threading.Event()
        self.has_closed = threading.Event()

    def __call__(self, peer: Peer) -> None:
        peer.read()
        peer.send(response_bytes())
        if peer.number >= self.closing:
            responding(response_bytes())(peer)
        elif self.reads_first:
            peer.read()
        else:
            peer.wait(self.may_close)
        if self.resets:
            peer.reset()
        peer.sock.close()
        self.has_closed.set()


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


def test_a_closed_connection_is_noticed_where_there_is_no_poll(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "select", SimpleNamespace())  # as on Windows
    script = Closing()
    server = serve(script)
    with closing(UrllibTransport(server.origin)) as transport:
        transport.send(post_request())
        script.may_close.set()
        script.has_closed.wait()
        assert transport.send(post_request()).content == JSON
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


class Gate:
    """A script that holds its responses back until it is opened."""

    def __init__(self, waiting: int) -> None:
        self.barrier = threading.Barrier(waiting + 1)
        self.is_open = threading.Event()

    def __call__(self, peer: Peer) -> None:
        is_first = True
        while peer.read():
            if is_first:
                self.barrier.wait()
                peer.wait(self.is_open)
            is_first = False
            peer.send(response_bytes())


def test_one_transport_serves_many_threads(serve: Serve) -> None:
    server = serve(responding(response_bytes(JSON)))
    transport = UrllibTransport(server.origin, pool_size=4)
    with ThreadPoolExecutor(16) as threads:
        contents = [response.content for response in threads.map(transport.send, [make_request()] * 200)]
    transport.close()
    assert contents == [JSON] * 200
    assert server.connections <= 4


def test_connections_in_use_are_closed_when_they_are_given_back(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = UrllibTransport(server.origin)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(transport.send, make_request())
        gate.barrier.wait()
        transport.close()
        gate.is_open.set()
        assert under_way.result().content == JSON
    gate.barrier.abort()
    server.close()  # ends because the connection has


def test_a_thread_waits_for_a_connection_no_longer_than_its_request(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = UrllibTransport(server.origin, pool_size=1)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(transport.send, make_request())
        gate.barrier.wait()
        assert_fails(
            lambda: transport.send(make_request(timeout=0.1)),
            RequestTimeoutError,
            "all 1 connections were in use",
            "pool_size",
        )
        gate.is_open.set()
        assert under_way.result().content == JSON
    transport.close()


@pytest.mark.asyncio
async def test_a_task_waits_for_a_connection_no_longer_than_its_request(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    under_way = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(gate.barrier.wait)
    with pytest.raises(RequestTimeoutError):
        await transport.send(make_request(timeout=0.1))
    gate.is_open.set()
    assert (await under_way).content == JSON
    assert server.connections == 1
    await transport.close()


@pytest.mark.asyncio
async def test_tasks_share_a_bounded_number_of_connections(serve: Serve) -> None:
    server = serve(responding(response_bytes(JSON)))
    transport = AiohttpTransport(server.origin, pool_size=4)
    responses = await asyncio.gather(*(transport.send(make_request()) for _ in range(100)))
    assert [response.content for response in responses] == [JSON] * 100
    assert server.connections <= 4
    await transport.close()


@pytest.mark.asyncio
async def test_the_connection_of_a_cancelled_request_is_not_used_again(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    under_way = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(gate.barrier.wait)
    under_way.cancel()
    gate.barrier = threading.Barrier(1)
    gate.is_open.set()
    assert (await transport.send(make_request())).content == JSON
    assert under_way.cancelled()
    assert server.connections == 2
    await transport.close()


@pytest.mark.asyncio
async def test_closing_ends_the_requests_under_way(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    under_way = [asyncio.create_task(transport.send(make_request())) for _ in range(2)]
    await asyncio.to_thread(gate.barrier.wait)
    await transport.close()
    outcomes = await asyncio.gather(*under_way, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BrokenConnectionError] * 2
    gate.is_open.set()


def test_an_idle_connection_is_given_up_in_time(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    now = [0.0]
    pool = ConnectionPool(1, clock=lambda: now[0])
    connection = Connection("127.0.0.1", server.port)
    connection.open(monotonic() + 5)
    pool.keep(connection)
    now[0] = KEEP_ALIVE - 1
    assert pool.take() is connection
    pool.keep(connection)
    now[0] += KEEP_ALIVE
    assert pool.take() is None
    assert connection.is_closed


def test_a_connection_with_unrequested_data_is_not_used_again(connect: Connect, serve: Serve) -> None:
    server = serve(responding(response_bytes() + response_bytes(b"for somebody else")))
    caller = connect(server.origin)
    assert [caller.send(make_request()).content for _ in range(3)] == [JSON] * 3
    assert server.connections == 3
