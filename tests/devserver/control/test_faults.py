"""`/_dev/faults`: the next requests fail, but for those of the control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.http.requests import HTTPRequest

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.responses import Response
    from tests.support.control import Control


def get(server: DevServer, path: str) -> Response:
    request = HTTPRequest(method="GET", target=path, headers={}, body=None, timeout=5, is_idempotent=True)
    return server.transport.send(request)


def test_the_next_requests_fail_as_they_are_told_to(server: DevServer, control: Control) -> None:
    order = {"status": 429, "times": 2, "path": "/api/*", "headers": {"Retry-After": "7"}, "body": {"error": "slow"}}
    assert control.json("POST", "/faults", order, status=201)["count"] == 2
    assert control.json("POST", "/faults", {"delay": 0.001}, status=201)["items"][2] == {
        "status": 503,
        "delay": 0.001,
        "path": None,
    }
    refused = get(server, "/api/v1")
    assert (refused.status_code, refused.headers["retry-after"], refused.json()) == (429, "7", {"error": "slow"})
    assert get(server, "/login").status_code == 503
    assert control.json("GET", "/faults")["count"] == 1
    for _ in range(2):
        control.json("DELETE", "/faults", status=204)
    assert get(server, "/api/v1").status_code == 200


@pytest.mark.parametrize(
    "order",
    [
        {"status": 99},
        {"status": "503"},
        {"times": 0},
        {"times": 10_001},
        {"delay": -1},
        {"delay": 3601},
        {"status": None, "body": "a body"},
        {"headers": {"a b": "c"}},
        {"status": 204, "body": "a body"},
    ],
)
def test_a_fault_that_is_not_possible_is_refused(control: Control, order: object) -> None:
    assert control.problem("POST", "/faults", order) == (422, "invalid")
    assert control.json("GET", "/faults")["count"] == 0
