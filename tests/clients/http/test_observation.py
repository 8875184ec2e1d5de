"""The lines of the loggers `eternaltwin.requests` and `eternaltwin.retries`, and request ids."""

from __future__ import annotations

import logging
import pickle
import re
from itertools import count
from typing import TYPE_CHECKING

import pytest

from eternaltwin import connections
from eternaltwin.clients.http import observation
from eternaltwin.clients.http.observation import count_lookups, unobserved
from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    EternalTwinError,
    InvalidArgumentError,
    NotFoundError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
    UnexpectedResponseError,
)
from eternaltwin.identities import GameClient
from eternaltwin.users import User
from tests.support.fakes import ALICE, CLIENT_ID, SECRET, TOKEN, URL, FakeTransport, changed_settings, json_response

if TYPE_CHECKING:
    from tests.support.fakes import Outcome
    from tests.support.scripted_clients import ScriptedClient

REQUEST_ID = re.compile(r"request ([0-9a-f]{16})\)")


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, "eternaltwin")
    return caplog


def shown(log: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    """Return the lines of the log: logger, level, and the text with times and ids replaced."""
    return [
        (
            record.name,
            record.levelname,
            re.sub(r"\d+\.\d+", "<n>", REQUEST_ID.sub("request <id>)", record.getMessage())),
        )
        for record in log.records
    ]


def ids(log: pytest.LogCaptureFixture) -> set[str]:
    return {found for record in log.records for found in REQUEST_ID.findall(record.getMessage())}


def test_each_request_is_logged_at_debug_with_method_path_status_milliseconds_and_attempt(
    client: ScriptedClient, lines: pytest.LogCaptureFixture
) -> None:
    client.script(json_response(200, {}))
    response = client.call("get", "/api/v1/users", query={"q": "a secret name"})
    assert shown(lines) == [
        ("eternaltwin.requests", "DEBUG", "GET /api/v1/users: 200 in <n> ms (attempt 1, request <id>)")
    ]
    assert ids(lines) == {response.request_id}


def test_a_path_of_the_server_is_part_of_the_path(client: ScriptedClient, lines: pytest.LogCaptureFixture) -> None:
    client.script(json_response(200, {}), url=f"{URL}/below")
    client.call("get", "/api/v1")
    assert shown(lines)[0][2].startswith("GET /below/api/v1: 200")


def test_retries_and_waits_are_logged_at_info_and_giving_up_at_warning(
    client: ScriptedClient, lines: pytest.LogCaptureFixture
) -> None:
    client.script(json_response(503), ConnectError("the server is down"), json_response(429), retries=2)
    with pytest.raises(RateLimitedError) as caught:
        client.call("get", "/api/v1", query={"q": "secret"})
    request, retry = "eternaltwin.requests", "eternaltwin.retries"
    assert shown(lines) == [
        (request, "DEBUG", "GET /api/v1: 503 in <n> ms (attempt 1, request <id>)"),
        (
            retry,
            "INFO",
            "GET /api/v1: the server responded with 503; waiting <n> s before attempt 2 (request <id>)",
        ),
        (request, "DEBUG", "GET /api/v1: ConnectError in <n> ms (attempt 2, request <id>)"),
        (retry, "INFO", "GET /api/v1: the server is down; waiting <n> s before attempt 3 (request <id>)"),
        (request, "DEBUG", "GET /api/v1: 429 in <n> ms (attempt 3, request <id>)"),
        (
            retry,
            "WARNING",
            "GET /api/v1: gave up after 3 attempts and <n> s: the server responded with 429 (request <id>)",
        ),
    ]
    assert ids(lines) == {caught.value.request_id}


def test_durations_are_those_of_each_attempt_and_of_the_whole_call(
    client: ScriptedClient, lines: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = count(1000, 0.25)
    monkeypatch.setattr(observation, "telemetry", lambda: None)  # which would read the clock, too
    monkeypatch.setattr(observation, "perf_counter", lambda: next(times))
    client.script(json_response(503), json_response(503), retries=1)
    with pytest.raises(ServerError):
        client.call("get", "/api/v1")
    messages = [record.getMessage() for record in lines.records]
    assert [found for text in messages for found in re.findall(r"503 in (\S+) ms", text)] == ["250.0", "250.0"]
    assert "gave up after 2 attempts and 1.000 s: " in messages[-1]


def test_a_call_without_time_left_is_given_up(client: ScriptedClient, lines: pytest.LogCaptureFixture) -> None:
    client.script(json_response(302, headers=[("Location", "/b")]), allow_redirects=True, timeout=1e-9)
    with pytest.raises(RequestTimeoutError, match="did not respond within") as caught:
        client.call("get", "/api/v1")
    logger, level, message = shown(lines)[-1]
    assert (logger, level) == ("eternaltwin.retries", "WARNING")
    assert message.startswith("GET /api/v1: gave up after 0 attempts")
    assert ids(lines) == {caught.value.request_id}


@pytest.mark.parametrize("status", [200, 404, 500])
def test_what_another_attempt_would_not_change_is_no_warning(
    client: ScriptedClient, lines: pytest.LogCaptureFixture, status: int
) -> None:
    client.script(json_response(status, {}))
    client.call("get", "/api/v1", raise_on_error=False)
    assert [record.levelname for record in lines.records] == ["DEBUG"]


def test_every_call_has_another_request_id(client: ScriptedClient, lines: pytest.LogCaptureFixture) -> None:
    client.script(json_response(200, {}))
    for _ in range(3):
        client.call("get", "/api/v1")
    assert len(ids(lines)) == 3


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (json_response(404, {"error": "UserNotFound"}), NotFoundError),
        (json_response(500), ServerError),
        (BrokenConnectionError("broken"), BrokenConnectionError),
        (UnexpectedResponseError("too large"), UnexpectedResponseError),
        (json_response(301), UnexpectedResponseError),
        (json_response(200, b"no json"), UnexpectedResponseError),
    ],
)
def test_an_error_has_the_request_id_of_its_log_line_also_as_a_pickle(
    client: ScriptedClient, lines: pytest.LogCaptureFixture, outcome: Outcome, kind: type[EternalTwinError]
) -> None:
    client.script(outcome)
    with pytest.raises(kind) as caught:
        client.call("token", "a-code") if kind is not NotFoundError else client.call("get", "/api/v1")
    assert {caught.value.request_id} == ids(lines)
    assert pickle.loads(pickle.dumps(caught.value)).request_id in ids(lines)


def test_an_error_of_a_call_that_was_not_sent_has_no_request_id(client: ScriptedClient) -> None:
    client.script(json_response(200))
    with pytest.raises(InvalidArgumentError, match="endpoint") as caught:
        client.call("get", "https://other.example/")
    assert caught.value.request_id is None


def test_no_line_has_a_secret_or_a_query(client: ScriptedClient, lines: pytest.LogCaptureFixture) -> None:
    client.script(
        json_response(503), ConnectError("down"), json_response(403), json_response(200, {"type": "Guest"}), retries=3
    )
    client.call("get", "/api/v1", token=TOKEN, query={"hidden_name": SECRET}, raise_on_error=False)
    client.call("post", "/api/v1", token=TOKEN, json={"hidden_name": SECRET}, raise_on_error=False)
    client.call("get", "/api/v1", identity=GameClient(CLIENT_ID, SECRET), raise_on_error=False)
    text = "\n".join(f"{vars(record)} {record.getMessage()}" for record in lines.records)
    assert len(lines.records) > 5
    assert not [word for word in (SECRET, TOKEN, "hidden_name", "?", "Authorization", "Basic") if word in text]


def test_nothing_is_logged_of_calls_that_send_telemetry(
    client: ScriptedClient, lines: pytest.LogCaptureFixture
) -> None:
    client.script(json_response(503))
    with unobserved():
        client.call("get", "/api/v1", raise_on_error=False)
    assert lines.records == []


def test_lookups_are_counted_nowhere_without_opentelemetry() -> None:
    with unobserved():
        count_lookups("miss")


def test_a_user_is_read_with_a_request_id(lines: pytest.LogCaptureFixture) -> None:
    settings = changed_settings(transport=FakeTransport(json_response(404, {"error": "no"})))
    with connections.connections.override("default", **settings), pytest.raises(NotFoundError) as caught:
        User.get(ALICE)
    assert {caught.value.request_id} == ids(lines)
    assert shown(lines)[0][2].startswith(f"GET /api/v1/users/{ALICE}: 404 in")
