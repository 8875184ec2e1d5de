"""Sending: retries, time limits and redirects, for both clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.driver import blocking, run
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
from eternaltwin.version import __version__
from tests.support.fakes import TOKEN, URL, FakeTransport, json_response, token_response

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


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
@pytest.mark.parametrize("outcome", [json_response(503), ConnectError("down")], ids=["status", "error"])
def test_idempotent_methods_are_retried(method: str, outcome: Response | Exception) -> None:
    transport = FakeTransport(outcome, json_response(200, {}))
    assert run(instant_sender(transport)(Request(method=method, endpoint="/x"))).status_code == 200
    assert [(request.method, request.is_idempotent) for request in transport.requests] == [(method, True)] * 2


@pytest.mark.parametrize("method", ["POST", "PATCH", "CONNECT", "get", "PUTS"])
def test_other_methods_are_not_retried(method: str) -> None:
    transport = FakeTransport(json_response(503), json_response(200, {}))
    assert run(instant_sender(transport)(Request(method=method, endpoint="/x"))).status_code == 503
    assert [request.is_idempotent for request in transport.requests] == [False]


def test_a_change_that_is_put_is_retried(client: ScriptedClient) -> None:
    script = client.script(json_response(503), json_response(200, {}))
    run_call = client.client.api.call("PUT", "/x", raise_on_error=True, token=None, query=None, json={"a": 1})
    response = run(run_call) if client.variant == "sync" else asyncio.run(run_call)
    assert response.status_code == 200
    assert [(item.method, item.body) for item in script.requests] == [("PUT", b'{"a":1}')] * 2


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_call_is_repeated_exactly_as_often_as_the_setting_says(client: ScriptedClient, retries: int) -> None:
    script = client.script(json_response(503), retries=retries)
    with pytest.raises(ServerError):
        client.call("get", "/api/v1")
    assert len(script.requests) == retries + 1
    script = client.script(*[json_response(503)] * retries, json_response(200, {}), retries=retries)
    assert client.call("get", "/api/v1").status_code == 200


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


class Clock:
    """A clock that only sleeping and exchanges move on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def instant_sender(transport: FakeTransport, clock: Clock | None = None, timeout: float = 5) -> Sender:
    """Return a sender for which waiting takes no time, except on its clock."""
    clock = clock or Clock()
    return Sender(
        base_url=URL,
        exchange=blocking(transport.send),
        sleep=blocking(clock.pass_by),
        retries=RetryPolicy(jitter=lambda: 1.0),
        timeout=timeout,
        follow_redirects=True,
        clock=clock,
    )


def test_no_attempt_starts_when_the_time_is_used_up() -> None:
    transport = FakeTransport(json_response(503, b"", [("Retry-After", "5")]), json_response(200, {}))
    with pytest.raises(RequestTimeoutError, match=f"{URL} did not respond within 5 s: raise `timeout`"):
        run(instant_sender(transport)(Request(method="GET", endpoint="/x")))
    assert [request.timeout for request in transport.requests] == [5]
    transport = FakeTransport(json_response(503, b"", [("Retry-After", "4")]), json_response(200, {}))
    assert run(instant_sender(transport)(Request(method="GET", endpoint="/x"))).status_code == 200
    assert [request.timeout for request in transport.requests] == [5, 1]


def test_each_attempt_of_one_of_many_calls_has_the_whole_time() -> None:
    transport = FakeTransport(json_response(503, b"", [("Retry-After", "4")]), json_response(200, {}))
    request = Request(method="GET", endpoint="/x", is_one_of_many=True)
    assert run(instant_sender(transport)(request)).status_code == 200
    assert [(each.timeout, each.is_one_of_many) for each in transport.requests] == [(5, True), (5, True)]


def test_a_redirect_has_the_time_that_its_call_has_left() -> None:
    transport = FakeTransport(json_response(503, b"", [("Retry-After", "3")]), redirect("/b"), json_response(200, {}))
    assert run(instant_sender(transport)(Request(method="GET", endpoint="/x"))).status_code == 200
    assert [(request.target, request.timeout) for request in transport.requests] == [("/x", 5), ("/x", 2), ("/b", 2)]


def test_a_request_has_its_query_and_names_its_sender() -> None:
    transport = FakeTransport(json_response(200, {}))
    request = Request(method="GET", endpoint="/x", query=(("a", "b c"), ("d", "&")), headers=(("Accept", "*/*"),))
    run(instant_sender(transport)(request))
    assert transport.requests[0].target == "/x?a=b+c&d=%26"
    assert transport.requests[0].headers == {"User-Agent": f"eternaltwin-python/{__version__}", "Accept": "*/*"}


def redirect(location: str, status: int = 302) -> Response:
    return Response(f"{URL}/api/v1", status, b"", [("Location", location)])


def test_redirects_are_not_followed_unless_allowed(client: ScriptedClient) -> None:
    script = client.script(redirect("/other/hidden?token=hidden#hidden"))
    with pytest.raises(UnexpectedResponseError) as caught:
        client.call("get", "/api/v1")
    assert str(caught.value) == (
        f"{URL}/api/v1 redirects: check that `url` is the address of the Eternaltwin server, or set"
        " allow_redirects=True"
    )
    assert caught.value.response is not None
    assert caught.value.response.status_code == 302
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
    with pytest.raises(UnexpectedResponseError) as caught:
        client.call("get", "/api/v1", token=TOKEN)
    to_https = " to https" if location == "https://eternaltwin.test/" else ""
    assert str(caught.value) == (
        f"{URL}/api/v1 redirects{to_https}: check that `url` is the address of the Eternaltwin server"
    )
    assert len(script.requests) == 1


def test_redirects_of_what_cannot_be_repeated_are_not_followed(client: ScriptedClient) -> None:
    script = client.script(redirect("/other"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError):
        client.call("token", "code")
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (URL, "/"),
        (f"{URL}/", "/"),
        (f"{URL}?a=b", "/?a=b"),
        (f"{URL}#part", "/"),
        (f"{URL}/b?", "/b"),
        ("//eternaltwin.test", "/"),
        ("/", "/"),
        ("?a=b", "/api/v1?a=b"),
        ("#part", "/api/v1"),
        ("HTTP://eternaltwin.test/b", "/b"),
    ],
)
def test_a_redirect_to_a_bare_origin_leads_to_its_root(client: ScriptedClient, location: str, target: str) -> None:
    script = client.script(redirect(location), json_response(200, {}), allow_redirects=True)
    assert client.call("get", "/api/v1").status_code == 200
    assert [item.target for item in script.requests] == ["/api/v1", target]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_every_status_of_a_redirect_with_a_location_is_one(client: ScriptedClient, status: int) -> None:
    script = client.script(redirect("/other", status), json_response(200, {}), allow_redirects=True)
    assert client.call("get", "/api/v1").status_code == 200
    assert [item.target for item in script.requests] == ["/api/v1", "/other"]
    client.script(redirect("/other", status))
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1", raise_on_error=False)


@pytest.mark.parametrize("status", [200, 299, 400, 404, 500])
def test_a_location_of_another_status_leads_nowhere(client: ScriptedClient, status: int) -> None:
    script = client.script(redirect("/other", status), allow_redirects=True, retries=0)
    assert client.call("get", "/api/v1", raise_on_error=False).status_code == status
    assert len(script.requests) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_redirects_of_reading_are_followed(method: str) -> None:
    transport = FakeTransport(redirect("/b"), json_response(200, {}))
    assert run(instant_sender(transport)(Request(method=method, endpoint="/x"))).status_code == 200
    assert [(request.method, request.target) for request in transport.requests] == [(method, "/x"), (method, "/b")]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_redirects_of_changes_are_not_followed(method: str) -> None:
    transport = FakeTransport(redirect("/b"), json_response(200, {}))
    with pytest.raises(UnexpectedResponseError, match="set allow_redirects=True"):
        run(instant_sender(transport)(Request(method=method, endpoint="/x")))
    assert len(transport.requests) == 1


def test_exactly_five_redirects_are_followed(client: ScriptedClient) -> None:
    script = client.script(*[redirect("/api/v1")] * 5, json_response(200, {}), allow_redirects=True)
    assert client.call("get", "/api/v1").status_code == 200
    assert len(script.requests) == 6


def test_redirects_in_a_circle_end(client: ScriptedClient) -> None:
    client.script(redirect("/api/v1"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError, match=r"redirects more than 5 times$") as caught:
        client.call("get", "/api/v1")
    assert caught.value.response is not None


def test_a_redirect_with_an_empty_location_is_refused(client: ScriptedClient) -> None:
    client.script(redirect(""), allow_redirects=False)
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1")


@pytest.mark.parametrize(
    "location", ["http://[::1", "//[x", "/é", "/a b", "/a\tb", "/a\0", "/a\x7f", "\x01/a", "/a\r\nB: c"]
)
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
