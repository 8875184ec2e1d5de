"""Requests to ASGI games under test, without a socket."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.integrations.support.visitors import GameResponse

if TYPE_CHECKING:
    from collections.abc import Generator

    from starlette.types import ASGIApp

    from tests.integrations.support.visitors import Send

Message = dict[str, Any]


async def send_request(app: ASGIApp, method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
    """Send a request to an application as a server does, with the body in two messages."""
    path, _, query = target.partition("?")
    all_headers = {"host": "testserver", **{name.lower(): value for name, value in headers.items()}}
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
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in all_headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": {},
    }
    half = len(body) // 2
    incoming = iter(((body[:half], True), (body[half:], False)))
    sent: list[Message] = []

    async def receive() -> Message:
        chunk, is_more = next(incoming)
        return {"type": "http.request", "body": chunk, "more_body": is_more}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
    text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
    return GameResponse(start["status"], pairs, text)


@contextmanager
def lifespan(app: ASGIApp, runner: asyncio.Runner) -> Generator[None]:
    """Run the lifespan of an application."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    sent: asyncio.Queue[Message] = asyncio.Queue()

    async def start() -> asyncio.Task[None]:
        task = asyncio.create_task(run_lifespan())
        await incoming.put({"type": "lifespan.startup"})
        message = await sent.get()
        if message["type"] != "lifespan.startup.complete":
            await task
        return task

    async def run_lifespan() -> None:
        await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, incoming.get, put)

    async def put(message: Any) -> None:
        await sent.put(message)

    async def stop(task: asyncio.Task[None]) -> None:
        await incoming.put({"type": "lifespan.shutdown"})
        await task

    task = runner.run(start())
    try:
        yield
    finally:
        runner.run(stop(task))


@contextmanager
def asgi_sender(app: ASGIApp) -> Generator[Send]:
    """Yield a function that sends requests to a game, and run the lifespan of the game around it."""
    with asyncio.Runner() as runner, lifespan(app, runner):
        yield lambda method, target, headers, body: runner.run(send_request(app, method, target, headers, body))
