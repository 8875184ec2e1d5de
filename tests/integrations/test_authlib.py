"""Tests with the real Authlib, in Flask (sync, with requests) and in Starlette (async, with httpx)."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.integrations.authlib import aplayer_of, player_of, register
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.socket_servers import CALLBACK, CLIENT_ID, SECRET
from tests.integrations.support.visitors import Visitor, target_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from eternaltwin.devserver import DevServer


def test_in_flask(server: DevServer, foreign_token: str) -> None:
    app = Flask(__name__)
    app.secret_key = "a secret of the game"
    oauth: Any = import_module("authlib.integrations.flask_client").OAuth(app)
    register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url=server.url)

    @app.get("/login")
    def login() -> Any:
        return oauth.eternaltwin.authorize_redirect(CALLBACK)

    @app.get("/callback")
    def callback() -> str:
        player = player_of(oauth.eternaltwin, oauth.eternaltwin.authorize_access_token())
        return f"{player.identifier} {player.display_name}"

    client = app.test_client()
    location = client.get("/login").headers["Location"]
    response = client.get(target_of(server.authorize(location, "zoe")))
    assert response.get_data(as_text=True) == f"{server.world.user('zoe').id} Zoé"
    for token in ("a-bad-token", foreign_token):
        with pytest.raises(InvalidTokenError):
            player_of(oauth.eternaltwin, {"access_token": token, "token_type": "Bearer"})


def test_in_starlette(server: DevServer) -> None:
    oauth: Any = import_module("authlib.integrations.starlette_client").OAuth()
    register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url=server.url)

    async def login(request: Request) -> Response:
        response: Response = await oauth.eternaltwin.authorize_redirect(request, CALLBACK)
        return response

    async def callback(request: Request) -> Response:
        token = await oauth.eternaltwin.authorize_access_token(request)
        return PlainTextResponse((await aplayer_of(oauth.eternaltwin, token)).display_name)

    app = Starlette(
        routes=[Route("/login", login), Route("/callback", callback)],
        middleware=[Middleware(SessionMiddleware, secret_key="a secret of the game")],
    )
    with asgi_sender(app) as send:
        visitor = Visitor(send)
        location = visitor.get("/login").location
        assert visitor.get(target_of(server.authorize(location, "zoe"))).text == "Zoé"


@pytest.mark.parametrize(("status", "body"), [(503, None), (200, "no JSON"), (200, [])])
def test_responses_without_a_player(server: DevServer, status: int, body: object) -> None:
    app = Flask(__name__)
    oauth: Any = import_module("authlib.integrations.flask_client").OAuth(app)
    register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url=server.url, name="other")
    server.fail_next(status, path="/api/v1/auth/self", body=body)
    with app.test_request_context(), pytest.raises(InvalidTokenError):
        player_of(oauth.other, {"access_token": "x", "token_type": "Bearer"})


def test_another_address_for_the_browser() -> None:
    oauth: Any = import_module("authlib.integrations.starlette_client").OAuth()
    register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url="http://inner:1", public_url="https://outer")
    created = asyncio.run(oauth.eternaltwin.create_authorization_url(CALLBACK))
    assert created["url"].startswith("https://outer/oauth/authorize?")
