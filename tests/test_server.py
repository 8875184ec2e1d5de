"""The server itself: version, capabilities, configuration, clock, releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin import server
from eternaltwin.exceptions import InvalidArgumentError, ServerError, UnexpectedResponseError, UnsupportedByServerError
from eternaltwin.identities import UserCredentials
from eternaltwin.server import Capability, ServerInfo
from tests.support.fakes import json_response
from tests.support.variants import recorded, sent

if TYPE_CHECKING:
    from tests.support.variants import Variant


def test_the_version_is_requested_once(variant: Variant) -> None:
    script = variant.script(recorded("misc /api/v1"))
    first, second = (variant.call(server, "server_info") for _ in range(2))
    assert (first.version, first.release) == ("0.16.4", (0, 16, 4))
    assert first is second
    assert [sent(request) for request in script.requests] == [("GET", "/api/v1", None)]


def test_the_version_can_be_requested_again(variant: Variant) -> None:
    variant.script(recorded("misc /api/v1"), json_response(200, {"eternaltwin": {"version": "0.17.0"}}))
    assert variant.call(server, "server_info").version == "0.16.4"
    assert variant.call(server, "server_info", refresh=True).version == "0.17.0"
    assert variant.call(server, "server_info").version == "0.17.0"


def test_a_failed_request_for_the_version_is_repeated(variant: Variant) -> None:
    variant.script(json_response(500), json_response(200, {"version": 1}), recorded("misc /api/v1"))
    with pytest.raises(ServerError):
        variant.call(server, "server_info")
    with pytest.raises(UnexpectedResponseError):
        variant.call(server, "server_info")
    assert variant.call(server, "server_info").version == "0.16.4"


@pytest.mark.parametrize(
    ("version", "release", "is_supported"),
    [
        ("0.16.4", (0, 16, 4), False),
        ("0.9.0", (0, 9, 0), False),
        ("0.16.5", (0, 16, 5), True),
        ("0.17.0-rc.1", (0, 17, 0), True),
        ("1", (1,), True),
        ("next", None, True),
        ("", None, True),
        ("1.²", None, True),
    ],
)
def test_capabilities_of_a_version(version: str, release: tuple[int, ...] | None, is_supported: bool) -> None:
    info = ServerInfo(version)
    assert info.release == release
    assert {info.supports(capability) for capability in Capability} == {is_supported}


@given(st.text())
def test_any_string_is_a_version(version: str) -> None:
    assert isinstance(ServerInfo(version).supports(Capability.LIST_USERS), bool)


def test_the_configuration(variant: Variant) -> None:
    script = variant.script(recorded("misc /api/v1/config"))
    first, second = (variant.call(server, "configuration") for _ in range(2))
    assert (first.forum.threads_per_page, first.forum.posts_per_page) == (20, 10)
    assert first is second
    assert [sent(request) for request in script.requests] == [("GET", "/api/v1/config", None)]
    variant.call(server, "configuration", refresh=True)
    assert len(script.requests) == 2


def test_the_clock(variant: Variant) -> None:
    script = variant.script(recorded("misc /api/v1/clock"))
    assert variant.call(server, "clock") == datetime(2026, 11, 24, 7, 16, 11, 500_000, tzinfo=UTC)
    assert sent(script.requests[0]) == ("GET", "/api/v1/clock", None)


def test_setting_the_clock(variant: Variant) -> None:
    script = variant.script(json_response(200, {"time": "2021-01-01T00:00:00.000Z"}))
    time = datetime(2021, 1, 1, tzinfo=UTC)
    assert variant.call(server, "set_clock", time) == time
    assert sent(script.requests[0]) == ("PUT", "/api/v1/clock", {"time": "2021-01-01T00:00:00Z"})


def test_setting_the_clock_of_the_system(variant: Variant) -> None:
    variant.script(recorded("clock put"), recorded("misc /api/v1"))
    with pytest.raises(UnsupportedByServerError, match=r"Eternaltwin 0\.16\.4, which cannot have its clock set"):
        variant.call(server, "set_clock", datetime(2021, 1, 1, tzinfo=UTC))


def test_setting_the_clock_of_a_newer_server_without_a_virtual_clock(variant: Variant) -> None:
    variant.script(recorded("clock put"), json_response(200, {"eternaltwin": {"version": "0.17.0"}}))
    with pytest.raises(UnsupportedByServerError, match=r'start it with backend\.clock = "Virtual"'):
        variant.call(server, "set_clock", datetime(2021, 1, 1, tzinfo=UTC))


def test_a_time_without_a_zone(variant: Variant) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="time zone"):
        variant.call(server, "set_clock", datetime(2021, 1, 1, tzinfo=UTC).replace(tzinfo=None))
    assert script.requests == []


def test_a_time_without_a_zone_from_the_server(variant: Variant) -> None:
    variant.script(json_response(200, {"time": "2021-01-01T00:00:00"}))
    with pytest.raises(UnexpectedResponseError, match="another shape"):
        variant.call(server, "clock")


def test_the_newest_release(variant: Variant) -> None:
    variant.script(recorded("misc /api/v1/app/releases"))
    release = variant.call(server, "latest_release")
    assert (release.version, release.time) == ("0.6.6", datetime(2023, 2, 10, 23, tzinfo=UTC))


@pytest.mark.parametrize("name", ["server_info", "configuration", "clock", "latest_release"])
def test_each_call_accepts_an_identity_and_a_connection(variant: Variant, name: str) -> None:
    responses = {
        "server_info": recorded("misc /api/v1"),
        "configuration": recorded("misc /api/v1/config"),
        "clock": recorded("misc /api/v1/clock"),
        "latest_release": recorded("misc /api/v1/app/releases"),
    }
    script = variant.script(responses[name], alias="other")
    variant.call(server, name, "other", identity=UserCredentials("alice", "wonder land"))
    assert script.requests[0].headers["Authorization"] == "Basic YWxpY2U6d29uZGVyIGxhbmQ="
