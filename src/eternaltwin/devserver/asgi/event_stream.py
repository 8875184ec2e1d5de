"""Server-sent events (HTML, section 9.2) that tell pages to update themselves.

A stream lasts as long as its page is open, and suspends all that time. Handlers of requests never suspend, so it is no
handler, but an application of its own in front of those that handlers are part of. It needs an event loop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from eternaltwin.devserver.asgi.changes import TooManyListenersError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.asgi.changes import Changes, Listener
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

#: Changes within this time, in seconds, are one event.
PAUSE = 0.1

#: The time after which browsers try again when the server has gone, in milliseconds.
_RETRY = 1000

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),  # nginx passes on what it gets at once
]


class EventStreamMiddleware:
    """An ASGI application that responds to one path with a stream of events, and passes on all other requests.

    Each event has the name `change` and contains nothing of the state. A stream ends when the browser closes it, or the
    server stops.

    Args:
        app: The application for all other paths.
        path: The path.
        changes: The changes that become events.
        is_permitted: Returns whether a request for the stream may have it.
    """

    def __init__(self, app: ASGIApp, path: str, changes: Changes, is_permitted: Callable[[Scope], bool]) -> None:
        self._app = app
        self._path = path
        self._changes = changes
        self._is_permitted = is_permitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream, or pass a request on to the other application.

        Args:
            scope: The ASGI scope.
            receive: The ASGI function that receives a message.
            send: The ASGI function that sends a message.
        """
        if scope["path"] != self._path:
            await self._app(scope, receive, send)
        elif scope["method"] != "GET":
            await _refuse(send, 405, [(b"allow", b"GET")])
        elif not self._is_permitted(scope):
            await _refuse(send, 403)
        else:
            await self._stream(receive, send)

    async def _stream(self, receive: Receive, send: Send) -> None:
        try:
            with self._changes.listen() as listener:
                watch = asyncio.create_task(_end_with_the_browser(receive, listener))
                try:
                    await _send_events(send, listener)
                finally:
                    watch.cancel()
        except TooManyListenersError:
            await _refuse(send, 503, [(b"retry-after", b"10")])


async def _refuse(send: Send, status: int, fields: list[tuple[bytes, bytes]] | None = None) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [*(fields or ()), (b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})


async def _send_events(send: Send, listener: Listener) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"retry: %d\n\n" % _RETRY, "more_body": True})
    await listener.wait()
    while not listener.is_over:
        await asyncio.sleep(PAUSE)
        listener.forget()
        await send({"type": "http.response.body", "body": b"event: change\ndata: 1\n\n", "more_body": True})
        await listener.wait()
    await send({"type": "http.response.body", "body": b""})


async def _end_with_the_browser(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()
