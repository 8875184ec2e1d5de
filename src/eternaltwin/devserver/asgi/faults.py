"""Fault injection: failures that a test requests from a server."""

from __future__ import annotations

import math
import re
import threading
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.asgi.protocol import sleeper
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

# RFC 9110, sections 5.1 and 5.5.
_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

_BODILESS = (204, 304)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A failure or a delay of one request.

    Attributes:
        status: The status of the response. None lets the application respond after the delay.
        delay: The time to wait first, in seconds.
        path: Pattern of the paths (`fnmatch`), in which `*` matches any characters. None matches every path.
        headers: The header fields of the response.
        body: The body of the response.
    """

    status: int | None
    delay: float
    path: str | None
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def matches(self, path: str) -> bool:
        """Return whether the fault applies to a path.

        Args:
            path: The percent-decoded path of a request, without the query.

        Returns:
            True if a request for the path meets this fault.
        """
        return self.path is None or fnmatchcase(path, self.path)


class Faults:
    """The pending faults of a server, in the order in which they were added. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []

    @property
    def pending(self) -> list[Fault]:
        """A copy of the pending faults, in the order in which they were added."""
        with self._lock:
            return list(self._pending)

    def fail_next(
        self,
        status: int | None = 503,
        times: int = 1,
        delay: float = 0.0,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> None:
        """Make the next requests fail. A later call adds to an earlier one.

        Args:
            status: The status of the response, from 200 to 599. None only delays the usual response.
            times: The number of requests, at least 1.
            delay: The time to wait before the response, in seconds.
            path: Pattern of the paths (`fnmatch`), in which `*` matches any characters. None matches every path.
            headers: Header fields of the response, if it has a `status`.
            body: The body of the response: bytes or a string as they are, anything else as JSON.

        Raises:
            InvalidArgumentError: An argument is out of range, or `headers` or `body` is not possible with `status`.

        Example:
            >>> faults.fail_next(503, times=2, path="/items/*", headers={"Retry-After": "1"})
        """
        fault = build_fault(status, delay, path, headers or {}, body)
        if isinstance(times, bool) or times < 1:
            raise InvalidArgumentError("times must be a whole number, at least 1")
        with self._lock:
            self._pending.extend([fault] * times)

    def take(self, path: str) -> Fault | None:
        """Remove and return the first pending fault that applies to a request.

        Args:
            path: The percent-decoded path of the request.

        Returns:
            The fault, or None if no pending fault applies.
        """
        if not self._pending:
            return None
        with self._lock:
            for index, fault in enumerate(self._pending):
                if fault.matches(path):
                    return self._pending.pop(index)
        return None

    def clear(self) -> None:
        """Remove the pending faults."""
        with self._lock:
            self._pending.clear()


def build_fault(status: int | None, delay: float, path: str | None, headers: Mapping[str, str], body: object) -> Fault:
    """Check arguments and build a fault.

    Args:
        status: The status of the response, from 200 to 599. None only delays the usual response.
        delay: The time to wait before the response, in seconds.
        path: Pattern of the paths (`fnmatch`), in which `*` matches any characters. None matches every path.
        headers: Header fields of the response, if it has a `status`.
        body: The body of the response: bytes or a string as they are, anything else as JSON.

    Returns:
        The fault.

    Raises:
        InvalidArgumentError: An argument is out of range, or `headers` or `body` is not possible with `status`.
    """
    if status is not None and (isinstance(status, bool) or not 200 <= status <= 599):
        raise InvalidArgumentError("status must be a number from 200 to 599, or None to only wait")
    if not 0 <= delay < math.inf:
        raise InvalidArgumentError("delay must be a number of seconds, not negative")
    if status is None and (headers or body is not None):
        raise InvalidArgumentError("headers and body need a status: None only delays the usual response")
    if body is not None and status in _BODILESS:
        raise InvalidArgumentError("a response with this status has no body: give another status")
    content, kind = _content(status, body)
    return Fault(status=status, delay=delay, path=path, headers=_fields(headers, content, kind), body=content)


def _content(status: int | None, body: object) -> tuple[bytes, str]:
    text = "text/plain; charset=utf-8"
    if isinstance(body, bytes):
        return body, "application/octet-stream"
    if isinstance(body, str):
        return body.encode(), text
    if body is not None:
        return _json(body), "application/json"
    return (b"" if status in _BODILESS else b"a failure that a test requested with fail_next"), text


def _json(body: object) -> bytes:
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidArgumentError("body must be bytes, a string, or a value that can be encoded as JSON") from exc


def _fields(headers: Mapping[str, str], content: bytes, kind: str) -> tuple[tuple[bytes, bytes], ...]:
    for name, value in headers.items():
        if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise InvalidArgumentError(f"headers: {name!r} is not a valid header field")
    given = {name.lower(): value for name, value in headers.items()}
    implied = {"content-type": kind, "content-length": str(len(content))} if content else {"content-length": "0"}
    return tuple((name.encode(), value.encode("latin-1")) for name, value in (implied | given).items())


class FaultsMiddleware:
    """An ASGI application that injects faults into the responses of another one.

    Args:
        app: The other application.
        faults: The pending faults.
        exempt: Paths whose requests never fail.
    """

    def __init__(self, app: ASGIApp, faults: Faults, exempt: Container[str] = ()) -> None:
        self._app = app
        self._faults = faults
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond with the next fault for a request, or pass the request on to the other application.

        Args:
            scope: The ASGI scope.
            receive: The ASGI function that receives a message.
            send: The ASGI function that sends a message.
        """
        path = scope["path"]
        fault = None if path in self._exempt else self._faults.take(path)
        if fault is not None and fault.delay:
            await sleeper.get()(fault.delay)
        if fault is None or fault.status is None:
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": fault.status, "headers": list(fault.headers)})
        await send({"type": "http.response.body", "body": fault.body})
