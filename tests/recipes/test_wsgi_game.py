"""Serves the WSGI application of the documentation page about signing in, and signs a player in to it over sockets."""

from __future__ import annotations

import re
from threading import Thread
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple, cast
from wsgiref.simple_server import make_server

import pytest

from eternaltwin import configure
from eternaltwin.devserver import DevServer
from tests.support.http_browsers import HTTPBrowser
from tests.support.programs import ROOT
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication

PAGE = (ROOT / "docs" / "login.md").read_text(encoding="utf-8").partition("## A whole example")[2]
CONNECTION, GAME = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[:2]


class Served(NamedTuple):
    """The running game, and the development server at which its players sign in."""

    url: str
    server: DevServer


@pytest.fixture(scope="module")
def game() -> Iterator[Served]:
    """Serve the game of the page with the server that the page names, and with its own port."""
    port = str(free_port())
    url = f"http://localhost:{port}"
    with DevServer(clock="System") as server:
        server.world.put_client("kingdom_dev", f"{url}/oauth/callback")
        moved = f"{CONNECTION}\n{GAME}".replace("8000", port).replace("http://127.0.0.1:50320", server.url)
        namespace: dict[str, object] = {}
        FunctionType(compile(moved, "login.md", "exec"), namespace)()
        with make_server("localhost", int(port), cast("WSGIApplication", namespace["game"])) as running:
            thread = Thread(target=running.serve_forever, args=(0.05,))
            thread.start()
            yield Served(url, server)
            running.shutdown()
            thread.join()
        configure()


def test_a_player_signs_in_once(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    status, url, _ = browser.open("/login", {})
    assert status == 303
    callback = game.server.authorize(url, "alice")
    status, _, page = HTTPBrowser(game.url).open(callback)
    assert status == 400
    assert "another browser" in page
    assert browser.open(callback)[:2] == (303, "/arena")
    assert browser.open(callback)[0] == 400


def test_only_a_form_of_the_game_starts_a_sign_in(game: Served) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert HTTPBrowser(game.url).open("/login", {}, headers)[0] == 200
    assert HTTPBrowser(game.url).open("/login")[0] == 200
