"""Requests: calls of the API, and the HTTP requests that a transport sends for them."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

#: Methods that may be sent twice without doing more than once (RFC 9110, section 9.2.2).
IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A call of the API, independent of the server's address.

    Attributes:
        method: The HTTP method, for example `GET`.
        endpoint: A path that starts with `/`, such as a formatted constant of `eternaltwin.clients.endpoints`.
        query: The fields of the query, in order, not yet encoded.
        headers: Header fields beyond those that every request has.
        body: The body as sent. None means no body.
        secrets: Strings that must never appear in messages, even when the server repeats them.
        is_one_of_many: Whether the call is one of many that are sent together. The time until it has a connection then
            does not count, and each attempt may take as long as other calls may take in all.
    """

    method: str
    endpoint: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    secrets: tuple[str, ...] = ()
    is_one_of_many: bool = False

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.endpoint}>"


class HTTPRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request, which a transport sends once.

    Attributes:
        method: The HTTP method, for example `GET`.
        target: Path and query below the transport's origin, encoded.
        headers: The header fields, without those that transports add: `Host`, `Content-Length`,
            `Accept-Encoding` and a proxy's.
        body: The body as sent. None means no body.
        timeout: Seconds within which the whole response must have arrived.
        is_idempotent: Whether the request may be sent again on a new connection when the server has
            just closed the pooled one that it was sent on.
        is_one_of_many: Whether the time until a connection is free does not count.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None
    timeout: float
    is_idempotent: bool
    is_one_of_many: bool = False

    def __repr__(self) -> str:
        return f"<HTTPRequest {self.method} {self.target.partition('?')[0]}>"


class ServerAddress(NamedTuple):
    """The address of a server, as telemetry names it.

    Attributes:
        origin: Scheme, host and port, as in the settings.
        host: Name or address of the host.
        port: The port, also if it is that of the scheme.
    """

    origin: str
    host: str
    port: int

    @classmethod
    def of(cls, base_url: str) -> ServerAddress:
        """Return the address in a URL.

        Args:
            base_url: The URL of the server.

        Returns:
            The address.
        """
        parts = urlsplit(base_url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.hostname or "", port)
