"""What a server was asked, and what it answered: for tests, and for whoever watches it run."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from eternaltwin.responses import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Message, Receive, Scope, Send

#: How many requests are remembered; older ones are forgotten.
MAX_REQUESTS = 10_000

#: How much of a body is remembered, in bytes. The application gets all of it in any case.
MAX_BODY = 2**20


class RecordedRequest:
    """A request as it arrived.

    Attributes:
        method: for example `GET`.
        path: without the query, percent-decoded.
        body: its first megabyte.
        status: what it was answered with; None while it has not been answered.
        duration: seconds until the answer began; None while it has not.
    """

    __slots__ = ("_fields", "_query", "body", "duration", "method", "path", "status")

    def __init__(self, method: str, path: str, query: bytes, fields: list[tuple[bytes, bytes]]) -> None:
        self.method = method
        self.path = path
        self.body = b""
        self.status: int | None = None
        self.duration: float | None = None
        self._query = query
        self._fields = fields

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of one that is repeated, the last."""
        return dict(parse_qsl(self._query.decode("latin-1"), keep_blank_values=True))

    @property
    def headers(self) -> Headers:
        """The header fields, names without case."""
        return Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in self._fields)

    def __repr__(self) -> str:  # query, headers and body may hold secrets
        return f"<{self.method} {self.path} {self.status or 'unanswered'}>"


class RequestLog:
    """Remembers the newest requests. Safe to use from several threads.

    Args:
        on_answer: is told of each request when its answer begins.
    """

    def __init__(self, on_answer: Callable[[RecordedRequest], None] | None = None) -> None:
        self._requests: deque[RecordedRequest] = deque(maxlen=MAX_REQUESTS)
        self._on_answer = on_answer

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests, in the order they arrived."""
        return list(self._requests.copy())  # copied in one step, whatever other threads add

    def add(self, request: RecordedRequest) -> None:
        """Remember a request that has arrived."""
        self._requests.append(request)

    def answered(self, request: RecordedRequest, status: int, duration: float) -> None:
        """Remember how a request is answered."""
        request.status = status
        request.duration = duration
        if self._on_answer is not None:
            self._on_answer(request)

    def clear(self) -> None:
        """Forget every request."""
        self._requests.clear()


class RequestLogMiddleware:
    """An ASGI application that notes in a journal what another one is asked."""

    def __init__(self, app: ASGIApp, journal: RequestLog) -> None:
        self._app = app
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note the request, then let the other application answer it."""
        started = time.perf_counter()
        request = RecordedRequest(scope["method"], scope["path"], scope["query_string"], scope["headers"])
        read = await _read_ahead(receive)
        request.body = b"".join(message.get("body", b"") for message in read)[:MAX_BODY]
        self._journal.add(request)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._journal.answered(request, message["status"], time.perf_counter() - started)
            await send(message)

        await self._app(scope, _replay(read, receive), noting)


async def _read_ahead(receive: Receive) -> list[Message]:
    """The messages of the body, up to the one that holds as much as is remembered."""
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
