"""Transports that call an ASGI application directly."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.asgi.request_log import RequestLog, RequestLogMiddleware
from eternaltwin.devserver.transports import AsyncInProcessTransport, InProcessTransport
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
    text = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {message['body'].decode()}"
    fields = [*scope["headers"], (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 201, "headers": fields})
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
    await send({"type": "http.response.body"})


async def silent(_scope: Scope, receive: Receive, _send: Send) -> None:
    """Read past the end, and send no response."""
    assert (await receive())["type"] == "http.request"
    assert (await receive())["type"] == "http.disconnect"


def send_sync(app: ASGIApp, http_request: HTTPRequest) -> Response:
    transport: Transport = InProcessTransport(app, "http://server.test")
    response = transport.send(http_request)
    transport.close()
    return response


def send_asyncio(app: ASGIApp, http_request: HTTPRequest) -> Response:
    async def exchange() -> Response:
        transport: AsyncTransport = AsyncInProcessTransport(app, "http://server.test")
        response = await transport.send(http_request)
        transport.discard()
        await transport.close()
        return response

    return asyncio.run(exchange())


both = pytest.mark.parametrize("send", [send_sync, send_asyncio])


@both
def test_every_part_of_an_exchange_arrives(send: SendOnce) -> None:
    sent = request("/a%20b/c?d=%20e", "POST", {"X-One": "1", "Authorization": "Bearer t"}, b"body")
    response = send(echo, sent)
    assert response.status_code == 201
    assert response.content == b"POST /a b/c d=%20e body"
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers["x-one"] == "1"
    assert response.headers["content-length"] == "4"
    assert response.headers["host"] == "server.test"
    assert response.url == "http://server.test/a%20b/c"


@both
def test_a_head_request_gets_no_body(send: SendOnce) -> None:
    response = send(echo, request(method="HEAD"))
    assert response.content == b""
    assert "content-length" not in response.headers


@both
def test_an_application_without_a_response_is_a_broken_connection(send: SendOnce) -> None:
    with pytest.raises(BrokenConnectionError, match=r"^http://server\.test did not send a complete response$"):
        send(silent, request("/?secret"))


@both
def test_a_delay_delays_the_response(send: SendOnce) -> None:
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
def test_requests_are_logged(send: SendOnce) -> None:
    log = RequestLog()
    send(RequestLogMiddleware(echo, log), request("/p?q=1", "POST", {"X-One": "1"}, b"body"))
    (recorded,) = log.requests
    assert (recorded.method, recorded.path, recorded.query, recorded.body, recorded.status) == (
        "POST",
        "/p",
        {"q": "1"},
        b"body",
        201,
    )
    assert recorded.headers["x-one"] == "1"


def test_a_delay_of_the_asyncio_transport_lets_other_tasks_run() -> None:
    faults = Faults()
    faults.fail_next(None, delay=0.2, path="/slow")
    transport = AsyncInProcessTransport(FaultsMiddleware(echo, faults), "http://server.test")

    async def race() -> list[str]:
        order: list[str] = []

        async def get(target: str) -> None:
            await transport.send(request(target))
            order.append(target)

        await asyncio.gather(get("/slow"), get("/fast"))
        return order

    assert asyncio.run(race()) == ["/fast", "/slow"]
