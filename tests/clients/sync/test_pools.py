"""Connections of a sync transport: kept, limited in number, and shared by threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync.connections import Connection
from eternaltwin.clients.sync.pools import KEEP_ALIVE, ConnectionPool
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import RequestTimeoutError
from tests.support.callers import assert_fails, make_request
from tests.support.server_scripts import Gate
from tests.support.servers import JSON, Peer, responding, response_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.servers import Serve


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
            f"{server.origin}/api/v1 was not asked: all 1 connections were in use for 0.1 s",
            "pool_size",
        )
        gate.is_open.set()
        assert under_way.result().content == JSON
    transport.close()


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
    now[0] += KEEP_ALIVE - 0.001
    assert pool.take() is connection
    pool.keep(connection)
    now[0] += KEEP_ALIVE
    assert pool.take() is None
    assert connection.is_closed


def test_calls_have_their_turns_in_the_order_in_which_they_arrive() -> None:
    pool = ConnectionPool(2)
    first, second, third, fourth = (SimpleQueue[None]() for _ in range(4))
    assert pool.hold(first, 1)
    assert pool.hold(second, 1)
    with ThreadPoolExecutor(2) as threads:
        waiting = threads.submit(pool.hold, third, 5)
        assert not pool.hold(fourth, 0.05)
        pool.release(fourth)
        assert not waiting.done()
        pool.release(second)
        assert waiting.result()
    assert not pool.hold(fourth, 0)
    pool.release(first)
    assert pool.hold(fourth, 0)


def test_a_turn_may_be_released_before_and_after_it_is_held() -> None:
    pool = ConnectionPool(1)
    first, second, third = (SimpleQueue[None]() for _ in range(3))
    pool.release(first)
    assert pool.hold(first, 0)
    pool.release(second)
    assert not pool.hold(second, 0)
    for _ in range(3):
        pool.release(first)
    assert pool.hold(second, 0)
    assert not pool.hold(third, 0)


@pytest.mark.parametrize(
    ("size", "build"),
    [(1, partial(UrllibTransport, pool_size=1)), (2, partial(UrllibTransport, pool_size=2)), (10, UrllibTransport)],
    ids=["1", "2", "default"],
)
def test_exactly_as_many_connections_as_the_pool_has_are_in_use(
    serve: Serve, size: int, build: Callable[[str], UrllibTransport]
) -> None:
    gate = Gate(size)
    server = serve(gate)
    transport = build(server.origin)
    with ThreadPoolExecutor(size) as threads:
        under_way = [threads.submit(transport.send, make_request()) for _ in range(size)]
        gate.barrier.wait()
        try:
            assert_fails(
                lambda: transport.send(make_request(timeout=0.05)), RequestTimeoutError, f"all {size} connections"
            )
        finally:
            gate.is_open.set()
            gate.barrier.abort()
        assert [each.result().content for each in under_way] == [JSON] * size
    assert server.connections == size
    transport.close()


def test_one_of_many_calls_waits_for_its_turn_longer_than_its_timeout(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = UrllibTransport(server.origin, pool_size=1)
    with ThreadPoolExecutor(2) as threads:
        under_way = threads.submit(transport.send, make_request())
        gate.barrier.wait()
        patient = threads.submit(transport.send, make_request(timeout=0.05, is_one_of_many=True))
        assert_fails(
            lambda: transport.send(make_request(timeout=0.2)), RequestTimeoutError, "was not asked: all 1 conn"
        )
        assert not patient.done()
        gate.is_open.set()
        assert [call.result().content for call in (under_way, patient)] == [JSON, JSON]
    transport.close()


def test_one_of_many_calls_times_out_once_it_has_its_turn(serve: Serve) -> None:
    transport = UrllibTransport(serve(Peer.hang).origin, pool_size=1)
    request = make_request(timeout=0.1, is_one_of_many=True)
    assert_fails(lambda: transport.send(request), RequestTimeoutError, "did not respond within 0.1 s")
    transport.close()
