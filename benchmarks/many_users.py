"""Many users at once, from a server that takes 20 ms for each."""

from __future__ import annotations

import asyncio
import statistics
import sys
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

from benchmarks.delayed_server import DELAY
from benchmarks.servers import started
from benchmarks.targets import Target
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable

USERS = 100
CONCURRENCY = 10

#: At most this many times the duration of the delays alone.
FACTOR = 1.3

_IDS = [UUID(int=number) for number in range(USERS)]
_SERVER = [sys.executable, "-m", "benchmarks.delayed_server"]


def measure(rounds: int) -> list[Target]:
    """Measure both variants, and compare the medians with the target.

    Args:
        rounds: Number of samples of each.
    """
    with started(_SERVER) as server, asyncio.Runner() as runner:
        url = f"http://127.0.0.1:{int(server.line)}"
        with Eternaltwin(url=url) as client:
            taken = _median(lambda: _sync(client), rounds)
        async_client = AsyncEternaltwin(url=url)
        taken_by_tasks = _median(lambda: runner.run(_async(async_client)), rounds)
        runner.run(async_client.close())
    return [_judge("User.get_many", taken), _judge("User.aget_many", taken_by_tasks)]


def _sync(client: Eternaltwin) -> int:
    return len(User.get_many(_IDS, client, concurrency=CONCURRENCY))


async def _async(client: AsyncEternaltwin) -> int:
    return len(await User.aget_many(_IDS, client, concurrency=CONCURRENCY))


def _median(call: Callable[[], int], rounds: int) -> float:
    call()  # opens the connections
    samples: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        found = call()
        samples.append(perf_counter() - start)
        if found != USERS:
            raise RuntimeError(f"{found} of {USERS} users")
    return statistics.median(samples)


def _judge(call: str, taken: float) -> Target:
    least = USERS / CONCURRENCY * DELAY
    goal = f"{call} of {USERS} users, {CONCURRENCY} at a time, {DELAY * 1e3:.0f} ms each: at most {FACTOR} x the delays"
    return Target(goal, f"{taken * 1e3:.0f} ms, {taken / least:.2f} x", taken <= FACTOR * least)
