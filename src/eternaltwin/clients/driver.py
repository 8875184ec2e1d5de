"""Runs a coroutine that never has to wait, without an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")


def blocking(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make a function that blocks a coroutine function that never suspends."""

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    return call


def run(flow: Coroutine[Any, Any, T]) -> T:
    """Step a coroutine to its end. What it awaits must block, never suspend.

    Raises:
        RuntimeError: it suspended, which only an event loop can resume.
    """
    try:
        flow.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    flow.close()
    raise RuntimeError("a blocking client cannot wait on an event loop")
