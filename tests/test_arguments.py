"""Arguments of a wrong type or an absurd size: every public call refuses them before it sends anything."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from eternaltwin import User
from eternaltwin.exceptions import InvalidArgumentError, InvalidStateError, UnknownConnectionError
from eternaltwin.identities import GameClient, Session, UserCredentials
from eternaltwin.states import State
from tests.support.fakes import (
    ALICE,
    KEY,
    TOKEN,
    URL,
    FakeAsyncTransport,
    FakeTransport,
    async_client,
    json_response,
    sync_client,
)
from tests.support.public_calls import functions, instance_of, sync_calls
from tests.support.variants import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.variants import Variant

REFUSED = (InvalidArgumentError, InvalidStateError, UnknownConnectionError)

#: Valid for no argument but flags, which may be anything.
WRONG: list[object] = [
    object(),
    b"bytes",
    [5],
    float("nan"),
    10**5000,
    "9" * 5000 + "\ud800",
    datetime(2021, 1, 1, tzinfo=UTC).replace(tzinfo=None),
]
FLAGS = {"refresh", "raise_on_error", "fresh"}

#: Valid values of the arguments that some call requires.
VALID: dict[str, object] = {
    "account_id": 38,
    "authorization_code": "code",
    "body": "Hello",
    "callback_state": State.new(f"{URL}/", KEY).jwt,
    "dinoz_id": 38,
    "display_name": "Alice",
    "endpoint": "/api/v1",
    "ids": [ALICE],
    "name": "Alice",
    "password": "wonderland",
    "post_id": ALICE,
    "section": "main_en",
    "server": "dinoparc.com",
    "site": "twinoid.com",
    "site_id": 38,
    "state": "state",
    "thread": "main_en",
    "time": datetime(2021, 1, 1, tzinfo=UTC),
    "title": "Hello",
    "token": TOKEN,
    "user": ALICE,
    "user_id": ALICE,
    "username": "alice",
}

CLIENT_CALLS = [
    *("authorization_url", "generate_state", "validate_state", "token", "get", "post"),
    *("users.me", "users.get", "users.search"),
]


def _required(function: Callable[..., object]) -> dict[str, object]:
    parameters = inspect.signature(function).parameters.values()
    required = [item.name for item in parameters if item.default is item.empty and item.name not in ("self", "cls")]
    return {name: VALID[name] for name in required}


def _checked_parameters(function: Callable[..., object]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name not in {"self", "cls", "json", *FLAGS}]


def _calls() -> Iterator[object]:
    for owner, name in sync_calls():
        function = functions(owner)[name]
        for parameter in _checked_parameters(function):
            test_id = f"{getattr(owner, '__name__', '')}.{name}({parameter})"
            yield pytest.param(owner, name, function, parameter, id=test_id)


@pytest.mark.parametrize(("owner", "name", "function", "parameter"), list(_calls()))
def test_calls(variant: Variant, owner: Any, name: str, function: Callable[..., object], parameter: str) -> None:
    script = variant.script(recorded("misc /api/v1/config"))
    is_method = "self" in inspect.signature(function).parameters and owner is not Session
    called = instance_of(owner) if is_method else Session("sid") if name == "logout" else owner
    call = variant.collect if "iterate" in name else variant.call
    for value in WRONG:
        with pytest.raises(REFUSED):
            call(called, name, **{**_required(function), parameter: value})
    assert script.requests == []


@pytest.mark.parametrize("name", CLIENT_CALLS)
def test_calls_of_a_client(variant: Variant, name: str) -> None:
    script = FakeTransport(json_response()) if variant.is_sync else FakeAsyncTransport(json_response())
    called: Any = sync_client(script) if isinstance(script, FakeTransport) else async_client(script)
    for part in name.split("."):
        called = getattr(called, part)
    for parameter in _checked_parameters(called):
        for value in WRONG:
            with pytest.raises(REFUSED):
                _finish(called(**{**_required(called), parameter: value}))
    assert script.requests == []


def _finish(result: Any) -> None:
    if inspect.iscoroutine(result):
        asyncio.run(result)


@pytest.mark.parametrize("call", [User.start_authorization, GameClient.of_connection])
def test_calls_that_send_nothing(variant: Variant, call: Callable[..., object]) -> None:
    variant.script(json_response())
    for parameter in _checked_parameters(call):
        for value in WRONG:
            with pytest.raises(REFUSED):
                call(**{parameter: value})


@pytest.mark.parametrize(
    ("kind", "valid"),
    [
        (UserCredentials, {"username": "alice", "password": "wonderland"}),
        (GameClient, {"client_id": "mygame@clients", "client_secret": "wonderland"}),
        (Session, {"identifier": "sid"}),
    ],
)
def test_identities(kind: Callable[..., object], valid: dict[str, object]) -> None:
    for parameter in valid:
        for value in WRONG:
            with pytest.raises(InvalidArgumentError):
                kind(**{**valid, parameter: value})


@pytest.mark.parametrize("name", ["query", "form"])
def test_values_of_fields(name: str) -> None:
    client: Any = sync_client(FakeTransport(json_response()))
    for fields in ({"limit": 10**5000}, {"q": "\ud800"}, {"\ud800": "q"}):
        with pytest.raises(InvalidArgumentError, match=f"{name} must be"):
            client.post("/api/v1", **{name: fields})
