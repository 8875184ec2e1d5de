"""Every sync call has an async variant with the same parameters and result."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.users import UserClient as AsyncUserClient
from eternaltwin.clients.sync.users import UserClient
from tests.support.public_calls import OWNERS, functions, sync_calls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Parameter = tuple[str, object, object, str]


def variants() -> Iterator[tuple[str, Callable[..., object], Callable[..., object]]]:
    for owner, name in sync_calls():
        found = functions(owner)
        yield f"{getattr(owner, '__name__', '')}.{name}", found[name], found[f"a{name}"]


def parameters(function: Callable[..., object]) -> list[Parameter]:
    return [
        (item.name, item.kind, item.default, str(item.annotation).replace("AsyncEternaltwin", "Eternaltwin"))
        for item in inspect.signature(function).parameters.values()
    ]


def test_every_call_over_a_connection_has_an_async_variant() -> None:
    names = {name for name, _, _ in variants()}
    for owner in OWNERS:
        found = functions(owner)
        for name, function in found.items():
            is_offline = name == "start_authorization"
            if "using" in inspect.signature(function).parameters and not is_offline:
                qualified_name = f"{getattr(owner, '__name__', '')}.{name}"
                assert qualified_name in names or name.removeprefix("a") in found
    assert len(names) > 40


@pytest.mark.parametrize(("sync", "coroutine"), [pytest.param(*pair, id=name) for name, *pair in variants()])
def test_variants_have_the_same_parameters_and_result(
    sync: Callable[..., object], coroutine: Callable[..., object]
) -> None:
    assert parameters(sync) == parameters(coroutine)
    results = [str(inspect.signature(function).return_annotation) for function in (sync, coroutine)]
    assert results[0] == results[1].removeprefix("Async")
    assert inspect.iscoroutinefunction(coroutine) or results[1].startswith("AsyncIterator")


@pytest.mark.parametrize(("sync", "coroutine"), [pytest.param(*pair, id=name) for name, *pair in variants()])
def test_every_call_is_documented_and_takes_an_identity(
    sync: Callable[..., object], coroutine: Callable[..., object]
) -> None:
    for function in (sync, coroutine):
        assert function.__doc__
        names = inspect.signature(function).parameters
        is_sign_in = not names.keys().isdisjoint({"token", "authorization_code"})
        assert "identity" in names or is_sign_in or function.__qualname__.startswith("Session.")


@pytest.mark.parametrize("name", ["me", "get", "search"])
def test_clients_have_the_same_parameters(name: str) -> None:
    assert parameters(getattr(UserClient, name)) == parameters(getattr(AsyncUserClient, name))
