"""The deadlines of the calls on one event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.deadlines import Deadline, Deadlines

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

NEVER = 3600.0


async def waiting(deadlines: Deadlines, seconds: float) -> str:
    """Wait in a block with a deadline, and return how it ended."""
    try:
        with Deadline(deadlines) as deadline:
            deadline.start(seconds)
            await asyncio.Event().wait()
    except TimeoutError:
        return "timed out"
    return "done"


def run(body: Callable[[Deadlines], Coroutine[object, object, None]]) -> None:
    """Run a test with the deadlines of an event loop."""

    async def main() -> None:
        deadlines = Deadlines(asyncio.get_running_loop())
        try:
            async with asyncio.timeout(10):
                await body(deadlines)
        finally:
            deadlines.stop()

    asyncio.run(main())


def test_deadlines_pass_in_any_order_with_one_timer() -> None:
    async def body(deadlines: Deadlines) -> None:
        ended: list[float] = []

        async def call(seconds: float) -> None:
            assert await waiting(deadlines, seconds) == "timed out"
            ended.append(seconds)

        later = asyncio.create_task(call(NEVER))
        async with asyncio.TaskGroup() as group:
            for seconds in (0.2, 0.05, 0.4, 0.001):
                group.create_task(call(seconds))
        assert ended == [0.001, 0.05, 0.2, 0.4]
        assert not later.done()
        later.cancel()
        with pytest.raises(asyncio.CancelledError):
            await later

    run(body)


def test_a_call_that_is_done_in_time_is_not_ended() -> None:
    async def body(deadlines: Deadlines) -> None:
        with Deadline(deadlines) as deadline:
            deadline.start(0.01)
        deadline.stop()
        await waiting(deadlines, 0.05)
        assert not deadline.has_passed

    run(body)


def test_a_call_that_is_cancelled_as_its_deadline_passes_is_cancelled() -> None:
    async def body(deadlines: Deadlines) -> None:
        entered: list[Deadline] = []

        async def call() -> None:
            with Deadline(deadlines) as deadline:
                entered.append(deadline)
                await asyncio.Event().wait()

        task = asyncio.create_task(call())
        await asyncio.sleep(0)
        task.cancel()
        entered[0].end_call()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelling() == 1

    run(body)


async def fail_late(deadlines: Deadlines) -> None:
    with Deadline(deadlines) as deadline:
        deadline.end_call()
        raise KeyError


def test_an_error_as_the_deadline_passes_is_that_error() -> None:
    async def body(deadlines: Deadlines) -> None:
        with pytest.raises(KeyError):
            await fail_late(deadlines)
        current = asyncio.current_task()
        assert current is not None
        assert current.cancelling() == 0
        with suppress(asyncio.CancelledError):  # before Python 3.13, it is still to come
            await asyncio.sleep(0)

    run(body)
