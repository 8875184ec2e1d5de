"""Calls that are cancelled, or interrupted by the exception of a signal handler: the connections stay whole."""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from eternaltwin.clients.asyncio import transport as module
from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.exceptions import RequestTimeoutError
from tests.support.callers import make_request
from tests.support.interruptions import Interruption
from tests.support.server_scripts import Echo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.servers import Serve

FOLDER = str(Path(module.__file__).parent)


class AsyncGame:
    """Calls a server that echoes, with one connection at a time."""

    def __init__(self, origin: str) -> None:
        self.transport = AiohttpTransport(origin, pool_size=1, max_response_size=10**6)
        self._numbers = count()

    async def call(self) -> None:
        """Send a call to an endpoint of its own, and check that its response belongs to it."""
        target = f"/{next(self._numbers)}"
        assert (await self.transport.send(make_request(target=target, timeout=2))).content == Echo.body(target)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest_asyncio.fixture
async def game(serve: Serve, echo: Echo) -> AsyncIterator[AsyncGame]:
    game = AsyncGame(serve(echo).origin)
    yield game
    await game.transport.close()


async def assert_one_at_a_time(game: AsyncGame, echo: Echo) -> None:
    """Check that there are not more connections than before, either."""
    under_way = asyncio.create_task(game.transport.send(make_request(target="/slow")))
    await asyncio.to_thread(echo.has_slow.wait)
    with pytest.raises(RequestTimeoutError):
        await game.transport.send(make_request(timeout=0.05))
    echo.may_respond.set()
    await under_way


async def is_cancelled_after(iterations: int, task: asyncio.Task[None]) -> bool:
    """Cancel a task after so many iterations of the loop. Return whether it was still running."""
    for _ in range(iterations):
        await asyncio.sleep(0)
    return task.cancel()


@pytest.mark.asyncio
@pytest.mark.parametrize("keeps", [False, True], ids=["new connection", "kept connection"])
async def test_the_connections_are_whole_whenever_a_call_is_cancelled(game: AsyncGame, echo: Echo, keeps: bool) -> None:
    iterations = count()
    is_cancelled = True
    while is_cancelled:
        if not keeps:
            await game.transport.close()
        task = asyncio.create_task(game.call())
        is_cancelled = await is_cancelled_after(next(iterations), task)
        await asyncio.wait([task])
        assert task.cancelled() is is_cancelled
        await game.call()
    assert next(iterations) > 3
    await assert_one_at_a_time(game, echo)


@pytest.mark.asyncio
async def test_a_call_that_is_cancelled_while_it_waits_takes_no_connection(game: AsyncGame, echo: Echo) -> None:
    under_way = asyncio.create_task(game.transport.send(make_request(target="/slow")))
    await asyncio.to_thread(echo.has_slow.wait)
    waiting = [asyncio.create_task(game.call()) for _ in range(3)]
    await asyncio.sleep(0)
    for task in waiting[:2]:
        task.cancel()
    echo.may_respond.set()
    await asyncio.gather(under_way, waiting[2])
    await game.call()


@pytest.mark.filterwarnings("ignore:Unclosed c:ResourceWarning")  # it is closed when it is collected
@pytest.mark.parametrize("keeps", [False, True], ids=["new connection", "kept connection"])
def test_the_connections_are_whole_wherever_a_call_is_interrupted(serve: Serve, echo: Echo, keeps: bool) -> None:
    async def interrupt_everywhere() -> None:
        game = AsyncGame(server.origin)
        places = count()
        is_interrupted = True
        while is_interrupted:
            if not keeps:
                await game.transport.close()
            is_interrupted = await Interruption(next(places), "line", FOLDER).run_async(game.call)
            await game.call()
        assert next(places) > 30
        await assert_one_at_a_time(game, echo)

    server = serve(echo)
    with ThreadPoolExecutor(1) as threads:  # a thread of its own, so that only its trace function changes
        threads.submit(asyncio.run, interrupt_everywhere()).result()
    gc.collect()
