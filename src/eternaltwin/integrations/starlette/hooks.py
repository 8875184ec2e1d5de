"""Calls of the game's own functions."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ParamSpec

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")


async def call_hook(hook: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> object:
    """Call a function of the game: a coroutine function in the event loop, any other function in a thread.

    Args:
        hook: The function.
        *args: Its positional arguments.
        **kwargs: Its other arguments.

    Returns:
        What the function returns, or what its awaitable returns.
    """
    if inspect.iscoroutinefunction(hook):
        result: object = hook(*args, **kwargs)
    else:
        result = await run_in_threadpool(hook, *args, **kwargs)
    if inspect.isawaitable(result):  # a lambda and a callable object can return one too
        return await result
    return result
