"""The asyncio tasks with a session of aiohttp, used as its documentation shows, and the decoding of this package.

`python -m benchmarks.aiohttp_worker HTTP TLS DEVELOPMENT` takes three ports.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.client_worker import AT_ONCE, timed
from benchmarks.samples import PLAYER_ID
from benchmarks.worker_protocol import resident_memory, serve_tasks
from eternaltwin import User, models
from eternaltwin.responses import Response, decode_json
from eternaltwin.users import make_user

if TYPE_CHECKING:
    from benchmarks.worker_protocol import Task

#: As many connections at a time as a connection of this package has.
POOL_SIZE = 10


class BareClient:
    """Reads a user with aiohttp, on one event loop."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self._runner = runner
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    def gets(self, at_once: int) -> Task:
        """Return the task that reads the user, `at_once` times at a time."""

        async def batch() -> None:
            session = self._opened()
            if at_once == 1:
                await self._get(session)
            else:
                await asyncio.gather(*(self._get(session) for _ in range(at_once)))

        return lambda count: self._runner.run(timed(batch, count))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POOL_SIZE))
        return self._session

    async def _get(self, session: aiohttp.ClientSession) -> User:
        async with session.get(self._url) as response:
            body = await response.read()
        return make_user(User, decode_json(Response(self._url, response.status, body), models.LazyUser))


def tasks(ports: list[int]) -> dict[str, Task]:
    """Return all tasks."""
    runner = asyncio.Runner()
    found: dict[str, Task] = {"memory": resident_memory}
    for name, scheme, port in zip(("http", "tls", "development"), ("http", "https", "http"), ports, strict=True):
        client = BareClient(runner, f"{scheme}://127.0.0.1:{port}/api/v1/users/{PLAYER_ID}")
        found[f"aget_{name}"] = client.gets(1)
        found[f"aget_{AT_ONCE}_{name}"] = client.gets(AT_ONCE)
    return found


if __name__ == "__main__":
    serve_tasks(tasks([int(port) for port in sys.argv[1:]]))
