"""A fast server that knows every user, and counts how often each is asked for."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from tests.support.fakes import full_user

if TYPE_CHECKING:
    from collections.abc import Generator


class UserServer:
    """Responds to `GET /api/v1/users/{id}` with a user.

    Attributes:
        asked: How often each id was asked for.
        port: The port on 127.0.0.1.
        latency: Seconds to wait before each response.
    """

    def __init__(self, latency: float = 0) -> None:
        self.asked = Counter[str]()
        self.port = 0
        self.latency = latency
        self.loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                user_id = head.split(b" ", 2)[1].decode().rpartition("/")[2]
                self.asked[user_id] += 1
                await asyncio.sleep(self.latency)
                body = json.dumps(full_user(f"New {user_id[-5:]}", user_id)).encode()
                lines = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(lines.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):  # the client has closed the connection
            writer.close()


@contextmanager
def user_server(latency: float = 0) -> Generator[UserServer]:
    """Run a server in a thread."""
    server = UserServer(latency)
    loop = server.loop
    listening = loop.run_until_complete(server.start())
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
