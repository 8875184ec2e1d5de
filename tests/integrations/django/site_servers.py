"""The site under test behind a socket: with Django's own server, or under ASGI with uvicorn."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test.utils import override_settings

from eternaltwin.devserver import DevServer
from tests.integrations.django.databases import in_thread
from tests.integrations.support.live_games import GAME, AnnouncingServer, LiveGame, logged
from tests.support.sockets import listen_on_free_port, port_of, url_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Generator


@dataclass
class DjangoGame(LiveGame):
    """A game whose paths end with a slash."""

    login_path: str = "/eternaltwin/login/"
    callback_path: str = "/eternaltwin/callback/"


class _Handler(WSGIRequestHandler):
    """Handles requests as `runserver` does, and closes the database connections of its thread."""

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


def connection_settings(server: DevServer, app: str, callback: str) -> dict[str, object]:
    """Return the settings of a connection, with a key derived from `SECRET_KEY`."""
    settings = server.connection_settings(app)
    return {
        "client_id": settings["client_id"],
        "client_secret": settings["client_secret"],
        "redirect_uri": callback,
        "url": server.url,
    }


@contextmanager
def live_site(
    *, is_async: bool = False, host: str = "127.0.0.1", change: Callable[[int], dict[str, object]] | None = None
) -> Generator[tuple[DjangoGame, DevServer]]:
    """Start the site, with its sync or async views, and its development server.

    Args:
        is_async: Whether the site runs under ASGI, with the async views.
        host: The host of the callback, which a browser has to find.
        change: Returns further settings of the site for its port.
    """
    in_thread(lambda: call_command("migrate", verbosity=0))
    listener = listen_on_free_port()
    game = DjangoGame(url_of(listener).replace("127.0.0.1", host))
    app = {"display_name": "The game", "oauth_callback": f"{game.url}{game.callback_path}", "secret": "a secret"}
    with DevServer({"seed": {"app": {"game": app}}}) as server:
        settings = {
            "ETERNALTWIN": {"default": connection_settings(server, "game", app["oauth_callback"])},
            "ROOT_URLCONF": f"tests.integrations.django.{'async_urls' if is_async else 'urls'}",
            **(change(port_of(listener)) if change else {}),
        }
        serve = serve_asgi if is_async else serve_wsgi
        with override_settings(**settings), serve(listener), logged(game.stream):
            yield game, server


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
    server = _ClosingServer(config, ready)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])), name=GAME)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class _ClosingServer(AnnouncingServer):
    """Closes the connections of the game before its event loop ends."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from asgiref.sync import sync_to_async

        from eternaltwin.connections import async_connections

        await sync_to_async(connections.close_all)()
        for alias in async_connections:
            await async_connections[alias].close()
        await super().shutdown(sockets)
