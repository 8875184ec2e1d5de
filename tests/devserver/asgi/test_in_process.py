"""Transports that call an application directly."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.asgi.in_process import AsyncInProcessTransport, InProcessTransport
from eternaltwin.devserver.asgi.request_log import RequestLog, RequestLogMiddleware
from eternaltwin.exceptions import BrokenConnectionError, RequestTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.clients.http.transports import AsyncTransport, Transport
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send
    from eternaltwin.responses import Response

    SendOnce = Callable[[ASGIApp, HTTPRequest], Response]


def request(
    target: str = "/a",
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 5.0,
) -> HTTPRequest:
    return HTTPRequest(
        method=method, target=target, headers=headers or {}, body=body, timeout=timeout, is_idempotent=True
    )


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with the parts of the request that matter."""
    message = await receive()
    said = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {message['body'].decode()}"
    fields = [*scope["headers"], (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": fields})
    await send({"type": "http.response.body", "body": said.encode(), "more_body": True})
    await send({"type": "http.response.body"})


async def silent(_scope: Scope, receive: Receive, _send: Send) -> None:
    """Read past the end, and send no response."""
    assert (await receive())["type"] == "http.request"
    assert (await receive())["type"] == "http.disconnect"


def send_blocking(app: ASGIApp, wire: HTTPRequest) -> Response:
    transport: Transport = InProcessTransport(app, "http://server.test")
    answer = transport.send(wire)
    transport.close()
    return answer


def send_asyncio(app: ASGIApp, wire: HTTPRequest) -> Response:
    async def exchange() -> Response:
        transport: AsyncTransport = AsyncInProcessTransport(app, "http://server.test")
        answer = await transport.send(wire)
        transport.discard()
        await transport.close()
        return answer

    return asyncio.run(exchange())


both = pytest.mark.parametrize("send", [send_blocking, send_asyncio])


@both
def test_an_exchange_arrives_whole(send: SendOnce) -> None:
    wire = request("/a%20b/c?d=%20e", "POST", {"X-One": "1", "Authorization": "Bearer t"}, b"body")
    answer = send(echo, wire)
    assert answer.status_code == 201
    assert answer.content == b"POST /a b/c d=%20e body"
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert answer.headers["x-one"] == "1"
    assert answer.headers["content-length"] == "4"
    assert answer.headers["host"] == "server.test"
    assert answer.url == "http://server.test/a%20b/c"


@both
def test_a_head_request_gets_no_body(send: SendOnce) -> None:
    answer = send(echo, request(method="HEAD"))
    assert answer.content == b""
    assert "content-length" not in answer.headers


@both
def test_an_application_without_a_response_is_a_broken_connection(send: SendOnce) -> None:
    with pytest.raises(BrokenConnectionError, match=r"^http://server\.test did not send a complete response$"):
        send(silent, request("/?secret"))


@both
def test_a_delay_is_waited_for(send: SendOnce) -> None:
    faults = Faults()
    faults.fail_next(None, delay=0.05)
    started = time.perf_counter()
    assert send(FaultsMiddleware(echo, faults), request()).status_code == 201
    assert time.perf_counter() - started >= 0.05


@both
def test_a_delay_beyond_the_timeout_of_the_client_is_a_timeout(send: SendOnce) -> None:
    faults = Faults()
    faults.fail_next(delay=60)
    with pytest.raises(RequestTimeoutError, match=r"did not respond within 0\.01 s"):
        send(FaultsMiddleware(echo, faults), request(timeout=0.01))


@both
def test_requests_can_be_read(send: SendOnce) -> None:
    journal = RequestLog()
    send(RequestLogMiddleware(echo, journal), request("/p?q=1", "POST", {"X-One": "1"}, b"body"))
    (noted,) = journal.requests
    assert (noted.method, noted.path, noted.query, noted.body, noted.status) == ("POST", "/p", {"q": "1"}, b"body", 201)
    assert noted.headers["x-one"] == "1"


def test_a_delay_of_the_asyncio_transport_lets_others_run() -> None:
    faults = Faults()
    faults.fail_next(None, delay=0.2, path="/slow")
    transport = AsyncInProcessTransport(FaultsMiddleware(echo, faults))

    async def race() -> list[str]:
        order: list[str] = []

        async def ask(target: str) -> None:
            await transport.send(request(target))
            order.append(target)

        await asyncio.gather(ask("/slow"), ask("/fast"))
        return order

    assert asyncio.run(race()) == ["/fast", "/slow"]
