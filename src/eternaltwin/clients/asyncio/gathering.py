"""Makes many calls at a time with tasks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")


async def gather_in_tasks(
    call: Callable[[Item], Coroutine[Any, Any, Result]], items: Sequence[Item], concurrency: int
) -> list[Result]:
    """Make a call for each item, in tasks that end with it; see [`Gather`][eternaltwin.clients.http.transports.Gather].

    Args:
        call: Makes the call for an item.
        items: The items.
        concurrency: Maximum number of calls at a time, at least 1.

    Returns:
        The results, in the order of the items.
    """
    results: dict[int, Result] = {}
    waiting = iter(enumerate(items))

    async def work(jobs: Iterator[tuple[int, Item]]) -> None:
        for index, item in jobs:
            results[index] = await call(item)

    tasks = [asyncio.create_task(work(waiting)) for _ in range(min(concurrency, len(items)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [results[index] for index in range(len(items))]
