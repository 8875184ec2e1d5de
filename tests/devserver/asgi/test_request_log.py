"""The log of requests."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from eternaltwin.devserver.asgi.request_log import (
    MAX_BODY,
    MAX_REFUSAL,
    MAX_REQUESTS,
    MAX_SIZE,
    RecordedRequest,
    RequestLog,
    RequestLogMiddleware,
    record_refusal,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Message, Receive, Scope, Send


async def counting(_scope: Scope, receive: Receive, send: Send) -> None:
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


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Send no response."""


def send_request(app: ASGIApp, *messages: Message, query: bytes = b"") -> bytes:
    waiting = list(messages)
    response: list[bytes] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        response.append(message.get("body", b""))

    scope = {
        "method": "POST",
        "path": "/p",
        "query_string": query,
        "headers": [(b"authorization", b"Bearer secret"), (b"x", b"1"), (b"x", b"2")],
    }
    asyncio.run(app(scope, receive, send))
    return b"".join(response)


def part(body: bytes, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_in_parts_is_logged_whole_and_reaches_the_application() -> None:
    log = RequestLog()
    assert send_request(RequestLogMiddleware(counting, log), part(b"one", more=True), part(b"two")) == b"6 in 2"
    assert log.requests[0].body == b"onetwo"


def test_the_beginning_of_a_huge_body_is_logged_and_all_of_it_reaches_the_application() -> None:
    log = RequestLog()
    messages = [part(b"x" * MAX_BODY, more=True), part(b"y", more=True), part(b"z")]
    assert send_request(RequestLogMiddleware(counting, log), *messages) == f"{MAX_BODY + 2} in 3".encode()
    assert log.requests[0].body == b"x" * MAX_BODY


def test_a_request_of_a_client_that_disconnects_is_logged() -> None:
    log = RequestLog()
    send_request(RequestLogMiddleware(counting, log), part(b"half", more=True), {"type": "http.disconnect"})
    assert log.requests[0].body == b"half"


def test_a_request_without_a_response_has_no_status() -> None:
    log = RequestLog()
    send_request(RequestLogMiddleware(silent, log), part(b""))
    (request,) = log.requests
    assert request.status is None
    assert request.duration is None
    assert repr(request) == "<POST /p pending>"


def test_query_and_header_fields_are_read() -> None:
    log = RequestLog()
    send_request(RequestLogMiddleware(counting, log), part(b""), query=b"a=1&b=&a=%C3%A9")
    (request,) = log.requests
    assert request.query == {"a": "é", "b": ""}
    assert request.headers.get_all("X") == ["1", "2"]


def test_the_repr_contains_no_secret() -> None:
    log = RequestLog()
    send_request(RequestLogMiddleware(counting, log), part(b"secret"), query=b"code=secret")
    assert repr(log.requests) == "[<POST /p 200>]"


def test_the_callback_is_called_when_the_response_begins() -> None:
    reported: list[tuple[int | None, bool]] = []
    log = RequestLog(lambda request: reported.append((request.status, (request.duration or 0) > 0)))
    send_request(RequestLogMiddleware(counting, log), part(b""))
    assert reported == [(200, True)]


def test_the_oldest_requests_are_dropped() -> None:
    log = RequestLog()
    for number in range(MAX_REQUESTS + 1):
        log.add(RecordedRequest("GET", f"/{number}", b"", []))
    assert len(log.requests) == MAX_REQUESTS
    assert log.requests[0].path == "/1"
    log.clear()
    assert log.requests == []


def test_requests_are_kept_within_a_number_of_bytes() -> None:
    log = RequestLog()
    size = MAX_SIZE // 4
    for number in range(6):
        request = RecordedRequest("POST", f"/{number}", b"q" * (size // 4), [(b"x", b"f" * (size // 4))])
        request.body = b"b" * (size // 2)
        log.add(request)
    assert [request.path for request in log.requests] == ["/3", "/4", "/5"]
    assert sum(request.size for request in log.requests) <= MAX_SIZE
    log.clear()
    log.add(RecordedRequest("GET", "/next", b"", []))
    assert [request.path for request in log.requests] == ["/next"]


def test_an_application_may_record_why_it_refuses() -> None:
    async def refuse(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["query_string"] == b"page":
            record_refusal(scope, b"the reason" * MAX_REFUSAL)
        await send({"type": "http.response.start", "status": 422, "headers": []})
        await send({"type": "http.response.body", "body": b"<p>", "more_body": True})
        await send({"type": "http.response.body", "body": b"a page"})

    log = RequestLog()
    for query in (b"page", b"other"):
        send_request(RequestLogMiddleware(refuse, log), part(b""), query=query)
    page, other = log.requests
    assert page.refusal == (b"the reason" * MAX_REFUSAL)[:MAX_REFUSAL]
    assert other.refusal == b"<p>a page"
    record_refusal({"path": "/"}, b"nothing happens without a log")
