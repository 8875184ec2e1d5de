"""Fault injection."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.transports import InProcessTransport
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.devserver.asgi.protocol import Message, Receive, Scope, Send
    from eternaltwin.responses import Response


class Options(TypedDict, total=False):
    status: int | None
    times: int
    delay: float
    path: str | None
    headers: Mapping[str, str] | None
    body: object


async def healthy(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"healthy"})


class Server:
    def __init__(self) -> None:
        self.faults = Faults()
        self._transport = InProcessTransport(FaultsMiddleware(healthy, self.faults), "http://server.test")

    def get(self, target: str = "/a") -> Response:
        return self._transport.send(
            HTTPRequest(method="GET", target=target, headers={}, body=None, timeout=5, is_idempotent=True)
        )

    def statuses(self, *targets: str) -> list[int]:
        return [self.get(target).status_code for target in targets]


@pytest.fixture
def server() -> Server:
    return Server()


def test_without_a_fault_nothing_fails(server: Server) -> None:
    assert server.get().content == b"healthy"
    assert server.faults.pending == []


def test_only_the_next_requests_fail(server: Server) -> None:
    server.faults.fail_next(times=2)
    assert len(server.faults.pending) == 2
    assert server.statuses("/a", "/b", "/c") == [503, 503, 200]


def test_the_body_explains_that_a_test_requested_the_failure(server: Server) -> None:
    server.faults.fail_next()
    response = server.get()
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"fail_next" in response.content


def test_faults_apply_in_the_order_in_which_they_were_added(server: Server) -> None:
    server.faults.fail_next(500)
    server.faults.fail_next(502)
    assert server.statuses("/a", "/a", "/a") == [500, 502, 200]


def test_a_fault_can_be_limited_to_paths(server: Server) -> None:
    server.faults.fail_next(500, path="/oauth/token")
    server.faults.fail_next(502, path="/api/*")
    assert server.statuses("/other", "/api/v1/users", "/oauth/token", "/api/v1", "/oauth/token") == [
        200,
        502,
        500,
        200,
        200,
    ]


def test_faults_can_be_cleared(server: Server) -> None:
    server.faults.fail_next(times=5)
    server.faults.clear()
    assert server.statuses("/a") == [200]


@pytest.mark.parametrize(
    ("body", "content", "kind"),
    [
        (b"\x00", b"\x00", "application/octet-stream"),
        ("é", "é".encode(), "text/plain; charset=utf-8"),
        ({"error": "no"}, b'{"error":"no"}', "application/json"),
        ("", b"", ""),
    ],
)
def test_the_body_can_be_chosen(server: Server, body: object, content: bytes, kind: str) -> None:
    server.faults.fail_next(418, body=body)
    response = server.get()
    assert response.content == content
    assert response.headers.get("content-type") == kind
    assert response.headers["content-length"] == str(len(content))


def test_header_fields_can_be_chosen(server: Server) -> None:
    server.faults.fail_next(429, headers={"Retry-After": "7", "Content-Type": "text/html"})
    response = server.get()
    assert response.retry_after == 7
    assert response.headers.get_all("content-type") == ["text/html"]


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(server: Server, status: int) -> None:
    server.faults.fail_next(status)
    assert server.get().content == b""


def test_a_delay_alone_keeps_the_usual_response(server: Server) -> None:
    server.faults.fail_next(None, delay=0.01)
    assert server.get().content == b"healthy"


@pytest.mark.parametrize(
    "options",
    [
        Options(status=199),
        Options(status=600),
        Options(status=True),
        Options(times=0),
        Options(times=True),
        Options(delay=-1),
        Options(delay=math.nan),
        Options(delay=math.inf),
        Options(status=None, body="x"),
        Options(status=None, headers={"Retry-After": "1"}),
        Options(status=204, body="x"),
        Options(headers={"Bad Name": "x"}),
        Options(headers={"X-One": "a\r\nb"}),
        Options(headers={"X-One": "…"}),
        Options(body=object()),
    ],
)
def test_an_impossible_fault_is_refused(server: Server, options: Options) -> None:
    with pytest.raises(InvalidArgumentError):
        server.faults.fail_next(**options)
    assert server.statuses("/a") == [200]


@given(st.lists(st.tuples(st.sampled_from([None, "/a", "/b", "/*"]), st.integers(400, 599)), max_size=8), st.data())
def test_each_request_takes_the_first_fault_that_applies_to_it(
    faults: list[tuple[str | None, int]], data: st.DataObject
) -> None:
    server = Server()
    for path, status in faults:
        server.faults.fail_next(status, path=path)
    left = list(faults)
    for target in data.draw(st.lists(st.sampled_from(["/a", "/b"]), max_size=10)):
        matching = [fault for fault in left if fault[0] in (None, "/*", target)]
        assert server.get(target).status_code == (matching[0][1] if matching else 200)
        if matching:
            left.remove(matching[0])
    assert len(server.faults.pending) == len(left)


def test_under_an_event_loop_the_delay_does_not_block(server: Server) -> None:
    server.faults.fail_next(None, delay=0.01)
    sent: list[str] = []

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(str(message["type"]))

    asyncio.run(FaultsMiddleware(healthy, server.faults)({"path": "/a"}, nothing, send))
    assert sent == ["http.response.start", "http.response.body"]
