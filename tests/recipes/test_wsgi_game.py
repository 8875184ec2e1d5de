"""Serves the WSGI application of the documentation page about signing in, and signs a player in to it over sockets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from eternaltwin.devserver import DevServer
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import ROOT, program
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (ROOT / "docs" / "login.md").read_text(encoding="utf-8").partition("## A whole example")[2]
CONNECTION, GAME = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[:2]
(SERVE,) = re.findall(r"Serve it with `(wsgiref\.\S+\(.*?\)\.serve_forever\(\))`", PAGE)


class Served(NamedTuple):
    """The running game, and the development server at which its players sign in."""

    url: str
    server: DevServer


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start the game of the page as the page says, with its own port in place of the one on the page."""
    folder = tmp_path_factory.mktemp("wsgi")
    port = str(free_port())
    with DevServer(clock="System") as server:
        server.world.put_client("kingdom_dev", f"http://localhost:{port}/oauth/callback")
        code = f"{CONNECTION}\n{GAME}\nimport wsgiref.simple_server\n{SERVE}"
        moved = code.replace("8000", port).replace("http://127.0.0.1:50320", server.url)
        (folder / "game.py").write_text(moved, encoding="utf-8")
        with program(["game.py"], folder / "log", folder, PYTHONWARNINGS="error") as running:
            wait_until_it_responds(running, f"http://localhost:{port}")
            yield Served(f"http://localhost:{port}", server)


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
