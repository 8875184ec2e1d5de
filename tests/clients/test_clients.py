"""The clients' own calls: responses, retries, redirects, errors; sync and asyncio."""

from __future__ import annotations

import asyncio
import inspect
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

import eternaltwin
from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.abc.users import UserClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.asyncio.users import UserClient as AsyncUserClient
from eternaltwin.clients.auth import bearer
from eternaltwin.clients.driver import run
from eternaltwin.clients.http.requests import HTTPRequest, Request
from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.clients.http.sender import Sender
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.clients.sync.users import UserClient
from eternaltwin.exceptions import (
    AuthenticationError,
    BrokenConnectionError,
    ConflictError,
    ConnectError,
    ForbiddenError,
    GoneError,
    InvalidArgumentError,
    InvalidStateError,
    NotFoundError,
    RateLimitedError,
    RequestError,
    RequestTimeoutError,
    ServerError,
    TLSError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)
from eternaltwin.responses import Response
from eternaltwin.tokens import Token
from tests.support.fakes import (
    ALICE,
    CALLBACK,
    CLIENT_ID,
    KEY,
    SECRET,
    TOKEN,
    URL,
    FakeAsyncTransport,
    FakeTransport,
    full_user,
    json_response,
    token_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.fakes import Outcome, Script


class Client:
    """A client of one variant, its calls as blocking functions."""

    def __init__(self, variant: str, waits: list[float]) -> None:
        self.variant = variant
        self.waits = waits

    def script(self, *outcomes: Outcome, url: str = URL, **settings: Any) -> Script:
        if self.variant == "blocking":
            transport = FakeTransport(*outcomes)
            self.client: Any = Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=url, transport=transport, **settings)
            return transport
        async_transport = FakeAsyncTransport(*outcomes)
        self.client = AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=url, transport=async_transport, **settings)
        return async_transport

    def call(self, name: str, *args: object, **kwargs: object) -> Any:
        method = self.client
        for part in name.split("."):
            method = getattr(method, part)
        result = method(*args, **kwargs)
        return asyncio.run(result) if inspect.iscoroutine(result) else result


@pytest.fixture(params=["blocking", "asyncio"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client that notes the waits of retries instead of waiting."""
    waits: list[float] = []

    async def asyncio_sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("time.sleep", waits.append)
    monkeypatch.setattr("asyncio.sleep", asyncio_sleep)
    return Client(request.param, waits)


def test_get_returns_the_response(client: Client) -> None:
    script = client.script(json_response(200, {"eternaltwin": {"version": "0.16.4"}}))
    response = client.call("get", "/api/v1", query={"a": "b c"})
    assert isinstance(response, Response)
    assert response.json() == {"eternaltwin": {"version": "0.16.4"}}
    assert (script.requests[0].method, script.requests[0].target) == ("GET", "/api/v1?a=b+c")
    assert script.requests[0].is_idempotent


def test_paths_are_below_the_path_of_the_server(client: Client) -> None:
    script = client.script(json_response(), url=f"{URL}/et/")
    client.call("get", "api/v1")
    assert script.requests[0].target == "/et/api/v1"


def test_post_sends_json_or_a_form(client: Client) -> None:
    script = client.script(json_response())
    client.call("post", "/api/v1/users", json={"a": "é"}, token=Token.bearer(TOKEN))
    client.call("post", "/api/v1/users", form={"a": "é"})
    client.call("post", "/api/v1/users")
    agents = [item.headers.pop("User-Agent") for item in script.requests]
    assert set(agents) == {f"eternaltwin-python/{eternaltwin.__version__}"}
    sent = [(item.headers, item.body) for item in script.requests]
    assert sent == [
        ({"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}, '{"a":"é"}'.encode()),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=%C3%A9"),
        ({}, None),
    ]
    assert not script.requests[0].is_idempotent


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get", {"query": {"q": "\ud800"}}),
        ("get", {"query": {"\ud800": "q"}}),
        ("post", {"form": {"a": "\ud800"}}),
        ("post", {"json": "\ud800"}),
        ("post", {"json": object()}),
    ],
)
def test_values_that_are_not_encodable_are_refused(client: Client, name: str, arguments: dict[str, object]) -> None:
    script = client.script(json_response())
    with pytest.raises(InvalidArgumentError):
        client.call(name, "/api/v1", **arguments)
    assert script.requests == []


@pytest.mark.parametrize("state", ["\ud800", None, b"state"])
def test_a_state_that_is_not_a_string_is_refused(client: Client, state: Any) -> None:
    client.script(json_response())
    with pytest.raises(InvalidArgumentError, match="state must be a string"):
        client.client.authorization_url(state)


def test_a_body_is_json_or_a_form(client: Client) -> None:
    client.script(json_response())
    with pytest.raises(InvalidArgumentError, match="not both"):
        client.call("post", "/api/v1/users", json={}, form={})


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "/",
        "//evil.example/x",
        "https://evil.example/x",
        "x:y",
        "/api/../oauth",
        "/./x",
        "/a b",
        "/a?b=c",
        "/a#b",
        "/a\\b",
        "/é",
        "/a\r\nb",
        None,
        5,
    ],
)
def test_endpoints_that_are_not_paths_are_refused(client: Client, endpoint: Any) -> None:
    script = client.script(json_response())
    with pytest.raises(InvalidArgumentError, match="endpoint must be a path"):
        client.call("get", endpoint)
    assert script.requests == []


def test_users_return_the_response(client: Client) -> None:
    script = client.script(
        json_response(200, {"type": "Guest", "scope": "Default"}),
        json_response(200, full_user()),
        json_response(200, 5),
    )
    assert client.call("users.me").json()["type"] == "Guest"
    assert client.call("users.get", ALICE, token=TOKEN).json()["id"] == ALICE
    assert client.call("users.search", "a", 1, 2, TOKEN).json() == 5
    assert [item.target for item in script.requests] == [
        "/api/v1/auth/self",
        f"/api/v1/users/{ALICE}",
        "/api/v1/users?q=a&limit=1&offset=2",
    ]
    assert [item.headers.get("Authorization") for item in script.requests] == [
        None,
        f"Bearer {TOKEN}",
        f"Bearer {TOKEN}",
    ]


def test_a_deleted_user_raises_no_error(client: Client) -> None:
    client.script(json_response(410, full_user(deleted_at="2026-11-24T07:16:11.251Z")))
    assert client.call("users.get", ALICE).status_code == 410


def test_token_exchanges_a_code(client: Client) -> None:
    client.script(token_response())
    assert client.call("token", "code").access_token == TOKEN


def test_states_are_generated_and_validated(client: Client) -> None:
    client.script(json_response())
    state = client.call("generate_state", 60, "nonce")
    assert client.call("validate_state", state, state).nonce == "nonce"
    assert client.call("validate_state", state).exp > 0
    with pytest.raises(InvalidStateError, match="Expected another state"):
        client.call("validate_state", state, client.call("generate_state"))


KINDS: list[tuple[int, type[RequestError]]] = [
    (400, RequestError),
    (401, AuthenticationError),
    (402, RequestError),
    (403, ForbiddenError),
    (404, NotFoundError),
    (405, UnsupportedByServerError),
    (409, ConflictError),
    (410, GoneError),
    (415, RequestError),
    (422, RequestError),
    (429, RateLimitedError),
    (499, RequestError),
    (500, ServerError),
    (501, UnsupportedByServerError),
    (502, ServerError),
    (503, ServerError),
    (504, ServerError),
    (599, ServerError),
]


@pytest.mark.parametrize(("status", "kind"), KINDS)
def test_error_statuses_raise_the_error_of_that_status(client: Client, status: int, kind: type[RequestError]) -> None:
    client.script(json_response(status, {"error": "because"}), retries=0)
    with pytest.raises(RequestError, match=f"responded with {status}.*: because") as caught:
        client.call("get", "/api/v1")
    assert type(caught.value) is kind
    assert caught.value.response.status_code == status
    assert client.call("get", "/api/v1", raise_on_error=False).status_code == status


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_invalid_statuses_are_unexpected(client: Client, status: int) -> None:
    client.script(json_response(status, {}))
    with pytest.raises(UnexpectedResponseError, match=f"unexpected status {status}"):
        client.call("get", "/api/v1")


@pytest.mark.parametrize(
    ("body", "content_type", "code", "said"),
    [
        (b'{"code": "Q1010", "message": "bad code", "extra": {"a": [1]}}', "application/json", "Q1010", "bad code"),
        (b'{"error": "forbidden"}', "application/json", None, "forbidden"),
        (b"internal error", "text/plain; charset=utf-8", None, "internal error"),
        (b"", "", None, None),
        (b"<html>504</html>", "text/html", None, None),
        (b'{"code": 5}', "application/json", None, None),
        (b"[" * 100_000, "application/json", None, None),
        (b'{"error": "\xff"}', "application/json", None, None),
        (b"\xff\xfe", "text/plain", None, "\ufffd\ufffd"),
        (b'{"error": "a\\u0000b\\u001b[31m\\nc"}', "application/json", None, "a b [31m c"),
        (json.dumps({"error": "x" * 5000}).encode(), "application/json", None, "x" * 200 + "…"),
    ],
)
def test_errors_carry_code_and_message_of_the_server(
    client: Client, body: bytes, content_type: str, code: str | None, said: str | None
) -> None:
    client.script(Response(f"{URL}/x?secret=1", 400, body, [("Content-Type", content_type)]))
    with pytest.raises(RequestError) as caught:
        client.call("get", "/api/v1")
    assert (caught.value.code, caught.value.server_message) == (code, said)
    message = str(caught.value)
    assert message.startswith(f"{URL}/x responded with 400 Bad Request")
    assert said is None or said in message
    assert "secret" not in message


def test_secrets_that_the_server_repeats_are_hidden(client: Client) -> None:
    basic = "cHl0aG9uX2NsaWVudEBjbGllbnRzOmRldl9zZWNyZXRfb2ZfdGhlX2dhbWU="
    echo = {"code": TOKEN, "message": f"no {TOKEN}, {SECRET}, {basic}, the-secret-code"}
    client.script(json_response(401, echo))
    for name, args in (("users.me", [TOKEN]), ("token", ["the-secret-code"])):
        with pytest.raises(AuthenticationError) as caught:
            client.call(name, *args)
        shown = f"{caught.value} {caught.value!r}"
        assert "[hidden]" in shown
        assert (TOKEN if name == "users.me" else SECRET) not in shown
        assert name == "users.me" or (basic not in shown and "the-secret-code" not in shown)


@pytest.mark.parametrize(
    "outcome", [json_response(429), json_response(502), json_response(503), json_response(504), ConnectError("down")]
)
def test_transient_failures_are_retried(client: Client, outcome: Response | Exception) -> None:
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
def test_permanent_failures_are_not_retried(client: Client, outcome: Response | Exception) -> None:
    script = client.script(outcome, json_response(200, {}))
    with pytest.raises(type(outcome) if isinstance(outcome, Exception) else RequestError):
        client.call("get", "/api/v1")
    assert len(script.requests) == 1


def test_calls_that_are_not_idempotent_are_not_retried(client: Client) -> None:
    script = client.script(ConnectError("down"), token_response())
    with pytest.raises(ConnectError):
        client.call("token", "code")
    assert len(script.requests) == 1
    script = client.script(ConnectError("down"), json_response())
    with pytest.raises(ConnectError):
        client.call("post", "/api/v1/users")
    assert len(script.requests) == 1


def test_retries_end(client: Client) -> None:
    script = client.script(ConnectError("down"), retries=4)
    with pytest.raises(ConnectError, match="down"):
        client.call("get", "/api/v1")
    assert len(script.requests) == 5


def test_retry_after_is_honoured_up_to_a_limit(client: Client) -> None:
    script = client.script(json_response(429, b"", [("Retry-After", "2")]), json_response(200, {}))
    client.call("get", "/api/v1")
    assert client.waits == [2.0]
    script = client.script(json_response(429, b"", [("Retry-After", "3600")]))
    with pytest.raises(RateLimitedError) as caught:
        client.call("get", "/api/v1")
    assert caught.value.retry_after == 3600
    assert len(script.requests) == 1


def test_a_call_has_one_budget_of_time(client: Client) -> None:
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


def test_redirects_are_not_followed_unless_allowed(client: Client) -> None:
    script = client.script(redirect("/other/hidden?token=hidden#hidden"))
    with pytest.raises(UnexpectedResponseError, match=r"redirects: .*set allow_redirects=True") as caught:
        client.call("get", "/api/v1")
    assert "hidden" not in str(caught.value)
    assert len(script.requests) == 1


def test_redirects_within_the_server_are_followed_when_allowed(client: Client) -> None:
    script = client.script(redirect("/other?a=b", 307), redirect("third"), json_response(200, {}), allow_redirects=True)
    assert client.call("get", "/api/v1", token=TOKEN).status_code == 200
    assert [item.target for item in script.requests] == ["/api/v1", "/other?a=b", "/api/third"]
    assert script.requests[1].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "location", ["http://evil.example/x", "//evil.example/", "https://eternaltwin.test/", "http://eternaltwin.test:81/"]
)
def test_redirects_to_another_server_are_never_followed(client: Client, location: str) -> None:
    script = client.script(redirect(location), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError, match="check that `url` is the address"):
        client.call("get", "/api/v1", token=TOKEN)
    assert len(script.requests) == 1


def test_redirects_of_what_cannot_be_repeated_are_not_followed(client: Client) -> None:
    script = client.script(redirect("/other"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError):
        client.call("token", "code")
    assert len(script.requests) == 1


def test_redirects_in_a_circle_end(client: Client) -> None:
    client.script(redirect("/api/v1"), allow_redirects=True)
    with pytest.raises(UnexpectedResponseError, match="redirects more than 5 times"):
        client.call("get", "/api/v1")


def test_a_redirect_with_an_empty_location_is_refused(client: Client) -> None:
    client.script(redirect(""), allow_redirects=False)
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1")


@pytest.mark.parametrize("location", ["http://[::1", "//[x", "/é", "/a b"])
@pytest.mark.parametrize("allowed", [False, True])
def test_a_redirect_to_an_invalid_url_is_refused(client: Client, location: str, allowed: bool) -> None:
    client.script(redirect(location), allow_redirects=allowed)
    with pytest.raises(UnexpectedResponseError, match="redirects: "):
        client.call("get", "/api/v1")


@pytest.mark.parametrize("status", [300, 304, 399])
def test_a_redirect_without_a_location_is_unexpected(client: Client, status: int) -> None:
    client.script(json_response(status))
    with pytest.raises(UnexpectedResponseError, match=f"the unexpected status {status}"):
        client.call("get", "/api/v1")


def in_a_form(text: str) -> str:
    return quote_plus(text)


def in_a_url(text: str) -> str:
    return quote(text, safe="")


SECRETS = ("c0de+/=", "x" * 450)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("spelled", [str, in_a_form, in_a_url])
def test_secrets_are_hidden_before_messages_are_cut(client: Client, secret: str, spelled: Callable[[str], str]) -> None:
    client.script(json_response(422, {"code": "Q1010", "message": f"{'a' * 150} bad code {spelled(secret)}"}))
    with pytest.raises(RequestError) as caught:
        client.call("token", secret)
    assert caught.value.server_message == f"{'a' * 150} bad code [hidden]"
    assert str(caught.value).endswith("[hidden]")


def test_a_redirect_to_https_is_named(client: Client) -> None:
    client.script(redirect(URL.replace("http:", "https:") + "/hidden"))
    with pytest.raises(UnexpectedResponseError, match="redirects to https: ") as caught:
        client.call("get", "/api/v1")
    assert "hidden" not in str(caught.value)


def test_a_client_is_closed_and_opens_again(client: Client) -> None:
    script = client.script(json_response())
    client.call("close")
    client.call("discard")
    assert script.closed == 0
    client.call("get", "/api/v1")
    client.call("close")
    client.call("discard")
    assert script.closed == 2
    client.call("get", "/api/v1")
    assert len(script.requests) == 2


def test_with_closes_the_client() -> None:
    transport = FakeTransport(json_response())
    with Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=URL, transport=transport) as opened:
        opened.get("/api/v1")
    assert transport.closed == 1


def test_async_with_closes_the_client() -> None:
    transport = FakeAsyncTransport(json_response())

    async def main() -> None:
        async with AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, url=URL, transport=transport) as opened:
            await opened.get("/api/v1")

    asyncio.run(main())
    assert transport.closed == 1


def test_a_sync_client_cannot_wait_for_an_event_loop() -> None:
    with pytest.raises(RuntimeError, match="cannot wait for an event loop"):
        run(asyncio.sleep(0))


@pytest.mark.parametrize(
    ("base", "blocking", "coroutine"),
    [(ClientABC, Eternaltwin, AsyncEternaltwin), (UserClientABC, UserClient, AsyncUserClient)],
)
def test_both_variants_have_the_same_methods(base: type, blocking: type, coroutine: type) -> None:
    abstract: frozenset[str] = vars(base)["__abstractmethods__"]
    for name in abstract:
        one, other = getattr(blocking, name), getattr(coroutine, name)
        if isinstance(one, property):
            continue
        signature, other_signature = inspect.signature(one), inspect.signature(other)
        assert signature.parameters == other_signature.parameters
        assert signature.parameters == inspect.signature(getattr(base, name)).parameters
        assert name.startswith("_") or signature.return_annotation == other_signature.return_annotation
    public = {name for kind in (blocking, coroutine) for name in dir(kind) if not name.startswith("_")}
    names: list[str] = dir(base)
    assert public == {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize(
    ("attempt", "jitter", "expected"),
    [(0, 1.0, 0.1), (1, 1.0, 0.2), (2, 1.0, 0.4), (9, 1.0, 5.0), (1, 0.25, 0.05), (5000, 1.0, 5.0)],
)
def test_waits_double_up_to_a_cap_with_full_jitter(attempt: int, jitter: float, expected: float) -> None:
    policy = RetryPolicy(retries=10_000, jitter=lambda: jitter)
    assert policy.delay(True, attempt, ConnectError("down"), 60) == pytest.approx(expected)


def test_no_wait_is_longer_than_the_time_that_is_left() -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert policy.delay(True, 0, ConnectError("down"), 0.05) is None


def test_requests_hide_secrets_in_repr() -> None:
    request = Request(method="GET", endpoint="/x", query=(("code", "s3cr3t"),), headers=(("Authorization", "s3cr3t"),))
    assert repr(request) == "<Request GET /x>"
    wire = HTTPRequest(
        method="GET", target="/x?code=s3cr3t", headers={"A": "s3cr3t"}, body=b"s3cr3t", timeout=1, is_idempotent=True
    )
    assert repr(wire) == "<HTTPRequest GET /x>"
    assert repr(bearer("s3cr3t")) == "<Credentials, hidden: Authorization>"
    assert repr(bearer(None)) == "<Credentials, hidden: none>"
