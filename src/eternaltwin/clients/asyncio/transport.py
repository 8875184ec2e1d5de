"""The asyncio transport, over aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from eternaltwin.clients.asyncio.sessions import Sessions
from eternaltwin.clients.http.decoding import ACCEPT_ENCODING, DEFAULT_LIMIT, Body
from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.clients.http.tls import tls_context
from eternaltwin.clients.http.transport_errors import (
    broken_off,
    check_sendable,
    connect_timed_out,
    no_http,
    timed_out,
    tls_failed,
    tunnel_refused,
    unreachable,
)
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.exceptions import TransportError

_NO_AUTOMATIC_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class AiohttpTransport:
    """Sends on the running event loop; one serves any number of event loops, also in several threads.

    Each event loop has connections of its own, at the most `pool_size` at a time: a call beyond
    them waits for its turn, no longer than its own timeout. They are closed by `close()` and when
    the event loop shuts down its asynchronous generators, as `asyncio.run` does.

    Args:
        origin: scheme, host and port of the server, such as `http://127.0.0.1:50320`.
        connect_timeout: seconds for opening a connection, within the timeout of the request; None
            for no bound of its own.
        max_response_size: bytes that the body of an answer may have, as sent and decompressed.
        pool_size: how many connections there may be for each event loop.
        verify: what `verify_ssl` says; see [`tls_context`][eternaltwin.clients.http.tls.tls_context].

    Raises:
        ConfigurationError: the environment names a proxy that cannot be used.
    """

    def __init__(
        self,
        origin: str,
        *,
        connect_timeout: float | None = None,
        max_response_size: int = DEFAULT_LIMIT,
        pool_size: int = 10,
        verify: bool | str = True,
    ) -> None:
        self._origin = origin
        self._is_tls = origin.startswith("https://")
        self._connect_timeout = connect_timeout
        self._limit = max_response_size
        self._pool_size = pool_size
        self._verify = verify
        self._proxy = environment_proxy(origin)
        self._added = {"Accept-Encoding": ACCEPT_ENCODING}
        self._tunnel_headers: dict[str, str] | None = None
        if self._proxy is not None and self._is_tls:
            self._tunnel_headers = self._proxy.headers
        elif self._proxy is not None:
            self._added |= self._proxy.headers
        self._sessions = Sessions()

    async def send(self, request: HTTPRequest) -> Response:
        """Send once, and read the answer to its end.

        An idempotent request that meets a connection which the server has just closed is sent
        again, once, on a new one (by aiohttp, which does so for the methods of RFC 9110, section 9.2.2).

        Raises:
            TransportError: no answer came.
            UnexpectedResponseError: the answer is too large, or damaged.
            InvalidArgumentError: the request holds characters that cannot be sent.
            ConfigurationError: `verify_ssl` names no CA bundle.
        """
        check_sendable(request)
        url = f"{self._origin}{request.target.partition('?')[0]}"
        session = self._sessions.current() or await self._sessions.open(self._new_session())
        try:
            async with asyncio.timeout(request.timeout):
                if not request.is_idempotent:
                    await _notice_closed_connections()
                return await self._exchange(session, request, url)
        except (aiohttp.ClientError, OSError, UnicodeError) as exc:
            failure = self._failure(request, url, exc)
        except asyncio.CancelledError:  # aiohttp's word for a connection that was waited for when the session closed
            task = asyncio.current_task()
            if task is None or task.cancelling() or not session.closed:
                raise
            failure = broken_off(url)
        raise failure

    async def close(self) -> None:
        """Close the connections of the running event loop; a later `send` opens new ones."""
        await self._sessions.close()

    def discard(self) -> None:
        """Let go of every connection without waiting; each event loop closes its own."""
        self._sessions.discard()

    def __repr__(self) -> str:
        return f"<AiohttpTransport {self._origin}>"

    def _new_session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._pool_size,
            ssl=tls_context(self._verify) if self._is_tls else True,
            resolver=aiohttp.ThreadedResolver(),  # what the system knows, as for blocking clients
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout, ceil_threshold=float("inf")),
            skip_auto_headers=_NO_AUTOMATIC_HEADERS,
            auto_decompress=False,
            proxy=None if self._proxy is None else self._proxy.url,
        )

    async def _exchange(self, session: aiohttp.ClientSession, request: HTTPRequest, url: str) -> Response:
        async with session.request(
            request.method,
            URL(self._origin + request.target, encoded=True),
            headers=request.headers | self._added,
            data=request.body,
            allow_redirects=False,
            proxy_headers=self._tunnel_headers,
        ) as answer:
            if answer.status == 101:
                raise no_http(url, "it changed the protocol unasked")
            fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers]
            return Response(url, answer.status, await self._read(url, answer), fields)

    async def _read(self, url: str, answer: aiohttp.ClientResponse) -> bytes:
        body = Body(url, answer.headers.get("Content-Encoding", ""), self._limit)
        if not answer.content.at_eof():  # it has a body, whatever its fields say
            body.expect(answer.content_length)
        while piece := await answer.content.readany():
            body.feed(piece)
        return body.content()

    def _failure(self, request: HTTPRequest, url: str, exc: Exception) -> TransportError:
        if isinstance(exc, aiohttp.ConnectionTimeoutError) and self._connect_timeout is not None:
            return connect_timed_out(url, self._connect_timeout)
        if isinstance(exc, TimeoutError):
            return timed_out(url, request.timeout)
        if isinstance(exc, aiohttp.ClientResponseError):
            return self._no_answer(url, exc)
        if isinstance(exc, aiohttp.ClientConnectorError):
            return unreachable(url, _reason(exc), self._proxy)
        if isinstance(exc, UnicodeError):
            return unreachable(url, exc, self._proxy)
        cause = exc.__cause__
        return tls_failed(url, cause) if isinstance(cause, ssl.SSLError) else broken_off(url)

    def _no_answer(self, url: str, exc: aiohttp.ClientResponseError) -> TransportError:
        if self._proxy is None or exc.request_info.method != "CONNECT":
            return no_http(url)
        return tunnel_refused(url, self._proxy, exc.status if isinstance(exc, aiohttp.ClientHttpProxyError) else None)


async def _notice_closed_connections() -> None:
    """Let the event loop see which connections were closed while it was not running.

    It takes three rounds: the end of the data is seen, read, and told to the connection's owner.
    """
    for _ in range(3):
        await asyncio.sleep(0)


def _reason(exc: aiohttp.ClientConnectorError) -> Exception:
    return exc.certificate_error if isinstance(exc, aiohttp.ClientConnectorCertificateError) else exc.os_error
