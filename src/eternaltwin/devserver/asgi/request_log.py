"""A log of requests and the statuses of their responses: for tests, and for watching a server run."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from eternaltwin.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Message, Receive, Scope, Send

#: The number of requests that a log keeps; older ones are dropped.
MAX_REQUESTS = 10_000

#: The number of bytes that the requests in a log have together; older ones are dropped.
MAX_SIZE = 64 * 2**20

#: The number of bytes of a body that a log keeps. The application receives all of it in any case.
MAX_BODY = 2**20

#: The number of bytes of the response to a refused request that a log keeps.
MAX_REFUSAL = 4096

#: Key of the scope under which an application finds the record of its request.
_RECORD = "eternaltwin.recorded_request"


class RecordedRequest:
    """A request as it arrived, and the status of its response.

    Args:
        method: The method, such as `GET`.
        path: The path without the query, percent-decoded.
        query: The query as it was sent.
        fields: The header fields in the order in which they were sent, with names in lower case.

    Attributes:
        method: The method, such as `GET`.
        path: The path without the query, percent-decoded.
        body: The first mebibyte of the body.
        status: The status of the response. None as long as there is no response.
        duration: The time until the response began, in seconds. None as long as there is no response.
        refusal: Why the request was refused: the first 4 KiB of the response's body, if its status is 400 or higher,
            unless the application has recorded something else. Otherwise empty.
    """

    __slots__ = ("_fields", "_query", "body", "duration", "method", "path", "refusal", "status")

    def __init__(self, method: str, path: str, query: bytes, fields: list[tuple[bytes, bytes]]) -> None:
        self.method = method
        self.path = path
        self.body = b""
        self.status: int | None = None
        self.duration: float | None = None
        self.refusal = b""
        self._query = query
        self._fields = fields

    @property
    def size(self) -> int:
        """The size of the request, in bytes: path, query, header fields and what is kept of the body."""
        fields = sum(len(name) + len(value) for name, value in self._fields)
        return len(self.path) + len(self._query) + fields + len(self.body)

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query; the last value of one that is repeated."""
        return dict(parse_qsl(self._query.decode("latin-1"), keep_blank_values=True))

    @property
    def headers(self) -> Headers:
        """The header fields, names without case."""
        return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._fields)

    def __repr__(self) -> str:  # query, headers and body may contain secrets
        return f"<{self.method} {self.path} {self.status or 'pending'}>"


class RequestLog:
    """Keeps the newest requests: at most 10,000, and at most 64 MiB of them. Safe to use from several threads.

    Args:
        on_response: Called with each request when its response begins, or None.
    """

    def __init__(self, on_response: Callable[[RecordedRequest], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._requests: deque[tuple[RecordedRequest, int]] = deque()
        self._size = 0
        self._on_response = on_response

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests in the order in which they arrived."""
        with self._lock:
            return [request for request, _ in self._requests]

    def add(self, request: RecordedRequest) -> None:
        """Add a request that has arrived, with its body. The oldest ones are dropped if there are too many.

        Args:
            request: The request.
        """
        size = request.size
        with self._lock:
            self._requests.append((request, size))
            self._size += size
            while len(self._requests) > MAX_REQUESTS or self._size > MAX_SIZE:
                self._size -= self._requests.popleft()[1]

    def record_response(self, request: RecordedRequest, status: int, duration: float) -> None:
        """Record that the response to a request has begun.

        Args:
            request: The request.
            status: The status of the response.
            duration: The time since the request arrived, in seconds.
        """
        request.status = status
        request.duration = duration
        if self._on_response is not None:
            self._on_response(request)

    def clear(self) -> None:
        """Remove every request."""
        with self._lock:
            self._requests.clear()
            self._size = 0


class RequestLogMiddleware:
    """An ASGI application that logs the requests to another one.

    Args:
        app: The other application.
        log: The log.
        is_left_out: Returns whether a request is not logged.
    """

    def __init__(self, app: ASGIApp, log: RequestLog, is_left_out: Callable[[Scope], bool] = lambda _: False) -> None:
        self._app = app
        self._log = log
        self._is_left_out = is_left_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log a request, then pass it on to the other application.

        Args:
            scope: The ASGI scope.
            receive: The ASGI function that receives a message.
            send: The ASGI function that sends a message.
        """
        if self._is_left_out(scope):
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request = RecordedRequest(scope["method"], scope["path"], scope["query_string"], scope["headers"])
        read = await _read_ahead(receive)
        request.body = b"".join(message.get("body", b"") for message in read)[:MAX_BODY]
        self._log.add(request)
        is_explained = False

        async def send_logged(message: Message) -> None:
            nonlocal is_explained
            if message["type"] == "http.response.start":
                is_explained = request.refusal != b""
                self._log.record_response(request, message["status"], time.perf_counter() - started)
            elif not is_explained and request.status is not None and request.status >= 400:
                request.refusal = (request.refusal + message.get("body", b""))[:MAX_REFUSAL]
            await send(message)

        await self._app({**scope, _RECORD: request}, _replay(read, receive), send_logged)


def record_refusal(scope: Scope, reason: bytes) -> None:
    """Record why a request is refused, where the response is a page for people. Nothing happens without a log.

    Args:
        scope: The ASGI scope of the request.
        reason: What the response would be for a program.
    """
    request: RecordedRequest | None = scope.get(_RECORD)
    if request is not None:
        request.refusal = reason[:MAX_REFUSAL]


async def _read_ahead(receive: Receive) -> list[Message]:
    """Receive the messages of the body, up to the one that completes what the log keeps."""
    read: list[Message] = []
    size = 0
    while size < MAX_BODY:
        message = await receive()
        read.append(message)
        size += len(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return read


def _replay(read: list[Message], receive: Receive) -> Receive:
    waiting = deque(read)

    async def next_message() -> Message:
        return waiting.popleft() if waiting else await receive()

    return next_message
