"""The version, the configuration and the clock, unknown paths and methods, and errors."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.api.responses import Instant, json_response
from eternaltwin.devserver.config import FrontendConfig, ServerConfig, default_config
from tests.support.asgi_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def test_the_version_is_reported(server: Server) -> None:
    with Server(api_version="0.16.4") as released:
        assert released.get("/api/v1").json == {"eternaltwin": {"version": "0.16.4"}}
    assert server.get("/api/v1").json != {"eternaltwin": {"version": "0.16.4"}}


def test_page_sizes_are_configured() -> None:
    sizes = FrontendConfig(forum_posts_per_page=3, forum_threads_per_page=4)
    with Server(ServerConfig(frontend=sizes)) as server:
        assert server.get("/api/v1/config").json == {"forum": {"posts_per_page": 3, "threads_per_page": 4}}


def test_a_virtual_clock_is_set() -> None:
    with Server(default_config("sdk")) as server:
        response = server.request("PUT", "/api/v1/clock", json_body={"time": "2031-01-01T01:00:00.1239+01:00"})
        assert (response.status, response.json) == (200, {"time": "2031-01-01T00:00:00.123Z"})
        assert server.get("/api/v1/clock").json == response.json


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"])
def test_a_time_outside_the_years_of_a_clock_is_refused(time: str) -> None:
    with Server(default_config("sdk")) as server:
        before = server.get("/api/v1/clock").json
        reply = server.request("PUT", "/api/v1/clock", json_body={"time": time})
        assert reply.status == 422
        assert "is not within the years 1 to 9999 in UTC" in reply.text
        assert server.get("/api/v1/clock").json == before


@pytest.mark.parametrize("body", [{}, {"time": 3}, {"time": "x"}, {"time": "2031-01-01T00:00:00"}])
def test_a_malformed_time_is_refused(server: Server, body: object) -> None:
    response = server.request("PUT", "/api/v1/clock", json_body=body)
    assert response.status == 422
    assert response.text.startswith("Failed to deserialize the JSON body into the target type: ")


ALLOWED = {
    "/oauth/authorize": "GET,HEAD",
    "/oauth/token": "POST",
    "/oauth/callback": "GET,HEAD",
    "/api/v1": "GET,HEAD",
    "/api/v1/config": "GET,HEAD",
    "/api/v1/clock": "GET,HEAD,PUT",
    "/api/v1/app/releases": "GET,HEAD",
    "/api/v1/auth/self": "GET,HEAD,PUT,DELETE",
    "/api/v1/users": "GET,HEAD,POST",
    "/api/v1/users/x": "GET,HEAD,PATCH,DELETE",
    "/api/v1/users/x/tos": "GET,HEAD,POST",
    "/api/v1/users/x/deleted_at": "DELETE",
}


@pytest.mark.parametrize("path", ALLOWED)
def test_other_methods_are_refused_without_a_body(server: Server, path: str) -> None:
    others = {"GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE"} - set(ALLOWED[path].split(","))
    for method in others:
        response = server.request(method, path)
        assert (response.status, response.headers["allow"], response.body) == (405, ALLOWED[path], b"")
        assert "content-type" not in response.headers


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope", "/api", "/oauth", "/api/v1/users/x/nope"])
def test_unknown_paths_are_refused_without_a_body(server: Server, path: str) -> None:
    for method in ("GET", "POST"):
        response = server.request(method, path)
        assert (response.status, response.body) == (404, b"")
        assert "content-type" not in response.headers


@pytest.mark.parametrize("path", ALLOWED)
def test_a_trailing_slash_is_not_found(server: Server, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH"):
        assert server.request(method, f"{path}/").status == 404


def test_the_raw_path_is_optional(server: Server) -> None:
    response = server.request("GET", "/oauth/authorize?x=1", without_raw_path=True)
    assert response.headers["location"] == "/login?next=%2Foauth%2Fauthorize%3Fx%3D1"


def test_head_is_get_without_a_body(server: Server) -> None:
    for path in ("/api/v1", "/api/v1/auth/self", "/api/v1/users?limit=1"):
        head, get = server.request("HEAD", path), server.get(path)
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers["content-length"] == str(len(get.body))


def test_an_unexpected_exception_is_logged_and_not_shown(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.checks_responses = False  # no endpoint declares the response to an unexpected exception
    server.world.close()
    with caplog.at_level(logging.ERROR, "eternaltwin.devserver"):
        response = server.get("/api/v1/users")
    assert (response.status, response.json) == (500, {"error": "internal error"})
    assert "GET /api/v1/users failed" in caplog.text


@given(
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])).filter(
        lambda time: 1900 < time.year < 9000
    )
)
def test_times_are_written_as_the_official_server_does(time: datetime) -> None:
    text = str(Instant.at(time))
    assert datetime.fromisoformat(text) == time.replace(microsecond=time.microsecond // 1000 * 1000)
    assert (len(text), text[-1]) == (24, "Z")


def test_values_that_json_cannot_hold_are_refused() -> None:
    with pytest.raises(NotImplementedError, match="object cannot be encoded as JSON"):
        json_response(object())
