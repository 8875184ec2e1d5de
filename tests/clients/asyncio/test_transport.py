"""Connections of an asyncio transport: limited in number, shared by tasks, and closed."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.exceptions import BrokenConnectionError, RequestTimeoutError
from tests.support.callers import make_request
from tests.support.server_scripts import Gate
from tests.support.servers import JSON, responding, response_bytes

if TYPE_CHECKING:
    from tests.support.resolvers import Resolver
    from tests.support.servers import Serve


@pytest.mark.asyncio
async def test_a_task_waits_for_a_connection_no_longer_than_its_request(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    under_way = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(gate.barrier.wait)
    message = f"{server.origin}/api/v1 was not asked: all 1 connections were in use for 0.1 s"
    with pytest.raises(RequestTimeoutError, match=message):
        await transport.send(make_request(timeout=0.1))
    gate.is_open.set()
    assert (await under_way).content == JSON
    assert server.connections == 1
    await transport.close()


@pytest.mark.asyncio
async def test_a_slow_server_is_told_apart_from_a_lack_of_connections(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    slow = asyncio.create_task(transport.send(make_request(timeout=0.2)))
    await asyncio.to_thread(gate.barrier.wait)
    with pytest.raises(RequestTimeoutError, match=r"did not respond within 0.2 s"):
        await slow
    await transport.close()


@pytest.mark.asyncio
async def test_one_of_many_calls_waits_for_its_turn_longer_than_its_timeout(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    under_way = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(gate.barrier.wait)
    patient = asyncio.create_task(transport.send(make_request(timeout=0.05, is_one_of_many=True)))
    with pytest.raises(RequestTimeoutError):
        await transport.send(make_request(timeout=0.2))
    assert not patient.done()
    gate.is_open.set()
    assert [(await call).content for call in (under_way, patient)] == [JSON, JSON]
    await transport.close()


@pytest.mark.asyncio
async def test_one_of_many_calls_times_out_once_it_has_its_turn(serve: Serve) -> None:
    gate = Gate(1)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=1)
    slow = asyncio.create_task(transport.send(make_request(timeout=0.1, is_one_of_many=True)))
    await asyncio.to_thread(gate.barrier.wait)
    with pytest.raises(RequestTimeoutError, match=r"did not respond within 0.1 s"):
        await slow
    await transport.close()


@pytest.mark.asyncio
async def test_a_transport_has_ten_connections_unless_it_is_told_otherwise(serve: Serve) -> None:
    gate = Gate(10)
    server = serve(gate)
    transport = AiohttpTransport(server.origin)
    under_way = [asyncio.create_task(transport.send(make_request())) for _ in range(10)]
    await asyncio.to_thread(gate.barrier.wait)
    with pytest.raises(RequestTimeoutError):
        await transport.send(make_request(timeout=0.1))
    gate.is_open.set()
    assert [response.content for response in await asyncio.gather(*under_way)] == [JSON] * 10
    assert server.connections == 10
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
    assert all(str(outcome).startswith(f"{server.origin}/api/v1 ") for outcome in outcomes)
    gate.is_open.set()


@pytest.mark.asyncio
async def test_a_call_that_looks_up_the_host_ends_when_the_transport_is_closed(resolver: Resolver) -> None:
    transport = AiohttpTransport("http://game.test:80")
    waiting = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(resolver.has_begun.wait)
    await transport.close()
    with pytest.raises(BrokenConnectionError, match=r"^http://game.test:80/api/v1 "):
        await waiting
    resolver.may_return.set()  # the loop waits for its threads when it is closed


@pytest.mark.asyncio
async def test_a_call_that_is_cancelled_while_the_transport_is_closed_is_cancelled(resolver: Resolver) -> None:
    transport = AiohttpTransport("http://game.test:80")
    waiting = asyncio.create_task(transport.send(make_request()))
    await asyncio.to_thread(resolver.has_begun.wait)
    waiting.cancel()
    await transport.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    resolver.may_return.set()


@pytest.mark.asyncio
async def test_a_transport_may_have_more_than_a_hundred_connections(serve: Serve) -> None:
    gate = Gate(101)
    server = serve(gate)
    transport = AiohttpTransport(server.origin, pool_size=101)
    under_way = [asyncio.create_task(transport.send(make_request())) for _ in range(101)]
    await asyncio.to_thread(gate.barrier.wait)
    gate.is_open.set()
    assert [response.content for response in await asyncio.gather(*under_way)] == [JSON] * 101
    assert server.connections == 101
    await transport.close()
