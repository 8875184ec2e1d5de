"""Sending: retries, time limits and redirects, for both clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.driver import run
from eternaltwin.clients.http.requests import HTTPRequest, Request
from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.clients.http.sender import Sender
from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    RateLimitedError,
    RequestError,
    RequestTimeoutError,
    ServerError,
    TLSError,
    UnexpectedResponseError,
)
from eternaltwin.responses import Response
from tests.support.fakes import TOKEN, URL, json_response, token_response

if TYPE_CHECKING:
    from tests.support.scripted_clients import ScriptedClient


@pytest.mark.parametrize(
    "outcome", [json_response(429), json_response(502), json_response(503), json_response(504), ConnectError("down")]
)
def test_transient_failures_are_retried(client: ScriptedClient, outcome: Response | Exception) -> None:
    script = client.script(outcome, outcome, json_response(200, {}))
    assert client.call("get", "/api/v1").status_code == 200
    assert len(script.requests) == 3
    assert len(client.waits) == 2


@pytest.mark.parametrize(
    "outcome",
    [
        json_response(400),
        json_response(500),
        json_response(501),
        RequestTimeoutError("slow"),
        TLSError("bad"),
        BrokenConnectionError("broken"),
        UnexpectedResponseError("odd"),
    ],
)
def test_permanent_failures_are_not_retried(client: ScriptedClient, outcome: Response | Exception) -> None:
    script = client.script(outcome, json_response(200, {}))
    with pytest.raises(type(outcome) if isinstance(outcome, Exception) else RequestError):
        client.call("get", "/api/v1")
    assert len(script.requests) == 1


def test_calls_that_are_not_idempotent_are_not_retried(client: ScriptedClient) -> None:
    script = client.script(ConnectError("down"), token_response())
    with pytest.raises(ConnectError):
        client.call("token", "code")
    assert len(script.requests) == 1
    script = client.script(ConnectError("down"), json_response())
    with pytest.raises(ConnectError):
        client.call("post", "/api/v1/users")
    assert len(script.requests) == 1


def test_retries_end(client: ScriptedClient) -> None:
    script = client.script(ConnectError("down"), retries=4)
    with pytest.raises(ConnectError, match="down"):
        client.call("get", "/api/v1")
    assert len(script.requests) == 5


def test_retry_after_is_honoured_up_to_a_limit(client: ScriptedClient) -> None:
    script = client.script(json_response(429, b"", [("Retry-After", "2")]), json_response(200, {}))
    client.call("get", "/api/v1")
    assert client.waits == [2.0]
    script = client.script(json_response(429, b"", [("Retry-After", "3600")]))
    with pytest.raises(RateLimitedError) as caught:
        client.call("get", "/api/v1")
    assert caught.value.retry_after == 3600
    assert len(script.requests) == 1


def test_a_call_has_one_budget_of_time(client: ScriptedClient) -> None:
    script = client.script(json_response(503, b"", [("Retry-After", "4")]), timeout=3)
    with pytest.raises(ServerError):
        client.call("get", "/api/v1")
    assert len(script.requests) == 1
    assert 0 < script.requests[0].timeout <= 3


def test_a_call_ends_when_its_time_is_used_up() -> None:
    now = 0.0

    async def exchange(request: HTTPRequest) -> Response:
        assert request.timeout == 5
        nonlocal now
        now += 4.9
        raise ConnectError("down")

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + 1

    sender = Sender(
        base_url=URL,
        exchange=exchange,
        sleep=sleep,
        retries=RetryPolicy(jitter=lambda: 0.5),
        timeout=5,
        follow_redirects=False,
        clock=lambda: now,
    )
    with pytest.raises(RequestTimeoutError, match=f"{URL} did not respond within 5 s"):
        run(sender(Request(method="GET", endpoint="/api/v1")))


def redirect(location: str, status: int = 302) -> Response:
    return Response(f"{URL}/api/v1", status, b"", [("Location", location)])


def test_redirects_are_not_followed_unless_allowed(client: ScriptedClient) -> None:
    script = client.script(redirect("/other/hidden?token=hidden#hidden"))
    with pytest.raises(UnexpectedResponseError, match=r"redirects: .*set allow_redirects=True") as caught:
        client.call("get", "/api/v1")
    assert "hidden" not in str(caught.value)
    assert len(script.requests) == 1


def test_redirects_within_the_server_are_followed_when_allowed(client: ScriptedClient) -> None:
    script = client.script(redirect("/other?a=b", 307), redirect("third"), json_response(200, {}), allow_redirects=True)
    assert client.call("get", "/api/v1", token=TOKEN).status_code == 200
    assert [item.target for item in script.requests] == ["/api/v1", "/other?a=b", "/api/third"]
    assert script.requests[1].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "location", ["http://evil.example/x", "//evil.example/", "https://eternaltwin.test/", "http://eternaltwin.test:81/"]
)
def test_redirects_to_another_server_are_never_followed(client: ScriptedClient, location: str) -> None:
    script = client.script(redirect(location), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError, match="check that `url` is the address"):
        client.call("get", "/api/v1", token=TOKEN)
    assert len(script.requests) == 1


def test_redirects_of_what_cannot_be_repeated_are_not_followed(client: ScriptedClient) -> None:
    script = client.script(redirect("/other"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError):
        client.call("token", "code")
    assert len(script.requests) == 1


def test_redirects_in_a_circle_end(client: ScriptedClient) -> None:
    client.script(redirect("/api/v1"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError, match="redirects more than 5 times"):
        client.call("get", "/api/v1")


def test_a_redirect_with_an_empty_location_is_refused(client: ScriptedClient) -> None:
    client.script(redirect(""), allow_redirects=False)
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1")


@pytest.mark.parametrize("location", ["http://[::1", "//[x", "/é", "/a b"])
@pytest.mark.parametrize("allowed", [False, True])
def test_a_redirect_to_an_invalid_url_is_refused(client: ScriptedClient, location: str, allowed: bool) -> None:
    client.script(redirect(location), allow_redirects=allowed)
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1")


@pytest.mark.parametrize("status", [300, 304, 399])
def test_a_redirect_without_a_location_is_unexpected(client: ScriptedClient, status: int) -> None:
    client.script(json_response(status))
    with pytest.raises(UnexpectedResponseError, match=f"the unexpected status {status}"):
        client.call("get", "/api/v1")


def test_a_redirect_to_https_is_named(client: ScriptedClient) -> None:
    client.script(redirect(URL.replace("http:", "https:") + "/hidden"))
    with pytest.raises(UnexpectedResponseError, match="redirects to https: ") as caught:
        client.call("get", "/api/v1")
    assert "hidden" not in str(caught.value)
