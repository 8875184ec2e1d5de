"""ASGI games under test, without a socket."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.integrations.shared.visitors import GameResponse

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp

    from tests.integrations.shared.visitors import Send

Message = dict[str, Any]


async def call(app: ASGIApp, method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
    """Send a request to an application as a server does. The body comes in two pieces."""
    path, _, query = target.partition("?")
    sent = {"host": "testserver", **{name.lower(): value for name, value in headers.items()}}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": {},
    }
    half = len(body) // 2
    incoming = iter(((body[:half], True), (body[half:], False)))
    answered: list[Message] = []

    async def receive() -> Message:
        piece, is_more = next(incoming)
        return {"type": "http.request", "body": piece, "more_body": is_more}

    async def send(message: Any) -> None:
        answered.append(message)

    await app(scope, receive, send)
    start = answered[0]
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    text = b"".join(message.get("body", b"") for message in answered[1:]).decode()
    return GameResponse(start["status"], pairs, text)


@contextmanager
def running(app: ASGIApp, runner: asyncio.Runner) -> Generator[None]:
    """Run the lifespan of an application."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    answered: asyncio.Queue[Message] = asyncio.Queue()

    async def start() -> asyncio.Task[None]:
        task = asyncio.create_task(as_coroutine())
        await incoming.put({"type": "lifespan.startup"})
        message = await answered.get()
        if message["type"] != "lifespan.startup.complete":
            await task
        return task

    async def as_coroutine() -> None:
        await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, incoming.get, put)

    async def put(message: Any) -> None:
        await answered.put(message)

    async def stop(task: asyncio.Task[None]) -> None:
        await incoming.put({"type": "lifespan.shutdown"})
        await task

    task = runner.run(start())
    try:
        yield
    finally:
        runner.run(stop(task))


@contextmanager
def asking(app: ASGIApp) -> Generator[Send]:
    """Yield a function that sends requests to a game, during its lifespan."""
    with asyncio.Runner() as runner, running(app, runner):
        yield lambda method, target, headers, body: runner.run(call(app, method, target, headers, body))
