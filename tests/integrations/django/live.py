"""The site under test behind a socket: with Django's own server, or under ASGI with uvicorn."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import uvicorn
from django.core.asgi import get_asgi_application
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Generator

_LOGGERS = ("django", "django.server", "eternaltwin", "uvicorn.access", "uvicorn.error")

#: The name of the thread in which an ASGI server runs the game.
GAME = "the game"


@dataclass
class LiveGame:
    """A :class:`tests.integrations.browser_scenarios.Game`."""

    url: str
    login_path: str = "/eternaltwin/login/"
    callback_path: str = "/eternaltwin/callback/"
    stream: io.StringIO = field(default_factory=io.StringIO)

    def log(self) -> str:
        """What the server has logged."""
        return self.stream.getvalue()


@contextmanager
def logged(stream: io.StringIO) -> Generator[None]:
    """Write the logs of a server, of every level, into a stream."""
    handler = logging.StreamHandler(stream)
    # The development server in this process is not the game, but uses the same loggers.
    handler.addFilter(lambda record: not record.name.startswith("uvicorn") or record.threadName == GAME)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(logger.level, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.handlers[:] = [handler]
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


def free_socket() -> socket.socket:
    """A socket that listens on a free port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


class _Handler(WSGIRequestHandler):
    """Handles requests as ``runserver`` does, and closes what its thread has opened."""

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


@contextmanager
def serve_wsgi(listener: socket.socket) -> Generator[None]:
    """Serve the site with Django's own server."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    server.server_name, server.server_port = "127.0.0.1", listener.getsockname()[1]
    server.setup_environ()
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_asgi(listener: socket.socket) -> Generator[None]:
    """Serve the site with uvicorn."""
    config = uvicorn.Config(
        get_asgi_application(), lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1
    )
    ready = threading.Event()
    server = _Announcing(config, ready)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name=GAME)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from asgiref.sync import sync_to_async

        from eternaltwin.connections import async_connections

        await sync_to_async(connections.close_all)()
        for alias in async_connections:
            await async_connections[alias].close()
        await super().shutdown(sockets)


def url_of(listener: socket.socket) -> str:
    """The address of what listens."""
    return f"http://127.0.0.1:{cast('tuple[str, int]', listener.getsockname())[1]}"
