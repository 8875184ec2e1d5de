"""Runs coroutines that never suspend, without an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")
T = TypeVar("T")


def blocking(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Convert a blocking function to a coroutine function that never suspends.

    Args:
        function: The function, which blocks while it waits.

    Returns:
        A coroutine function with the same parameters, for [`run`][eternaltwin.clients.driver.run].
    """

    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    return call


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. Everything that it awaits must block, never suspend.

    Args:
        coroutine: The coroutine.

    Returns:
        The coroutine's result.

    Raises:
        RuntimeError: The coroutine suspended, which only an event loop can resume.
    """
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    raise RuntimeError("a sync client cannot wait for an event loop")
