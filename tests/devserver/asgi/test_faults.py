"""Failures on demand."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.asgi.in_process import InProcessTransport
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.devserver.asgi.protocol import Message, Receive, Scope, Send
    from eternaltwin.responses import Response


class Wish(TypedDict, total=False):
    status: int | None
    times: int
    delay: float
    path: str | None
    headers: Mapping[str, str] | None
    body: object


async def well(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"well"})


class Server:
    def __init__(self) -> None:
        self.faults = Faults()
        self._transport = InProcessTransport(FaultsMiddleware(well, self.faults))

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
    assert server.get().content == b"well"
    assert server.faults.pending == []


def test_the_next_requests_fail_and_then_no_more(server: Server) -> None:
    server.faults.fail_next(times=2)
    assert len(server.faults.pending) == 2
    assert server.statuses("/a", "/b", "/c") == [503, 503, 200]


def test_the_response_says_that_a_test_requested_it(server: Server) -> None:
    server.faults.fail_next()
    answer = server.get()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"fail_next" in answer.content


def test_faults_happen_in_their_order(server: Server) -> None:
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
    answer = server.get()
    assert answer.content == content
    assert answer.headers.get("content-type") == kind
    assert answer.headers["content-length"] == str(len(content))


def test_header_fields_can_be_chosen(server: Server) -> None:
    server.faults.fail_next(429, headers={"Retry-After": "7", "Content-Type": "text/html"})
    answer = server.get()
    assert answer.retry_after == 7
    assert answer.headers.get_all("content-type") == ["text/html"]


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(server: Server, status: int) -> None:
    server.faults.fail_next(status)
    assert server.get().content == b""


def test_a_delay_alone_keeps_the_usual_response(server: Server) -> None:
    server.faults.fail_next(None, delay=0.01)
    assert server.get().content == b"well"


@pytest.mark.parametrize(
    "wish",
    [
        Wish(status=199),
        Wish(status=600),
        Wish(status=True),
        Wish(times=0),
        Wish(times=True),
        Wish(delay=-1),
        Wish(delay=math.nan),
        Wish(delay=math.inf),
        Wish(status=None, body="x"),
        Wish(status=204, body="x"),
        Wish(headers={"Bad Name": "x"}),
        Wish(headers={"X-One": "a\r\nb"}),
        Wish(headers={"X-One": "…"}),
        Wish(body=object()),
    ],
)
def test_an_impossible_fault_is_refused(server: Server, wish: Wish) -> None:
    with pytest.raises(InvalidArgumentError):
        server.faults.fail_next(**wish)
    assert server.statuses("/a") == [200]


@given(st.lists(st.tuples(st.sampled_from([None, "/a", "/b", "/*"]), st.integers(400, 599)), max_size=8), st.data())
def test_every_wish_is_met_once_and_by_the_first_that_it_concerns(
    wishes: list[tuple[str | None, int]], data: st.DataObject
) -> None:
    server = Server()
    for path, status in wishes:
        server.faults.fail_next(status, path=path)
    left = list(wishes)
    for target in data.draw(st.lists(st.sampled_from(["/a", "/b"]), max_size=10)):
        mine = [wish for wish in left if wish[0] in (None, "/*", target)]
        assert server.get(target).status_code == (mine[0][1] if mine else 200)
        if mine:
            left.remove(mine[0])
    assert len(server.faults.pending) == len(left)


def test_under_an_event_loop_the_delay_does_not_block(server: Server) -> None:
    server.faults.fail_next(None, delay=0.01)
    sent: list[str] = []

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(str(message["type"]))

    asyncio.run(FaultsMiddleware(well, server.faults)({"path": "/a"}, nothing, send))
    assert sent == ["http.response.start", "http.response.body"]
