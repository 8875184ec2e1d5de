"""What went wrong between us and a server, in this library's own words, for both transports.

Errors of the libraries below are looked at here and never chained: they hold requests with their
headers, URLs with their queries, and parts of bodies.
"""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    InvalidArgumentError,
    RequestTimeoutError,
    TLSError,
    TransportError,
)

if TYPE_CHECKING:
    from eternaltwin.clients.http.proxies import Proxy
    from eternaltwin.clients.http.requests import HTTPRequest

#: The port of Eternaltwin's API, and the port of its front end that is often taken for it.
API_PORT, FRONT_END_PORT = 50320, 50321

#: What OpenSSL calls an answer that is no TLS; the words depend on its version.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"})


def check_sendable(request: HTTPRequest) -> None:
    """Check that a request is made of visible ASCII, so that nothing in it can start a line of its own.

    Raises:
        InvalidArgumentError: it is not; the message does not repeat what it is.
    """
    headers = request.headers
    words = f"{request.method}{request.target}{''.join(headers)}"
    if not words.isascii() or not words.isprintable() or " " in words:
        raise InvalidArgumentError("a request's method, path, query and header names must be visible ASCII characters")
    values = "".join(headers.values())
    if not values.isascii() or not values.isprintable():
        raise InvalidArgumentError(
            "a request's header fields, such as the token's, must be one line of visible ASCII characters"
        )


def timed_out(url: str, timeout: float) -> RequestTimeoutError:
    """The whole of the time went by."""
    return RequestTimeoutError(
        f"{url} did not answer within {timeout:.3g} s: check that the server is well, or raise `timeout`"
    )


def too_busy(url: str, timeout: float, pool_size: int) -> RequestTimeoutError:
    """No connection of the pool became free."""
    return RequestTimeoutError(
        f"{url} was not asked: all {pool_size} connections were in use for {timeout:.3g} s; raise `pool_size`"
    )


def connect_timed_out(url: str, timeout: float) -> ConnectError:
    """The time for opening a connection went by."""
    return ConnectError(
        f"{url} did not accept a connection within {timeout:.3g} s: check the address, or raise `connect_timeout`"
    )


def broken_off(url: str) -> BrokenConnectionError:
    """The connection ended before the answer did."""
    return BrokenConnectionError(f"{url} broke off its answer: check that the server is well, and try again")


def no_http(url: str, reason: str = "what came is not HTTP") -> BrokenConnectionError:
    """Something answered, but not an HTTP server, or a broken one."""
    return BrokenConnectionError(
        f"{url} did not answer as an HTTP server does ({reason}): check the scheme and the port of `url`"
    )


def tls_failed(url: str, cause: ssl.SSLError) -> TLSError:
    """One side or the other refused to go on."""
    reason = cause.reason or "the connection was closed"
    return TLSError(f"{url} broke off TLS ({reason}): check the server, and what is between it and here")


def _tls_refused(url: str, cause: ssl.SSLError) -> TLSError:
    """The server's certificate or its TLS was refused, by us or by the server, before anything was sent."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TLSError(
            f"{url} is not trusted: {cause.verify_message.rstrip('.')}; if the certificate comes from an authority "
            "of your own, `verify_ssl` accepts the path of its CA bundle"
        )
    if cause.reason in _NO_TLS:
        return TLSError(f"{url} does not speak TLS on this port: check whether its address starts with http://")
    return tls_failed(url, cause)


def tunnel_refused(url: str, proxy: Proxy, status: int | None) -> ConnectError:
    """The proxy did not open a tunnel to the server."""
    answered = "did not answer as a proxy does" if status is None else f"answered {status}"
    return ConnectError(f"{_unreachable(url, proxy)} {answered}: {_advice(proxy)}")


def unreachable(url: str, cause: Exception, proxy: Proxy | None) -> TransportError:
    """No connection was made; nothing was sent."""
    if isinstance(cause, ssl.SSLError):
        return _tls_refused(url, cause)
    return ConnectError(f"{_unreachable(url, proxy)} {_why(url, cause, proxy)}")


def _unreachable(url: str, proxy: Proxy | None) -> str:
    return f"{url} cannot be reached:" if proxy is None else f"{url} cannot be reached: the proxy {proxy.url}"


def _advice(proxy: Proxy) -> str:
    return f"check {proxy.variable} in the environment, or list the server's host in no_proxy"


def _why(url: str, cause: Exception, proxy: Proxy | None) -> str:
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        problem, advice = "has a host name that is not known", "check the host in `url`, and the network"
    elif isinstance(cause, ConnectionRefusedError):
        problem, advice = "refuses connections", _port_advice(url)
    else:
        number = cause.errno if isinstance(cause, OSError) else None
        problem = os.strerror(number).lower() if number else "the connection was closed at once"
        advice = "check the address in `url`, and the network"
    return f"{problem}: {advice if proxy is None else _advice(proxy)}"


def _port_advice(url: str) -> str:
    if urlsplit(url).port == FRONT_END_PORT:
        return f"Eternaltwin's API listens on port {API_PORT}; {FRONT_END_PORT} is the port of its front end"
    return "check that the server runs, and the port in `url`"
