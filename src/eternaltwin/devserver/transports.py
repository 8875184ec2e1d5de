"""Transports of clients that call an ASGI application in this process, without a socket."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote

from eternaltwin.clients.driver import run
from eternaltwin.devserver.asgi.protocol import sleeper
from eternaltwin.exceptions import BrokenConnectionError, RequestTimeoutError
from eternaltwin.responses import Headers, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Message, Scope

#: The address of a server without a socket. The domain `test` never resolves (RFC 6761, section 6.2).
IN_PROCESS_URL = "http://eternaltwin.test"

_ASGI = {"version": "3.0", "spec_version": "2.3"}
_CLIENT = ("127.0.0.1", 0)


class _Exchange:
    """A request and its response, as the three arguments of an ASGI application."""

    __slots__ = ("_body", "_chunks", "_fields", "_request", "_status", "_url", "scope")

    def __init__(self, request: HTTPRequest, url: str) -> None:
        self._request = request
        self._url = url
        self._body: bytes | None = request.body or b""
        self._status: int | None = None
        self._fields: list[tuple[bytes, bytes]] = []
        self._chunks: list[bytes] = []
        self.scope = _scope(request, url)

    async def receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._fields = message["headers"]
        else:
            self._chunks.append(message.get("body", b""))

    def response(self) -> Response:
        if self._status is None:
            raise BrokenConnectionError(f"{self._url} did not send a complete response")
        fields = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._fields)
        content = b"" if self._request.method == "HEAD" else b"".join(self._chunks)
        return Response(f"{self._url}{self._request.target}", self._status, content, Headers(fields))


def _scope(request: HTTPRequest, url: str) -> Scope:
    raw_path, _, query = request.target.partition("?")
    scheme, _, host = url.partition("://")
    fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]
    fields.append((b"host", host.encode("latin-1")))
    if request.body is not None:
        fields.append((b"content-length", str(len(request.body)).encode("latin-1")))
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": request.method,
        "scheme": scheme,
        "path": unquote(raw_path) if "%" in raw_path else raw_path,
        "raw_path": raw_path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": fields,
        "client": _CLIENT,
        "server": (host, None),
        "extensions": {},
    }


async def _done() -> None:
    """Return at once, as the wait is over."""


def _block(seconds: float) -> Awaitable[None]:
    time.sleep(seconds)
    return _done()


async def _within(limit: float, url: str, wait: Callable[[float], Awaitable[None]], seconds: float) -> None:
    """Wait, or raise `RequestTimeoutError` after the timeout of the client."""
    await wait(min(seconds, limit))
    if seconds >= limit:
        raise RequestTimeoutError(f"{url} did not respond within {limit:g} s")


class InProcessTransport:
    """Sends requests to an ASGI application in this process: the `transport` of a sync client.

    Args:
        app: An application that suspends nowhere but in `asgi.protocol.sleeper`.
        url: The origin of the requests, such as `http://server.test`.
    """

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._url = url

    def send(self, request: HTTPRequest) -> Response:
        """Call the application with one request.

        Args:
            request: The request.

        Returns:
            The response.

        Raises:
            RequestTimeoutError: The application waits for longer than the timeout of the request.
            BrokenConnectionError: The application sent no response.
        """
        exchange = _Exchange(request, self._url)
        token = sleeper.set(partial(_within, request.timeout, self._url, _block))
        try:
            run(self._app(exchange.scope, exchange.receive, exchange.send))
        finally:
            sleeper.reset(token)
        return exchange.response()

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class AsyncInProcessTransport:
    """Sends requests to an ASGI application in this process: the `transport` of an async client.

    Args:
        app: Any ASGI application.
        url: The origin of the requests, such as `http://server.test`.
    """

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app = app
        self._url = url

    async def send(self, request: HTTPRequest) -> Response:
        """Async variant of [`send`][eternaltwin.devserver.transports.InProcessTransport.send]."""
        exchange = _Exchange(request, self._url)
        token = sleeper.set(partial(_within, request.timeout, self._url, asyncio.sleep))
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        finally:
            sleeper.reset(token)
        return exchange.response()

    async def close(self) -> None:
        """Do nothing: there is no connection to close."""

    def discard(self) -> None:
        """Do nothing: there is no connection to discard."""
