"""WebSockets of Starlette and FastAPI."""

# FastAPI evaluates annotations at run time, so they must not be strings.

import asyncio
from collections.abc import Iterator, MutableMapping
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from starlette.applications import Starlette
from starlette.exceptions import WebSocketException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from eternaltwin.devserver import DevServer
from eternaltwin.integrations import fastapi, starlette
from tests.integrations.starlette.games import SECRET
from tests.integrations.support.game_servers import live_game, serve_asgi
from tests.integrations.support.live_games import LiveGame
from tests.integrations.support.websocket_scenarios import FRONT, WebSocketScenarios


def starlette_game() -> Starlette:
    """Return a game that asks for the player before it accepts a WebSocket."""
    login = starlette.EternaltwinLogin(SECRET, trusted_origins=[FRONT])

    async def chat(websocket: WebSocket) -> None:
        player = await login.current_user(websocket)
        await websocket.accept()
        await websocket.send_text(player.display_name)

    async def watch(websocket: WebSocket) -> None:
        player = await login.optional_user(websocket)
        await websocket.accept()
        await websocket.send_text("guest" if player is None else player.display_name)

    async def moderate(websocket: WebSocket) -> None:
        player = await login.require_admin(websocket)
        await websocket.accept()
        await websocket.send_text(player.display_name)

    async def front(request: HTTPConnection) -> HTMLResponse:
        return HTMLResponse(str(login.button(request)))

    routes = [WebSocketRoute("/chat", chat), WebSocketRoute("/watch", watch), WebSocketRoute("/moderate", moderate)]
    return Starlette(
        routes=[*login.routes, *routes, Route("/", front)],
        lifespan=login.lifespan,
        exception_handlers={starlette.SignInRequired: login.ask_to_sign_in},
    )


def fastapi_game() -> FastAPI:
    """Return a game with the dependencies."""
    login = fastapi.EternaltwinLogin(SECRET, trusted_origins=[FRONT])
    app = FastAPI(exception_handlers={fastapi.SignInRequired: login.ask_to_sign_in})
    app.include_router(login.router)

    @app.websocket("/chat")
    async def chat(websocket: WebSocket, player: Annotated[fastapi.Player, Depends(login.current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(player.display_name)

    @app.websocket("/watch")
    async def watch(
        websocket: WebSocket, player: Annotated[fastapi.Player | None, Depends(login.optional_user)]
    ) -> None:
        await websocket.accept()
        await websocket.send_text("guest" if player is None else player.display_name)

    @app.websocket("/moderate")
    async def moderate(websocket: WebSocket, player: Annotated[fastapi.Player, Depends(login.require_admin)]) -> None:
        await websocket.accept()
        await websocket.send_text(player.display_name)

    @app.get("/")
    async def front(request: HTTPConnection) -> HTMLResponse:
        return HTMLResponse(str(login.button(request)))

    return app


@pytest.fixture(scope="module", params=[starlette_game, fastapi_game])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[LiveGame, DevServer]]:
    """Start a game and its development server, for all scenarios."""
    with live_game(lambda listener: serve_asgi(request.param(), listener)) as found:
        yield found


class TestWebSockets(WebSocketScenarios):
    """Starlette and FastAPI."""


SAME_ORIGIN = {"type": "websocket", "path": "/", "headers": [(b"sec-fetch-site", b"same-origin")]}


def test_a_websocket_that_is_accepted_already_is_not_accepted_twice(server: DevServer) -> None:
    login = starlette.EternaltwinLogin(SECRET)
    sent: list[str] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])

    async def chat() -> None:
        websocket = WebSocket(SAME_ORIGIN, receive, send)
        await websocket.accept()
        await login.current_user(websocket)

    with pytest.raises(WebSocketException) as caught:
        asyncio.run(chat())
    assert caught.value.code == 4401
    assert sent == ["websocket.accept"]


def test_a_connection_that_cannot_be_accepted_is_refused(server: DevServer) -> None:
    login = starlette.EternaltwinLogin(SECRET)
    with pytest.raises(WebSocketException) as caught:
        asyncio.run(login.current_user(HTTPConnection(SAME_ORIGIN)))
    assert caught.value.code == 4401
