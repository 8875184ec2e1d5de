"""Builds this library's errors for failures of the network, for both transports.

Errors of the libraries below are inspected here and never chained: they contain requests with
their headers, URLs with their queries, and parts of bodies.
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

#: Reasons of OpenSSL for a peer that does not speak TLS. They depend on its version.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"})


def check_sendable(request: HTTPRequest) -> None:
    """Check that a request consists of visible ASCII, so that nothing in it can start another line.

    Args:
        request: The request to check.

    Raises:
        InvalidArgumentError: It contains other characters. The message does not repeat them.
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
    """Build the error for a request that took too long.

    Args:
        url: The URL without its query.
        timeout: The timeout in seconds.

    Returns:
        The error.
    """
    return RequestTimeoutError(
        f"{url} did not respond within {timeout:.3g} s: check that the server is well, or raise `timeout`"
    )


def pool_exhausted(url: str, timeout: float, pool_size: int) -> RequestTimeoutError:
    """Build the error for a request that found no free connection in time.

    Args:
        url: The URL without its query.
        timeout: The timeout in seconds.
        pool_size: The number of connections in the pool.

    Returns:
        The error.
    """
    return RequestTimeoutError(
        f"{url} was not asked: all {pool_size} connections were in use for {timeout:.3g} s: raise `pool_size`"
    )


def connect_timed_out(url: str, timeout: float) -> ConnectError:
    """Build the error for a connection that could not be opened within `connect_timeout`.

    Args:
        url: The URL without its query.
        timeout: The value of `connect_timeout` in seconds.

    Returns:
        The error.
    """
    return ConnectError(
        f"{url} did not accept a connection within {timeout:.3g} s: check the address, or raise `connect_timeout`"
    )


def connection_broken(url: str) -> BrokenConnectionError:
    """Build the error for a connection that ended before the response did.

    Args:
        url: The URL without its query.

    Returns:
        The error.
    """
    return BrokenConnectionError(
        f"{url} closed the connection before the end of its response: check that the server is well, and try again"
    )


def not_http(url: str, reason: str = "the data received is not HTTP") -> BrokenConnectionError:
    """Build the error for a response that is not valid HTTP.

    Args:
        url: The URL without its query.
        reason: What is wrong with the response, without quoting it.

    Returns:
        The error.
    """
    return BrokenConnectionError(
        f"{url} did not send a valid HTTP response ({reason}): check the scheme and the port of `url`"
    )


def tls_failed(url: str, cause: ssl.SSLError) -> TLSError:
    """Build the error for TLS that failed on either side after the connection was opened.

    Args:
        url: The URL without its query.
        cause: The error of the TLS library.

    Returns:
        The error.
    """
    reason = cause.reason or "the connection was closed"
    return TLSError(f"TLS with {url} failed ({reason}): check the server, and any proxy or firewall in between")


def _tls_refused(url: str, cause: ssl.SSLError) -> TLSError:
    """Build the error for a TLS handshake that failed, before anything was sent."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TLSError(
            f"the certificate of {url} is not trusted: {cause.verify_message.rstrip('.')}; if it comes from an "
            "authority of your own, `verify_ssl` accepts the path of its CA bundle"
        )
    if cause.reason in _NO_TLS:
        return TLSError(f"{url} does not speak TLS on this port: check whether its address starts with http://")
    return tls_failed(url, cause)


def tunnel_refused(url: str, proxy: Proxy, status: int | None) -> ConnectError:
    """Build the error for a proxy that did not open a tunnel to the server.

    Args:
        url: The URL without its query.
        proxy: The proxy.
        status: The status of its response, or None if that was not HTTP.

    Returns:
        The error.
    """
    problem = "it did not send a valid HTTP response" if status is None else f"it responded with {status}"
    return ConnectError(f"{_unreachable(url, proxy)}: {problem}: {_advice(proxy)}")


def unreachable(url: str, cause: Exception, proxy: Proxy | None) -> TransportError:
    """Build the error for a connection that could not be opened. Nothing was sent.

    Args:
        url: The URL without its query.
        cause: The error of the libraries below.
        proxy: The proxy, if there is one.

    Returns:
        The error.
    """
    if isinstance(cause, ssl.SSLError):
        return _tls_refused(url, cause)
    return ConnectError(f"{_unreachable(url, proxy)}: {_why(url, cause, proxy)}")


def _unreachable(url: str, proxy: Proxy | None) -> str:
    return f"{url} cannot be reached" if proxy is None else f"{url} cannot be reached through the proxy {proxy.url}"


def _advice(proxy: Proxy) -> str:
    return f"check {proxy.variable} in the environment, or list the server's host in no_proxy"


def _why(url: str, cause: Exception, proxy: Proxy | None) -> str:
    if isinstance(cause, (socket.gaierror, UnicodeError)):
        problem, advice = "the host name is not known", "check the host in `url`, and the network"
    elif isinstance(cause, ConnectionRefusedError):
        problem, advice = "the connection was refused", _port_advice(url)
    else:
        number = cause.errno if isinstance(cause, OSError) else None
        problem = os.strerror(number).lower() if number else "the connection was closed at once"
        advice = "check the address in `url`, and the network"
    return f"{problem}: {advice if proxy is None else _advice(proxy)}"


def _port_advice(url: str) -> str:
    if urlsplit(url).port == FRONT_END_PORT:
        return f"Eternaltwin's API listens on port {API_PORT}; {FRONT_END_PORT} is the port of its front end"
    return "check that the server runs, and the port in `url`"
