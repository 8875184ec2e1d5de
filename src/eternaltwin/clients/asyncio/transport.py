"""The asyncio transport, on aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, cast

import aiohttp
from yarl import URL

from eternaltwin.clients.asyncio.deadlines import Deadline
from eternaltwin.clients.asyncio.responses import CheckedResponse
from eternaltwin.clients.asyncio.sessions import LoopSessions
from eternaltwin.clients.http.decoding import ACCEPT_ENCODING, MAX_RESPONSE_SIZE, BodyDecoder, parse_length
from eternaltwin.clients.http.framing import OTHER_CODINGS, ends_with_connection, is_chunked
from eternaltwin.clients.http.proxies import environment_proxy
from eternaltwin.clients.http.tls import tls_context
from eternaltwin.clients.http.transport_errors import (
    check_sendable,
    connect_timed_out,
    connection_broken,
    not_http,
    pool_exhausted,
    timed_out,
    tls_failed,
    tunnel_refused,
    unreachable,
)
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from eternaltwin.clients.asyncio.sessions import LoopSession
    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.exceptions import TransportError

_NO_AUTOMATIC_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class AiohttpTransport:
    """Sends requests on the running event loop. One transport serves any number of loops and threads.

    Each event loop has connections of its own, at most `pool_size` at a time: a call beyond that
    waits for its turn, no longer than its own timeout unless it is one of many. Connections are
    closed by `close()`, and when the event loop shuts down its asynchronous generators, as
    `asyncio.run` does.

    Args:
        origin: Scheme, host and port of the server in ASCII, such as `http://127.0.0.1:50320`.
        connect_timeout: Seconds for opening a connection, within the timeout of the request. None
            means only the latter.
        max_response_size: Maximum size of a response body in bytes, both as sent and decompressed.
        pool_size: Maximum number of connections in use for each event loop, at least 1.
        verify: The value of `verify_ssl`; see [`tls_context`][eternaltwin.clients.http.tls.tls_context].

    Raises:
        ConfigurationError: The environment specifies a proxy that cannot be used.
    """

    def __init__(
        self,
        origin: str,
        *,
        connect_timeout: float | None = None,
        max_response_size: int = MAX_RESPONSE_SIZE,
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
        self._own_headers = {"Accept-Encoding": ACCEPT_ENCODING}
        self._tunnel_headers: dict[str, str] | None = None
        if self._proxy is not None and self._is_tls:
            self._tunnel_headers = self._proxy.headers
        elif self._proxy is not None:
            self._own_headers |= self._proxy.headers
        self._sessions = LoopSessions(pool_size)

    async def send(self, request: HTTPRequest) -> Response:
        """Async variant of [`send`][eternaltwin.clients.sync.transport.UrllibTransport.send]."""
        check_sendable(request)
        url = f"{self._origin}{request.target.partition('?')[0]}"
        outcome: Response | TransportError
        held = self._sessions.current() or await self._sessions.open(self._new_session())
        turn = asyncio.Event()
        deadline = Deadline(held.deadlines)
        try:
            try:
                outcome = await self._exchange_in_turn(held, turn, deadline, request, url)
            finally:
                held.turns.release(turn)
        except (aiohttp.ClientError, OSError, UnicodeError) as exc:
            outcome = self._error(request, url, exc)
        except asyncio.CancelledError:  # aiohttp cancels calls that look up the host when the session is closed
            task = asyncio.current_task()
            if task is None or task.cancelling() or not held.session.closed:
                raise
            outcome = connection_broken(url)
        finally:  # once more: the exception of a signal handler may have interrupted the first time
            held.turns.release(turn)
            deadline.stop()
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    async def close(self) -> None:
        """Close the connections of the running event loop. A later `send` opens new ones."""
        await self._sessions.close()

    def discard(self) -> None:
        """Close every connection without waiting. Each event loop closes its own."""
        self._sessions.discard()

    def __repr__(self) -> str:
        return f"<AiohttpTransport {self._origin}>"

    def _new_session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # the turns of calls limit it
            ssl=tls_context(self._verify) if self._is_tls else True,
            resolver=aiohttp.ThreadedResolver(),  # the resolver of the system, as for sync clients
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout, ceil_threshold=float("inf")),
            skip_auto_headers=_NO_AUTOMATIC_HEADERS,
            auto_decompress=False,
            response_class=CheckedResponse,
            proxy=None if self._proxy is None else self._proxy.url,
        )

    async def _exchange_in_turn(
        self, held: LoopSession, turn: asyncio.Event, deadline: Deadline, request: HTTPRequest, url: str
    ) -> Response | TransportError:
        try:
            with deadline:
                if not request.is_one_of_many:
                    deadline.start(request.timeout)
                held.turns.hold(turn)
                if not turn.is_set():
                    await turn.wait()
                if request.is_one_of_many:
                    deadline.start(request.timeout)
                return await self._exchange(held.session, request, url)
        except TimeoutError:
            if turn.is_set():
                raise
        return pool_exhausted(url, request.timeout, self._pool_size)

    async def _exchange(self, session: aiohttp.ClientSession, request: HTTPRequest, url: str) -> Response:
        if session.closed:  # while the call was waiting for its turn
            raise connection_broken(url)
        if not request.is_idempotent:  # the others are sent again by aiohttp
            await _notice_closed_connections()
        async with session.request(
            request.method,
            URL(self._origin + request.target, encoded=True),
            headers=request.headers | self._own_headers,
            data=request.body,
            allow_redirects=False,
            proxy_headers=self._tunnel_headers,
        ) as started:
            received = cast("CheckedResponse", started)
            fields = received.check()
            _check_coding(url, received)
            body = self._body_decoder(url, received)
            # What has arrived is read without a coroutine.
            while piece := content.read_nowait() if (content := received.content).is_eof() else await content.readany():
                body.feed(piece)
            if self._is_tls and ends_with_connection(request.method, received.status, fields) and received.is_cut_off:
                raise connection_broken(url)
            return Response(url, received.status, body.content(), fields)

    def _body_decoder(self, url: str, received: CheckedResponse) -> BodyDecoder:
        body = BodyDecoder(url, ",".join(received.fields.get_all("content-encoding")), self._limit)
        if not received.content.at_eof():  # it has a body, whatever its header fields announce
            length = received.fields.get("content-length")
            body.expect(parse_length(length) if length else None)
        return body

    def _error(self, request: HTTPRequest, url: str, exc: Exception) -> TransportError:
        if isinstance(exc, aiohttp.ConnectionTimeoutError) and self._connect_timeout is not None:
            return connect_timed_out(url, self._connect_timeout)
        if isinstance(exc, TimeoutError):
            return timed_out(url, request.timeout)
        if isinstance(exc, aiohttp.ClientResponseError):
            return self._response_error(url, exc)
        if isinstance(exc, aiohttp.ClientConnectorError):
            return unreachable(url, _cause(exc), self._proxy)
        if isinstance(exc, UnicodeError):
            return unreachable(url, exc, self._proxy)
        cause = exc.__cause__
        return tls_failed(url, cause) if isinstance(cause, ssl.SSLError) else connection_broken(url)

    def _response_error(self, url: str, exc: aiohttp.ClientResponseError) -> TransportError:
        if self._proxy is None or exc.request_info.method != "CONNECT":
            return not_http(url)
        return tunnel_refused(url, self._proxy, exc.status if isinstance(exc, aiohttp.ClientHttpProxyError) else None)


def _check_coding(url: str, received: CheckedResponse) -> None:
    """Raise an error for a response that is not read as HTTP/1.1 with at most chunks."""
    if received.status == 101:
        raise not_http(url, "it changed the protocol unasked")
    codings = received.fields.get_all("transfer-encoding")
    if codings and not is_chunked(codings):
        raise not_http(url, OTHER_CODINGS)


async def _notice_closed_connections() -> None:
    """Let the event loop notice which connections were closed while it was not running.

    It takes three iterations: the end of the data is found, read, and passed to the connection's owner.
    """
    for _ in range(3):
        await asyncio.sleep(0)


def _cause(exc: aiohttp.ClientConnectorError) -> Exception:
    return exc.certificate_error if isinstance(exc, aiohttp.ClientConnectorCertificateError) else exc.os_error
