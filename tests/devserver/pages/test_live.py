"""The script of the front page."""

from __future__ import annotations

import pytest

from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver import DevServer
from eternaltwin.devserver.pages.live import may_change, may_listen


def test_the_script_is_a_file_of_its_own() -> None:
    with DevServer.in_process() as server:
        server.fail_next(503)
        response = server.transport.send(
            HTTPRequest(method="GET", target="/overview.js", headers={}, body=None, timeout=5, is_idempotent=True)
        )
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert b'"use strict"' in response.content
    assert b"http" not in response.content  # it sends no request to another host
    assert b"innerHTML" not in response.content


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", False),
        ("HEAD", "/reference", False),
        ("GET", "/_dev/requests", False),
        ("POST", "/", True),
        ("DELETE", "/_dev/requests", True),
        ("GET", "/oauth/authorize", True),
        ("GET", "/login", True),
    ],
)
def test_requests_that_only_read_the_pages_change_nothing(method: str, path: str, expected: bool) -> None:
    assert may_change({"method": method, "path": path}) is expected


def test_updates_of_the_page_are_not_logged() -> None:
    with DevServer.in_process() as server:
        for method, path, fields in (
            ("GET", "/", {"eternaltwin-update": "1"}),
            ("GET", "/", {}),
            ("POST", "/", {"eternaltwin-update": "1"}),
            ("GET", "/api/v1", {"eternaltwin-update": "1"}),
        ):
            server.transport.send(
                HTTPRequest(method=method, target=path, headers=fields, body=b"", timeout=5, is_idempotent=True)
            )
    assert [(request.method, request.path) for request in server.requests] == [
        ("GET", "/"),
        ("POST", "/"),
        ("GET", "/api/v1"),
    ]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], True),
        ([(b"sec-fetch-site", b"same-origin")], True),
        ([(b"sec-fetch-site", b"none")], True),
        ([(b"sec-fetch-site", b"same-site")], False),
        ([(b"host", b"192.0.2.1:50320"), (b"origin", b"http://192.0.2.1:50320")], True),
        ([(b"host", b"192.0.2.1:50320"), (b"origin", b"http://evil.example")], False),
        ([(b"host", b"192.0.2.1:50320"), (b"origin", b"null")], False),
        ([(b"host", b"192.0.2.1:50320"), (b"origin", b"http://[")], False),
        ([(b"sec-fetch-site", b"cross-site")], False),
    ],
)
def test_other_sites_may_not_listen(headers: list[tuple[bytes, bytes]], expected: bool) -> None:
    assert may_listen({"headers": headers}) is expected
