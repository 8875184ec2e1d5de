"""Games under test behind a socket, in this process: ASGI ones with uvicorn, WSGI ones with Werkzeug."""

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
from werkzeug.serving import make_server

from eternaltwin.connections import async_connections, configure, connections
from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication

    from starlette.types import ASGIApp

_LOGGERS = ("eternaltwin", "uvicorn.access", "uvicorn.error", "werkzeug")

#: The name of the thread in which the game's server accepts requests.
GAME = "the game"


@dataclass
class LiveGame:
    """A :class:`tests.integrations.browser_scenarios.Game`."""

    url: str
    login_path: str = "/eternaltwin/login"
    callback_path: str = "/eternaltwin/callback"
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


def url_of(listener: socket.socket) -> str:
    """The address of what listens."""
    return f"http://127.0.0.1:{cast('tuple[str, int]', listener.getsockname())[1]}"


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


@contextmanager
def serve_asgi(app: ASGIApp, listener: socket.socket) -> Generator[None]:
    """Serve a game with uvicorn."""
    ready = threading.Event()
    config = uvicorn.Config(app, lifespan="on", log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = _Announcing(config, ready)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name=GAME)
    thread.start()
    ready.wait(timeout=10)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def serve_wsgi(app: WSGIApplication, listener: socket.socket) -> Generator[None]:
    """Serve a game with Werkzeug, which logs requests as ``flask run`` does."""
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name=GAME)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        listener.close()


@contextmanager
def live_game(serve: Callable[[socket.socket], AbstractContextManager[None]]) -> Generator[tuple[LiveGame, DevServer]]:
    """A game and its development server, each behind a socket."""
    listener = free_socket()
    game = LiveGame(url_of(listener))
    app = {"display_name": "The game", "oauth_callback": f"{game.url}{game.callback_path}", "secret": "a secret"}
    with DevServer({"seed": {"app": {"game": app}}}, clock="System") as server:
        settings = server.connection_settings("game@clients")
        configure(default=settings, other={**settings, "redirect_uri": f"{game.url}/other/callback"})
        with logged(game.stream), serve(listener):
            yield game, server
        connections.close()
        async_connections.close()
        configure()
