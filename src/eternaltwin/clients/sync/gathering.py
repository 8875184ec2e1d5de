"""Makes many calls at a time with threads."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from eternaltwin.clients.driver import run

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from concurrent.futures import Future

Item = TypeVar("Item")
Result = TypeVar("Result")


async def gather_in_threads(
    call: Callable[[Item], Coroutine[Any, Any, Result]], items: Sequence[Item], concurrency: int
) -> list[Result]:
    """Make a call for each item, in threads; see [`Gather`][eternaltwin.clients.http.transports.Gather].

    A thread that waits for the server cannot be interrupted. When another call fails, it is left to its timeout.

    Args:
        call: Makes the call for an item, without suspending.
        items: The items.
        concurrency: Maximum number of calls at a time, at least 1.

    Returns:
        The results, in the order of the items.
    """
    if len(items) < 2 or concurrency == 1:
        return [await call(item) for item in items]
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait  # of no use to most programs

    executor = ThreadPoolExecutor(min(concurrency, len(items)), "eternaltwin")
    try:
        futures = [executor.submit(copy_context().run, _call, call, item) for item in items]
        return _results(futures, wait(futures, return_when=FIRST_EXCEPTION).done)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _call(call: Callable[[Item], Coroutine[Any, Any, Result]], item: Item) -> Result:
    return run(call(item))


def _results(futures: Sequence[Future[Result]], done: set[Future[Result]]) -> list[Result]:
    for future in futures:
        if future in done:
            failure = future.exception()
            if failure is not None:
                raise failure
    return [future.result() for future in futures]
