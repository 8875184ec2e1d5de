"""No traceback of an adapter for another library shows a code, a token or the game's secret."""

from __future__ import annotations

import asyncio
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from eternaltwin.integrations.authlib import aplayer_of, player_of, register
from eternaltwin.integrations.httpx_oauth import EternaltwinOAuth2 as HTTPXClient
from eternaltwin.integrations.social_core import EternaltwinOAuth2 as SocialBackend
from tests.integrations.test_social_core import Strategy
from tests.support.failing_servers import BEGINNINGS, SECRET, WAYS, interrupting_server
from tests.support.fakes import CALLBACK, CLIENT_ID
from tests.support.servers import ScriptedServer
from tests.support.sockets import free_port
from tests.support.tracebacks import DID_NOT_FAIL, leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = {"access_token": SECRET, "token_type": "Bearer"}


def authlib_calls(url: str) -> Iterator[Callable[[], object]]:
    """Return the calls of the adapter for Authlib, in Flask and in Starlette."""
    app = Flask(__name__)
    oauth: Any = import_module("authlib.integrations.flask_client").OAuth(app)
    register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url=url)

    def in_flask() -> object:
        with app.app_context():
            return player_of(oauth.eternaltwin, dict(TOKEN))

    yield in_flask
    async_oauth: Any = import_module("authlib.integrations.starlette_client").OAuth()
    register(async_oauth, client_id=CLIENT_ID, client_secret=SECRET, url=url)
    yield lambda: asyncio.run(aplayer_of(async_oauth.eternaltwin, dict(TOKEN)))


def httpx_calls(url: str) -> Iterator[Callable[[], object]]:
    """Return the calls of the client for httpx-oauth."""
    client = HTTPXClient(CLIENT_ID, SECRET, url)
    client.refresh_token_endpoint = client.revoke_token_endpoint = client.access_token_endpoint
    yield lambda: asyncio.run(client.get_access_token(SECRET, CALLBACK))
    for method in (client.refresh_token, client.revoke_token, client.get_profile, client.get_id_email):
        yield partial(_run, method)


def _run(method: Any) -> object:
    return asyncio.run(method(SECRET))


def social_calls(url: str) -> Iterator[Callable[[], object]]:
    """Return the calls of the backend for social-auth-core."""
    strategy = Strategy(KEY=CLIENT_ID, SECRET=SECRET, URL=url)
    started = urlsplit(SocialBackend(strategy, CALLBACK).auth_url())
    strategy.query = {"code": SECRET, "state": parse_qs(started.query)["state"][0]}
    backend = SocialBackend(strategy, CALLBACK)
    yield lambda: backend.complete(SECRET)
    yield lambda: backend.auth_complete(SECRET)
    yield lambda: backend.user_data(SECRET)
    yield lambda: backend.do_auth(SECRET)


#: The libraries quote an address and a line of a server in the messages of their errors.
QUOTED = {"not HTTP", "redirect"}

ADAPTERS = {"Authlib": authlib_calls, "httpx-oauth": httpx_calls, "social-auth-core": social_calls}


def leaks_of_calls(adapter: str, url: str) -> list[str]:
    """Return what the tracebacks of all calls of an adapter show."""
    found = [leak for call in ADAPTERS[adapter](url) for leak in leaks_of_failure(call, SECRET)]
    return [leak for leak in found if leak != DID_NOT_FAIL]


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("way", sorted(WAYS.keys() - QUOTED))
def test_no_call_shows_a_secret_when_the_server_fails(adapter: str, way: str) -> None:
    with ScriptedServer(WAYS[way]) as server:
        assert leaks_of_calls(adapter, server.origin) == []


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_no_call_shows_a_secret_when_the_connection_is_refused(adapter: str) -> None:
    assert leaks_of_calls(adapter, f"http://127.0.0.1:{free_port()}") == []


@pytest.mark.parametrize("adapter", ADAPTERS)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_call_shows_a_secret_when_it_is_interrupted_or_cancelled(adapter: str, beginning: str) -> None:
    with interrupting_server(BEGINNINGS[beginning]) as server:
        assert leaks_of_calls(adapter, server.origin) == []


def test_no_registration_shows_a_secret_when_it_fails() -> None:
    oauth: Any = import_module("authlib.integrations.starlette_client").OAuth()
    wrong: list[Callable[[], object]] = [
        lambda: register(oauth, client_id=CLIENT_ID, client_secret=SECRET, url="no address"),
        lambda: HTTPXClient(CLIENT_ID, SECRET, "no address"),
    ]
    assert [leaks_of_failure(call, SECRET) for call in wrong] == [[], []]
