"""The calls of the sync and the asyncio client, and what the two have in common."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, cast

import pytest

import eternaltwin
from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.abc.users import UserClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.asyncio.users import UserClient as AsyncUserClient
from eternaltwin.clients.driver import run
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.clients.sync.users import UserClient
from eternaltwin.exceptions import InvalidArgumentError, InvalidStateError, RequestError
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
    from tests.support.scripted_clients import ScriptedClient


def test_get_returns_the_response(client: ScriptedClient) -> None:
    script = client.script(json_response(200, {"eternaltwin": {"version": "0.16.4"}}))
    response = client.call("get", "/api/v1", query={"a": "b c"})
    assert isinstance(response, Response)
    assert response.json() == {"eternaltwin": {"version": "0.16.4"}}
    assert (script.requests[0].method, script.requests[0].target) == ("GET", "/api/v1?a=b+c")
    assert script.requests[0].is_idempotent


def test_paths_are_below_the_path_of_the_server(client: ScriptedClient) -> None:
    script = client.script(json_response(), url=f"{URL}/et/")
    client.call("get", "api/v1")
    assert script.requests[0].target == "/et/api/v1"


def test_post_sends_json_or_a_form(client: ScriptedClient) -> None:
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


def test_post_sends_the_fields_of_a_query(client: ScriptedClient) -> None:
    script = client.script(json_response())
    client.call("post", "/api/v1/users", query={"a": "b c"}, json={})
    assert (script.requests[0].method, script.requests[0].target) == ("POST", "/api/v1/users?a=b+c")


@pytest.mark.parametrize("name", ["get", "post"])
def test_a_refusal_is_raised_unless_the_caller_wants_the_response(client: ScriptedClient, name: str) -> None:
    client.script(json_response(422))
    with pytest.raises(RequestError):
        client.call(name, "/api/v1")
    assert client.call(name, "/api/v1", raise_on_error=False).status_code == 422
    assert client.call(name, "/api/v1", False).status_code == 422


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("get", ["/api/v1"]), ("post", ["/api/v1"]), ("users.me", []), ("users.get", [ALICE]), ("users.search", [])],
)
def test_every_call_sends_the_credentials_of_an_identity(
    client: ScriptedClient, name: str, arguments: list[str]
) -> None:
    script = client.script(json_response())
    client.call(name, *arguments, identity=Token.bearer(TOKEN))
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_search_has_the_documented_defaults(client: ScriptedClient) -> None:
    script = client.script(json_response(200, {}))
    client.call("users.search")
    assert script.requests[0].target == "/api/v1/users?limit=20&offset=0"


@pytest.mark.parametrize(
    "name",
    ["eternaltwin.clients.sync.transport.UrllibTransport", "eternaltwin.clients.asyncio.transport.AiohttpTransport"],
)
def test_the_transport_gets_the_settings_of_the_client(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def build(*arguments: object, **settings: object) -> FakeTransport | FakeAsyncTransport:
        built.append((arguments, settings))
        return FakeTransport(json_response()) if "sync.transport.U" in name else FakeAsyncTransport(json_response())

    built: list[object] = []
    monkeypatch.setattr(name, build)
    settings = {"url": f"{URL}/et", "connect_timeout": 0.5, "max_response_size": 7000, "pool_size": 3}
    settings["verify_ssl"] = False
    if name.endswith("UrllibTransport"):
        Eternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, **cast("Any", settings)).get("/api/v1")
    else:
        asyncio.run(AsyncEternaltwin(CLIENT_ID, SECRET, CALLBACK, KEY, **cast("Any", settings)).get("/api/v1"))
    expected = {"connect_timeout": 0.5, "max_response_size": 7000, "pool_size": 3, "verify": False}
    assert built == [((URL,), expected)]


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
def test_values_that_are_not_encodable_are_refused(
    client: ScriptedClient, name: str, arguments: dict[str, object]
) -> None:
    script = client.script(json_response())
    with pytest.raises(InvalidArgumentError):
        client.call(name, "/api/v1", **arguments)
    assert script.requests == []


@pytest.mark.parametrize("state", ["\ud800", None, b"state"])
def test_a_state_that_is_not_a_string_is_refused(client: ScriptedClient, state: Any) -> None:
    client.script(json_response())
    with pytest.raises(InvalidArgumentError, match="state must be a string"):
        client.client.authorization_url(state)


def test_a_body_is_json_or_a_form(client: ScriptedClient) -> None:
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
def test_endpoints_that_are_not_paths_are_refused(client: ScriptedClient, endpoint: Any) -> None:
    script = client.script(json_response())
    with pytest.raises(InvalidArgumentError, match="endpoint must be a path"):
        client.call("get", endpoint)
    assert script.requests == []


def test_users_return_the_response(client: ScriptedClient) -> None:
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


def test_a_deleted_user_raises_no_error(client: ScriptedClient) -> None:
    client.script(json_response(410, full_user(deleted_at="2026-11-24T07:16:11.251Z")))
    assert client.call("users.get", ALICE).status_code == 410


def test_token_exchanges_a_code(client: ScriptedClient) -> None:
    client.script(token_response())
    assert client.call("token", "code").access_token == TOKEN


def test_states_are_generated_and_validated(client: ScriptedClient) -> None:
    client.script(json_response())
    state = client.call("generate_state", 60, "nonce")
    assert client.call("validate_state", state, state).nonce == "nonce"
    assert client.call("validate_state", state).exp > 0
    with pytest.raises(InvalidStateError, match="Expected another state"):
        client.call("validate_state", state, client.call("generate_state"))


def test_a_client_shows_its_settings() -> None:
    given: dict[str, Any] = {"timeout": 7, "verify_ssl": False, "allow_redirects": True}
    for kind in (Eternaltwin, AsyncEternaltwin):
        client = kind(**given)
        assert {name: getattr(client, name) for name in given} == given


def test_a_client_is_closed_and_opens_again(client: ScriptedClient) -> None:
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
    ("base", "sync", "coroutine"),
    [(ClientABC, Eternaltwin, AsyncEternaltwin), (UserClientABC, UserClient, AsyncUserClient)],
)
def test_both_variants_have_the_same_methods(base: type, sync: type, coroutine: type) -> None:
    abstract: frozenset[str] = vars(base)["__abstractmethods__"]
    for name in abstract:
        one, other = getattr(sync, name), getattr(coroutine, name)
        if isinstance(one, property):
            continue
        signature, other_signature = inspect.signature(one), inspect.signature(other)
        assert signature.parameters == other_signature.parameters
        assert signature.parameters == inspect.signature(getattr(base, name)).parameters
        assert name.startswith("_") or signature.return_annotation == other_signature.return_annotation
    public = {name for kind in (sync, coroutine) for name in dir(kind) if not name.startswith("_")}
    names: list[str] = dir(base)
    assert public == {name for name in names if not name.startswith("_")}
