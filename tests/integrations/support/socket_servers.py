"""A development server behind a socket, for sign-in libraries that send their requests themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT_ID = "game@clients"
SECRET = "the secret of the game"
CALLBACK = "http://testserver/callback"


@pytest.fixture(scope="session")
def shared_socket_server() -> Iterator[DevServer]:
    """The development server that all tests share."""
    game = {"display_name": "The game", "oauth_callback": CALLBACK, "secret": SECRET}
    other = {"display_name": "Another", "oauth_callback": CALLBACK, "secret": SECRET}
    with DevServer({"seed": {"app": {"game": game, "other": other}}}) as server:
        yield server


@pytest.fixture
def server(shared_socket_server: DevServer) -> DevServer:
    """The development server, reset, with the player zoe."""
    shared_socket_server.reset()
    shared_socket_server.add_user("zoe", "Zoé")
    return shared_socket_server


@pytest.fixture
def foreign_token(server: DevServer) -> str:
    """A token that was issued to another game, for zoe."""
    import asyncio

    from eternaltwin.clients.asyncio.clients import Eternaltwin

    async def sign_in() -> str:
        async with Eternaltwin(**server.connection_settings("other@clients")) as client:
            code, _ = server.authorization_code("zoe", client)
            return (await client.token(code)).access_token

    return asyncio.run(sign_in())
