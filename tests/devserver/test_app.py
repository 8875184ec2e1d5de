"""The routing of requests to endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.driver import run
from eternaltwin.devserver.app import create_app
from eternaltwin.rules.requests import MAX_REQUEST_SIZE
from tests.support.asgi_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.asgi.protocol import Message, Scope


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.mark.parametrize(
    "target",
    [
        "//",
        "//api/v1",
        "/api//v1",
        "/api%2Fv1",
        "/api/v1/",
        "/api/v1%2F",
        "/api/v1%0A",
        "/%61pi/v1",
        "/api/v1/users//tos",
    ],
)
def test_paths_match_as_they_were_sent(server: Server, target: str) -> None:
    for method in ("GET", "OPTIONS", "PUT"):
        response = server.request(method, target)
        assert (response.status, response.body, dict(response.headers.items())) == (404, b"", {"content-length": "0"})


def test_an_escaped_slash_does_not_end_a_segment(server: Server) -> None:
    response = server.get("/api/v1/users/..%2Fauth%2Fself")
    assert (response.status, response.text) == (
        400,
        "Invalid URL: UUID parsing failed: invalid character: found `.` at 0",
    )


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "DELETE", "post"])
@pytest.mark.parametrize("target", ["/", "/login"])
def test_pages_refuse_other_methods(server: Server, target: str, method: str) -> None:
    response = server.request(method, target)
    assert (response.status, response.body, response.headers["allow"]) == (405, b"", "GET,HEAD,POST")


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("target", ["/oauth/token", "/login"])
def test_a_body_of_more_than_2_mib_is_refused(server: Server, target: str, content_type: str) -> None:
    statuses = [
        server.request("POST", target, body=b"x" * size, headers={"Content-Type": content_type}).status
        for size in (MAX_REQUEST_SIZE, MAX_REQUEST_SIZE + 1)
    ]
    assert statuses[0] != 413
    assert statuses[1] == 413


def test_a_large_body_that_is_not_read_makes_no_difference(server: Server) -> None:
    assert server.request("DELETE", "/api/v1/auth/self", body=b"x" * (MAX_REQUEST_SIZE + 1)).status == 200


def test_nothing_is_sent_to_a_client_that_left(server: Server) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/oauth/token",
        "raw_path": b"/oauth/token",
        "query_string": b"",
        "headers": [],
    }
    run(create_app(server.world)(scope, receive, send))
    assert sent == []
