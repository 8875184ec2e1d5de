"""Development servers without a socket, and connections to them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.connections import async_connections, connections
from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Generator

CALLBACK = "http://testserver/eternaltwin/callback"
OTHER_CALLBACK = "http://testserver/other/callback"
SECURE_CALLBACK = "https://testserver/eternaltwin/callback"
INNER_CALLBACK = "http://testserver/inner/eternaltwin/callback"
LOCAL_CALLBACK = "http://localhost:8000/eternaltwin/callback"


def new_server() -> DevServer:
    """Return a server with several OAuth clients: the same game with different callbacks."""
    callbacks = {
        "game": CALLBACK,
        "other": OTHER_CALLBACK,
        "secure": SECURE_CALLBACK,
        "local": LOCAL_CALLBACK,
        "inner": INNER_CALLBACK,
    }
    return DevServer.in_process(
        {
            "seed": {
                "app": {
                    name: {"display_name": name, "oauth_callback": callback, "secret": f"the secret of {name}"}
                    for name, callback in callbacks.items()
                }
            }
        }
    )


@contextmanager
def connected(**servers: tuple[DevServer, str]) -> Generator[None]:
    """Configure connections by alias, each to a server, as one of its OAuth clients."""
    before = [(alias, connections[alias], async_connections[alias]) for alias in servers if alias in connections]
    for alias, (server, app) in servers.items():
        connections[alias] = server.connection_settings(f"{app}@clients")
        async_connections[alias] = server.connection_settings(f"{app}@clients", is_async=True)
    try:
        yield
    finally:
        for alias in servers:
            del connections[alias], async_connections[alias]
        for alias, client, async_client in before:
            connections[alias], async_connections[alias] = client, async_client
