"""Work that nobody waits for, in tasks."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class BackgroundTasks:
    """Runs a coroutine function in a task of each event loop, which ends when there is nothing left to do."""

    def __init__(self) -> None:
        self._by_loop: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}

    def __call__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run work soon on the running event loop, unless it is running there.

        Args:
            work: The work, always the same, which ends only when there is nothing left to do.
        """
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            for closed in [other for other in self._by_loop if other.is_closed()]:
                self._by_loop.pop(closed, None)
            self._by_loop[loop] = loop.create_task(self._work(work, loop), name="eternaltwin-profiles")

    async def _work(self, work: Callable[[], Coroutine[Any, Any, None]], loop: asyncio.AbstractEventLoop) -> None:
        try:
            await work()
        finally:
            self._by_loop.pop(loop, None)

    async def close(self) -> None:
        """Cancel the task of the running event loop, and wait until it has ended."""
        task = self._by_loop.get(asyncio.get_running_loop())
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def discard(self) -> None:
        """Cancel every task without waiting."""
        for loop, task in list(self._by_loop.items()):
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(task.cancel)
