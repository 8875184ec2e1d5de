"""Connections of a sync transport: kept, limited in number, and shared by threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TYPE_CHECKING

from eternaltwin.clients.sync.connections import Connection
from eternaltwin.clients.sync.pools import KEEP_ALIVE, ConnectionPool
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import RequestTimeoutError
from tests.support.callers import assert_fails, make_request
from tests.support.server_scripts import Gate
from tests.support.servers import JSON, responding, response_bytes

if TYPE_CHECKING:
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
            "all 1 connections were in use",
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
    now[0] += KEEP_ALIVE
    assert pool.take() is None
    assert connection.is_closed
