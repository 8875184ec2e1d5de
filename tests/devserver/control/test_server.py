"""`/_dev/health`, `/_dev/reset` and `/_dev/requests`, the description, and errors of the server itself."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from eternaltwin import __version__
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.rules.requests import MAX_REQUEST_SIZE

if TYPE_CHECKING:
    import pytest

    from eternaltwin.devserver import DevServer
    from tests.support.control import Control


def get(server: DevServer, path: str, headers: dict[str, str] | None = None) -> int:
    request = HTTPRequest(method="GET", target=path, headers=headers or {}, body=None, timeout=5, is_idempotent=True)
    return server.transport.send(request).status_code


def test_health_and_the_description_need_no_header(control: Control) -> None:
    health = control.send("GET", "/health", headers={}).json()
    assert health == {"status": "ok", "version": __version__, "api_version": "latest"}
    assert control.send("GET", "/openapi.json", headers={}).json()["info"]["title"] == "Eternaltwin development server"
    assert control.send("HEAD", "/health", headers={}).status_code == 200


def test_a_reset_forgets_everything_but_the_seeds(server: DevServer, control: Control) -> None:
    now = control.json("GET", "/clock")["time"]
    control.json("POST", "/users", {"count": 3}, status=201)
    control.json("PUT", "/games/mygame", {"oauth_callback": "http://localhost/"})
    control.json("POST", "/sign-in", {"user": "player_1", "game": "mygame"})
    control.json("PUT", "/archives/twinoid_user/twino", {"id": 38})
    control.json("POST", "/clock/advance", {"seconds": 10**8})
    assert get(server, "/api/v1") == 200
    control.json("POST", "/faults", {}, status=201)
    for _ in range(2):
        control.json("POST", "/reset", status=204)
        assert control.json("GET", "/users")["count"] == 6
        assert control.json("GET", "/games")["count"] == 7
        assert control.json("GET", "/sign-ins")["count"] == 0
        assert control.json("GET", "/archives")["count"] == 0
        assert control.json("GET", "/requests")["count"] == 0
        assert control.json("GET", "/faults")["count"] == 0
        assert control.json("GET", "/clock")["time"][:4] == now[:4]


def test_requests_are_listed_newest_first_and_by_what_they_have(server: DevServer, control: Control) -> None:
    for path in ("/api/v1", "/nowhere", "/api/v1/clock", "/nowhere"):
        get(server, path)
    listed = control.json("GET", "/requests?limit=3")
    assert (listed["count"], [entry["path"] for entry in listed["items"]]) == (
        4,
        ["/nowhere", "/api/v1/clock", "/nowhere"],
    )
    assert listed["items"][0].keys() == {"method", "path", "status", "seconds", "reason"}
    assert control.json("GET", "/requests?status=404&path=/nowhere&method=GET")["count"] == 2
    assert control.json("GET", "/requests?path=/api/*")["count"] == 2
    assert control.json("GET", "/requests?method=POST")["count"] == 0
    assert control.problem("GET", "/requests?status=often") == (422, "invalid")
    for _ in range(2):
        control.json("DELETE", "/requests", status=204)
        assert control.json("GET", "/requests") == {"items": [], "count": 0}


def test_a_refused_request_is_listed_with_its_reason_and_both_addresses(server: DevServer, control: Control) -> None:
    sid = server.login("alice")
    query = "response_type=code&client_id=kingdom_dev@clients&redirect_uri=http://localhost/other"
    get(server, f"/oauth/authorize?{query}", {"cookie": f"sid={sid}"})
    [entry] = control.json("GET", "/requests?status=422")["items"]
    assert entry["reason"] == (
        "Q1003: provided redirect_uri does not match registered callback_uri"
        " (registered: http://localhost:8000/oauth/callback; provided: http://localhost/other)"
    )


def test_a_failure_of_the_server_has_the_shape_of_all_errors(
    server: DevServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server.world, "clients", lambda: 1 / 0)
    response = server.transport.send(
        HTTPRequest(
            method="GET",
            target="/_dev/games",
            headers={"Eternaltwin-Dev": "1"},
            body=None,
            timeout=5,
            is_idempotent=True,
        )
    )
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_body_that_is_too_large_is_refused_in_the_shape_of_all_errors(control: Control) -> None:
    assert control.problem("POST", "/users", b" " * (MAX_REQUEST_SIZE + 1)) == (413, "too_large")
