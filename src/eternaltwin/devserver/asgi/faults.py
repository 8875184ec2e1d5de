"""Failures on demand: what a test asks a server to do wrong, once or a few times."""

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
    from collections.abc import Mapping

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

# RFC 9110, sections 5.1 and 5.5.
_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

_BODILESS = (204, 304)


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a request. `status` None: it is answered as ever, only later.

    Attributes:
        delay: seconds to wait first.
        path: the paths that it is for, `*` standing for any text; None for all.
    """

    status: int | None
    delay: float
    path: str | None
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def concerns(self, path: str) -> bool:
        """Whether a request for this path is to fail."""
        return self.path is None or fnmatchcase(path, self.path)


class Faults:
    """The failures that are still to come, in the order they were asked for. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []

    @property
    def pending(self) -> list[Fault]:
        """The failures that are still to come."""
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
        """Fail the next requests; later calls add to earlier ones.

        Args:
            status: what to answer, from 200 to 599; None to answer as ever, after the delay.
            times: how many requests.
            delay: seconds to wait before the answer.
            path: only requests for this path; `*` stands for any text.
            headers: header fields of the answer.
            body: bytes or text as they are, anything else as JSON.

        Raises:
            InvalidArgumentError: one of these cannot be.
        """
        fault = make_fault(status, delay, path, headers or {}, body)
        if isinstance(times, bool) or times < 1:
            raise InvalidArgumentError("times must be a whole number, at least 1")
        with self._lock:
            self._pending.extend([fault] * times)

    def take(self, path: str) -> Fault | None:
        """The failure that a request for `path` is to meet; it is then used up."""
        if not self._pending:
            return None
        with self._lock:
            for place, fault in enumerate(self._pending):
                if fault.concerns(path):
                    return self._pending.pop(place)
        return None

    def clear(self) -> None:
        """Forget the failures that are still to come."""
        with self._lock:
            self._pending.clear()


def make_fault(status: int | None, delay: float, path: str | None, headers: Mapping[str, str], body: object) -> Fault:
    """A failure, checked.

    Raises:
        InvalidArgumentError: the status is none, the delay is negative, or a body has no place to go.
    """
    if status is not None and (isinstance(status, bool) or not 200 <= status <= 599):
        raise InvalidArgumentError("status must be a number from 200 to 599, or None to only wait")
    if not 0 <= delay < math.inf:
        raise InvalidArgumentError("delay must be a number of seconds, not negative")
    if body is not None and status in (None, *_BODILESS):
        raise InvalidArgumentError("there is no answer that could have this body: give another status")
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
    return (b"" if status in _BODILESS else b"a failure that was asked for with fail_next"), text


def _json(body: object) -> bytes:
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidArgumentError("body must be bytes, a text, or something that JSON can hold") from exc


def _fields(headers: Mapping[str, str], content: bytes, kind: str) -> tuple[tuple[bytes, bytes], ...]:
    for name, value in headers.items():
        if not _FIELD_NAME.fullmatch(name) or not _FIELD_VALUE.fullmatch(value):
            raise InvalidArgumentError(f"headers: {name!r} is no header field that HTTP can send")
    given = {name.lower(): value for name, value in headers.items()}
    implied = {"content-type": kind, "content-length": str(len(content))} if content else {"content-length": "0"}
    return tuple((name.encode(), value.encode("latin-1")) for name, value in (implied | given).items())


class FaultsMiddleware:
    """An ASGI application that fails as it is asked to, and else lets another one answer.

    Args:
        app: the other application.
        faults: what is to fail.
        exempt: a path that never fails.
    """

    def __init__(self, app: ASGIApp, faults: Faults, exempt: str | None = None) -> None:
        self._app = app
        self._faults = faults
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Fail, or let the other application answer."""
        path = scope["path"]
        fault = None if path == self._exempt else self._faults.take(path)
        if fault is not None and fault.delay:
            await sleeper.get()(fault.delay)
        if fault is None or fault.status is None:
            await self._app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": fault.status, "headers": list(fault.headers)})
        await send({"type": "http.response.body", "body": fault.body})
