"""The log of requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from eternaltwin.devserver.asgi.request_log import (
    MAX_BODY,
    MAX_REQUESTS,
    RecordedRequest,
    RequestLog,
    RequestLogMiddleware,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Message, Receive, Scope, Send


async def reading(_scope: Scope, receive: Receive, send: Send) -> None:
    """Respond with the number of bytes and of messages of the body."""
    size = count = 0
    while True:
        message = await receive()
        count += 1
        size += len(message.get("body", b""))
        if not message.get("more_body", False):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{size} in {count}".encode()})


async def deaf(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Send no response."""


def ask(app: ASGIApp, *messages: Message, query: bytes = b"") -> bytes:
    waiting = list(messages)
    answer: list[bytes] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        answer.append(message.get("body", b""))

    scope = {
        "method": "POST",
        "path": "/p",
        "query_string": query,
        "headers": [(b"authorization", b"Bearer secret"), (b"x", b"1"), (b"x", b"2")],
    }
    asyncio.run(app(scope, receive, send))
    return b"".join(answer)


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_parts_is_logged_whole_and_reaches_the_application() -> None:
    journal = RequestLog()
    assert ask(RequestLogMiddleware(reading, journal), part(b"one", more=True), part(b"two")) == b"6 in 2"
    assert journal.requests[0].body == b"onetwo"


def test_the_beginning_of_a_huge_body_is_logged_and_all_of_it_reaches_the_application() -> None:
    journal = RequestLog()
    messages = [part(b"x" * MAX_BODY, more=True), part(b"y", more=True), part(b"z")]
    assert ask(RequestLogMiddleware(reading, journal), *messages) == f"{MAX_BODY + 2} in 3".encode()
    assert journal.requests[0].body == b"x" * MAX_BODY


def test_a_client_that_goes_away_is_logged() -> None:
    journal = RequestLog()
    ask(RequestLogMiddleware(reading, journal), part(b"half", more=True), {"type": "http.disconnect"})
    assert journal.requests[0].body == b"half"


def test_a_request_without_a_response_has_no_status() -> None:
    journal = RequestLog()
    ask(RequestLogMiddleware(deaf, journal), part(b""))
    (request,) = journal.requests
    assert request.status is None
    assert request.duration is None
    assert repr(request) == "<POST /p pending>"


def test_query_and_header_fields_are_read() -> None:
    journal = RequestLog()
    ask(RequestLogMiddleware(reading, journal), part(b""), query=b"a=1&b=&a=%C3%A9")
    (request,) = journal.requests
    assert request.query == {"a": "é", "b": ""}
    assert request.headers.get_all("X") == ["1", "2"]


def test_no_secret_is_shown() -> None:
    journal = RequestLog()
    ask(RequestLogMiddleware(reading, journal), part(b"secret"), query=b"code=secret")
    assert repr(journal.requests) == "[<POST /p 200>]"


def test_the_callback_is_called_when_the_response_begins() -> None:
    told: list[tuple[int | None, bool]] = []
    journal = RequestLog(lambda request: told.append((request.status, (request.duration or 0) > 0)))
    ask(RequestLogMiddleware(reading, journal), part(b""))
    assert told == [(200, True)]


def test_the_oldest_requests_are_forgotten() -> None:
    journal = RequestLog()
    for number in range(MAX_REQUESTS + 1):
        journal.add(RecordedRequest("GET", f"/{number}", b"", []))
    assert len(journal.requests) == MAX_REQUESTS
    assert journal.requests[0].path == "/1"
    journal.clear()
    assert journal.requests == []
