"""The framing of responses (RFC 9112): where a body ends, and what may follow it. For both transports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.headers import Headers

#: What is wrong with a response whose transfer codings are others than those of `is_chunked`.
OTHER_CODINGS = "it uses transfer codings other than chunked"


def is_chunked(codings: Iterable[str]) -> bool:
    """Return whether a body consists of chunks and has no other transfer coding, for which no transport asks.

    Args:
        codings: The values of `Transfer-Encoding`, at least one.

    Returns:
        True if `chunked` is the only coding, given once.
    """
    return ",".join(codings).lower().rstrip(" ") == "chunked"


def has_body(method: str, status: int) -> bool:
    """Return whether a response has a body, whatever its fields announce (RFC 9112, section 6.3).

    Args:
        method: The method of the request.
        status: The status of the response, at least 200.

    Returns:
        True if it has one, be it empty.
    """
    return method != "HEAD" and status not in (204, 304)


def ends_with_connection(method: str, status: int, headers: Headers) -> bool:
    """Return whether the body ends where the connection ends (RFC 9112, section 6.3).

    Args:
        method: The method of the request.
        status: The status of the response, at least 200.
        headers: The fields of the response.

    Returns:
        True if neither its length nor chunks delimit it.
    """
    is_delimited = "content-length" in headers or "transfer-encoding" in headers
    return has_body(method, status) and not is_delimited


def is_persistent(headers: Headers, *, is_http_1_0: bool) -> bool:
    """Return whether the server keeps the connection open after a response (RFC 9112, section 9.3).

    Args:
        headers: The fields of the response.
        is_http_1_0: Whether its version is 1.0. A response of that version with chunks has faulty framing, after which
            nothing may follow (section 6.1).

    Returns:
        True if it does, as far as its fields tell.
    """
    values = ",".join(headers.get_all("connection")).lower().split(",")
    options = {value.strip(" \t") for value in values}
    if is_http_1_0 and ("keep-alive" not in options or "transfer-encoding" in headers):
        return False
    return "close" not in options
