"""The blocking transport, over urllib3's connections."""

from __future__ import annotations

import os
import re
import weakref
from contextlib import suppress
from http.client import HTTPException
from ssl import SSLError
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

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
    too_busy,
    tunnel_refused,
    unreachable,
)
from eternaltwin.clients.sync.connections import Connection, TLSConnection
from eternaltwin.clients.sync.parser import MalformedAnswerError
from eternaltwin.clients.sync.pools import Pool
from eternaltwin.exceptions import BrokenConnectionError
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.clients.sync.parser import Answer
    from eternaltwin.exceptions import TransportError

#: How http.client words what a proxy answers to `CONNECT`.
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d+)")


class UrllibTransport:
    """Sends over blocking sockets; one serves any number of threads, and goes on after `fork()`.

    Each process has connections of its own, at the most `pool_size` at a time: a call beyond
    them waits for its turn, no longer than its own timeout. They are closed by `close()`, with
    the transport, and when the interpreter exits.

    Args:
        origin: scheme, host and port of the server in ASCII, such as `http://127.0.0.1:50320`.
        connect_timeout: seconds for looking up the host and opening a connection, within the timeout of
            the request; None for no bound of its own.
        max_response_size: bytes that the body of an answer may have, as sent and decompressed.
        pool_size: how many connections there may be.
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
        parts = urlsplit(origin)
        self._origin = origin
        self._is_tls = parts.scheme == "https"
        self._address = parts.hostname or "", parts.port or (443 if self._is_tls else 80)
        self._connect_timeout = connect_timeout
        self._limit = max_response_size
        self._pool_size = pool_size
        self._verify = verify
        self._proxy = environment_proxy(origin)
        self._added = {"Host": parts.netloc, "Accept-Encoding": ACCEPT_ENCODING}
        if self._proxy is not None and not self._is_tls:
            self._added |= self._proxy.headers
        self._prefix = "" if self._proxy is None or self._is_tls else origin
        self._pools: dict[int, Pool] = {}  # by process: a child must not speak on its parent's connections
        weakref.finalize(self, _close, self._pools)

    def send(self, request: HTTPRequest) -> Response:
        """Send once, and read the answer to its end.

        An idempotent request that meets a kept connection which the server has just closed is
        sent again, once, on a new one.

        Raises:
            TransportError: no answer came.
            UnexpectedResponseError: the answer is too large, or damaged.
            InvalidArgumentError: the request holds characters that cannot be sent.
            ConfigurationError: `verify_ssl` names no CA bundle.
        """
        deadline = monotonic() + request.timeout
        check_sendable(request)
        url = f"{self._origin}{request.target.partition('?')[0]}"
        pool = self._pool()
        if not pool.enter(request.timeout):
            raise too_busy(url, request.timeout, self._pool_size)
        try:
            outcome = self._exchange(pool, request, url, deadline)
        finally:
            pool.leave()
        if isinstance(outcome, Response):
            return outcome
        raise outcome

    def close(self) -> None:
        """Close every connection; a later `send` opens new ones."""
        _close(self._pools)

    def __repr__(self) -> str:
        return f"<UrllibTransport {self._origin}>"

    def _pool(self) -> Pool:
        process = os.getpid()
        return self._pools.get(process) or self._pools.setdefault(process, Pool(self._pool_size))

    def _exchange(self, pool: Pool, request: HTTPRequest, url: str, deadline: float) -> Response | TransportError:
        kept = pool.take()
        if kept is not None:
            outcome = self._talk(kept, pool, request, url, deadline)
            is_stale = isinstance(outcome, BrokenConnectionError) and not kept.has_answered
            if not is_stale or not request.is_idempotent:
                return outcome
        return self._talk(self._connect(request, url, deadline), pool, request, url, deadline)

    def _talk(
        self, connection: Connection, pool: Pool, request: HTTPRequest, url: str, deadline: float
    ) -> Response | TransportError:
        """Send and receive, then keep the connection, or close it if it cannot be used again."""
        is_reusable = False
        headers = self._added | request.headers
        try:
            answer = connection.ask(request.method, self._prefix + request.target, headers, request.body, deadline)
            response = Response(url, answer.status, self._read(url, answer), answer.headers)
            is_reusable = connection.is_clean and not answer.will_close
        except (OSError, MalformedAnswerError) as exc:
            return _broken(request, url, exc)
        finally:
            if is_reusable:
                pool.keep(connection)
            else:
                connection.close()
        return response

    def _read(self, url: str, answer: Answer) -> bytes:
        body = Body(url, ",".join(answer.headers.get_all("content-encoding")), self._limit)
        body.expect(answer.length)
        for piece in answer.pieces():
            body.feed(piece)
        return body.content()

    def _connect(self, request: HTTPRequest, url: str, deadline: float) -> Connection:
        connection = self._new_connection()
        bound = self._connect_timeout
        try:
            connection.open(deadline if bound is None else min(deadline, monotonic() + bound))
        except (OSError, UnicodeError, HTTPException) as exc:
            failure = self._unconnected(request, url, exc)
        else:
            return connection
        connection.close()
        raise failure

    def _new_connection(self) -> Connection:
        host, port = self._address if self._proxy is None else (self._proxy.host, self._proxy.port)
        if not self._is_tls:
            return Connection(host, port)
        connection = TLSConnection(host, port, ssl_context=tls_context(self._verify))
        if self._proxy is not None:
            connection.set_tunnel(*self._address, headers=self._proxy.headers)
        return connection

    def _unconnected(self, request: HTTPRequest, url: str, exc: Exception) -> TransportError:
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


def _close(pools: dict[int, Pool]) -> None:
    with suppress(KeyError):  # there are none left
        while True:
            pools.popitem()[1].close()


def _broken(request: HTTPRequest, url: str, exc: Exception) -> TransportError:
    if isinstance(exc, TimeoutError):
        return timed_out(url, request.timeout)
    if isinstance(exc, SSLError):
        return tls_failed(url, exc)
    return no_http(url, str(exc)) if isinstance(exc, MalformedAnswerError) else broken_off(url)
