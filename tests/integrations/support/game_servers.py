"""Games under test behind a socket, in this process: ASGI games on uvicorn, WSGI games on Werkzeug."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from werkzeug.serving import make_server

from eternaltwin.connections import async_connections, configure, connections
from eternaltwin.devserver import DevServer
from tests.integrations.support.live_games import GAME, AnnouncingServer, LiveGame, logged
from tests.support.sockets import listen_on_free_port, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager
    from wsgiref.types import WSGIApplication

    from starlette.types import ASGIApp


@pytest.fixture
def game(running: tuple[LiveGame, DevServer]) -> LiveGame:
    """Return the game of the module."""
    return running[0]


@pytest.fixture
def eternaltwin(running: tuple[LiveGame, DevServer]) -> DevServer:
    """Reset the development server of the module."""
    running[1].reset()
    return running[1]


@contextmanager
def serve_asgi(app: ASGIApp, listener: socket.socket) -> Generator[None]:
    """Serve a game on uvicorn."""
    ready = threading.Event()
    config = uvicorn.Config(app, lifespan="on", log_config=None, ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = AnnouncingServer(config, ready)
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
    """Serve a game on Werkzeug, which logs requests as with `flask run`."""
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
def live_game(
    serve: Callable[[socket.socket], AbstractContextManager[None]], host: str = "127.0.0.1"
) -> Generator[tuple[LiveGame, DevServer]]:
    """Start a game and its development server, each behind a socket. A browser has to find other hosts."""
    listener = listen_on_free_port()
    game = LiveGame(url_of(listener).replace("127.0.0.1", host))
    app = {"display_name": "The game", "oauth_callback": f"{game.url}{game.callback_path}", "secret": "a secret"}
    with DevServer({"seed": {"app": {"game": app}}}, clock="System") as server:
        settings = server.connection_settings("game@clients")
        configure(default=settings, other={**settings, "redirect_uri": f"{game.url}/other/callback"})
        with logged(game.stream), serve(listener):
            yield game, server
        connections.close()
        async_connections.close()
        configure()
