"""The sync transport, on connections of urllib3."""

from __future__ import annotations

import os
import re
import weakref
from contextlib import suppress
from http.client import HTTPException
from queue import SimpleQueue
from ssl import SSLEOFError, SSLError
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.clients.http.decoding import ACCEPT_ENCODING, MAX_RESPONSE_SIZE, BodyDecoder
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
from eternaltwin.clients.sync.connections import Connection, TLSConnection
from eternaltwin.clients.sync.parser import MalformedResponseError
from eternaltwin.clients.sync.pools import ConnectionPool
from eternaltwin.exceptions import BrokenConnectionError
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.clients.sync.parser import ResponseReader
    from eternaltwin.clients.sync.pools import Turn
    from eternaltwin.exceptions import TransportError

#: The message of http.client when a proxy refuses `CONNECT`.
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")


class UrllibTransport:
    """Sends requests over blocking sockets, from any number of threads, and also after `fork()`.

    Each process has connections of its own, at most `pool_size` at a time: a call beyond that waits
    for its turn, no longer than its own timeout unless it is one of many. Connections are closed by `close()`, when the
    transport is garbage collected, and when the interpreter exits.

    Args:
        origin: Scheme, host and port of the server in ASCII, such as `http://127.0.0.1:50320`.
        connect_timeout: Seconds for the host lookup and for opening a connection, within the timeout
            of the request. None means only the latter.
        max_response_size: Maximum size of a response body in bytes, both as sent and decompressed.
        pool_size: Maximum number of connections in use, at least 1.
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
        parts = urlsplit(origin)
        self._origin = origin
        self._is_tls = parts.scheme == "https"
        self._address = parts.hostname or "", parts.port or (443 if self._is_tls else 80)
        self._connect_timeout = connect_timeout
        self._limit = max_response_size
        self._pool_size = pool_size
        self._verify = verify
        self._proxy = environment_proxy(origin)
        self._own_headers = {"Host": parts.netloc, "Accept-Encoding": ACCEPT_ENCODING}
        if self._proxy is not None and not self._is_tls:
            self._own_headers |= self._proxy.headers
        self._prefix = "" if self._proxy is None or self._is_tls else origin
        self._pools: dict[int, ConnectionPool] = {}  # by process: a child must not use its parent's connections
        weakref.finalize(self, _close, self._pools)

    def send(self, request: HTTPRequest) -> Response:
        """Send a request once and read the whole response.

        An idempotent request on a pooled connection that the server has just closed is sent again,
        once, on a new connection.

        Args:
            request: The request to send.

        Returns:
            The response, whatever its status.

        Raises:
            TransportError: No response arrived.
            UnexpectedResponseError: The response is too large or damaged.
            InvalidArgumentError: The request contains characters that cannot be sent. Nothing was sent.
            ConfigurationError: `verify_ssl` does not name a readable CA bundle.
        """
        started = monotonic()
        check_sendable(request)
        url = f"{self._origin}{request.target.partition('?')[0]}"
        outcome = self._exchange_in_turn(self._pool(), request, url, started)
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    def close(self) -> None:
        """Close every connection. A later `send` opens new ones."""
        _close(self._pools)

    def __repr__(self) -> str:
        return f"<UrllibTransport {self._origin}>"

    def _pool(self) -> ConnectionPool:
        process = os.getpid()
        return self._pools.get(process) or self._pools.setdefault(process, ConnectionPool(self._pool_size))

    def _exchange_in_turn(
        self, pool: ConnectionPool, request: HTTPRequest, url: str, started: float
    ) -> Response | TransportError:
        turn: Turn = SimpleQueue()
        try:
            try:
                if not pool.hold(turn, None if request.is_one_of_many else request.timeout):
                    return pool_exhausted(url, request.timeout, self._pool_size)
                counted_from = monotonic() if request.is_one_of_many else started
                return self._exchange(pool, request, url, counted_from + request.timeout)
            finally:
                pool.release(turn)
        finally:  # once more: the exception of a signal handler may have interrupted the first time
            pool.release(turn)

    def _exchange(
        self, pool: ConnectionPool, request: HTTPRequest, url: str, deadline: float
    ) -> Response | TransportError:
        kept = pool.take()
        if kept is not None:
            outcome = self._exchange_on(kept, pool, request, url, deadline)
            is_stale = isinstance(outcome, BrokenConnectionError) and not kept.has_received
            if not is_stale or not request.is_idempotent:
                return outcome
        return self._exchange_on(self._connect(request, url, deadline), pool, request, url, deadline)

    def _exchange_on(
        self, connection: Connection, pool: ConnectionPool, request: HTTPRequest, url: str, deadline: float
    ) -> Response | TransportError:
        """Send and receive, then keep the connection, or close it if it cannot be used again."""
        is_reusable = False
        headers = self._own_headers | request.headers
        try:
            target = self._prefix + request.target
            reader = connection.send_request(request.method, target, headers, request.body, deadline)
            response = Response(url, reader.status, self._read_body(url, reader), reader.headers)
            is_reusable = connection.is_clean and not reader.will_close
        except (OSError, MalformedResponseError) as exc:
            return _exchange_error(request, url, exc)
        finally:
            if is_reusable:
                pool.keep(connection)
            else:
                connection.close()
        return response

    def _read_body(self, url: str, reader: ResponseReader) -> bytes:
        body = BodyDecoder(url, ",".join(reader.headers.get_all("content-encoding")), self._limit)
        body.expect(reader.length)
        for piece in reader.pieces():
            body.feed(piece)
        return body.content()

    def _connect(self, request: HTTPRequest, url: str, deadline: float) -> Connection:
        connection = self._new_connection()
        bound = self._connect_timeout
        try:
            connection.open(deadline if bound is None else min(deadline, monotonic() + bound))
        except BaseException as exc:  # also that of a signal handler
            connection.close()
            if not isinstance(exc, (OSError, UnicodeError, HTTPException)):
                raise
            failure = self._connect_error(request, url, exc)
        else:
            return connection
        raise failure

    def _new_connection(self) -> Connection:
        host, port = self._address if self._proxy is None else (self._proxy.host, self._proxy.port)
        if not self._is_tls:
            return Connection(host, port)
        connection = TLSConnection(host, port, ssl_context=tls_context(self._verify))
        if self._proxy is not None:
            connection.set_tunnel(*self._address, headers=self._proxy.headers)
        return connection

    def _connect_error(self, request: HTTPRequest, url: str, exc: Exception) -> TransportError:
        bound = self._connect_timeout
        if isinstance(exc, TimeoutError):
            if bound is not None and bound < request.timeout:
                return connect_timed_out(url, bound)
            return timed_out(url, request.timeout)
        if self._proxy is not None and isinstance(exc, HTTPException):
            return tunnel_refused(url, self._proxy, None)
        refusal = _TUNNEL_REFUSED.match(str(exc))
        if self._proxy is not None and refusal is not None:
            return tunnel_refused(url, self._proxy, int(refusal[1]))
        return unreachable(url, exc, self._proxy)


def _close(pools: dict[int, ConnectionPool]) -> None:
    with suppress(KeyError):  # there are none left
        while True:
            pools.popitem()[1].close()


def _exchange_error(request: HTTPRequest, url: str, exc: Exception) -> TransportError:
    if isinstance(exc, TimeoutError):
        return timed_out(url, request.timeout)
    if isinstance(exc, SSLError) and not isinstance(exc, SSLEOFError):
        return tls_failed(url, exc)
    return not_http(url, str(exc)) if isinstance(exc, MalformedResponseError) else connection_broken(url)
