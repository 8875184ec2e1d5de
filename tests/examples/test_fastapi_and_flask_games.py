"""The example games of FastAPI and Flask, started by their own command, and on production servers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.examples.games import eternaltwin, served
from tests.support.http_browsers import HTTPBrowser, sign_in, sign_in_at_once, wait_until_it_responds
from tests.support.programs import program
from tests.support.redis_server import redis_server
from tests.support.sockets import free_port, listen_on_free_port, port_of

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = "/eternaltwin/login"

FRAMEWORKS = pytest.mark.parametrize("framework", ["fastapi", "flask"])


@pytest.mark.long
@FRAMEWORKS
def test_one_command_starts_it_all(tmp_path: Path, framework: str) -> None:
    port, eternaltwin_port = free_port(), free_port()
    options = ["--port", str(port), "--eternaltwin-port", str(eternaltwin_port)]
    log = tmp_path / "log"
    with program(["-m", f"examples.{framework}_game", *options], log) as running:
        wait_until_it_responds(running, f"http://localhost:{port}")
        browser = HTTPBrowser(f"http://localhost:{port}")
        page = browser.open("/")[2]
        assert "Zoé la Grande" in page
        assert "Sign in with Eternaltwin" in page
        url = browser.open(LOGIN, browser.fields())[1]
        assert url.startswith(f"http://127.0.0.1:{eternaltwin_port}/oauth/authorize?")
        assert HTTPBrowser(url).open(url)[1].startswith("/login?next=")
    assert running.returncode == 0, log.read_text()
    assert f"Play at        http://localhost:{port}" in log.read_text()


@FRAMEWORKS
def test_a_port_that_is_taken(tmp_path: Path, framework: str) -> None:
    with closing(listen_on_free_port()) as listener:
        port = str(port_of(listener))
        log = tmp_path / "log"
        with program(["-m", f"examples.{framework}_game", "--eternaltwin-port", port], log) as running:
            assert running.wait(30) == 1
    assert f"port {port} of 127.0.0.1 is taken" in log.read_text()


@FRAMEWORKS
def test_a_day_of_a_player(tmp_path: Path, framework: str) -> None:
    port = free_port()
    with eternaltwin(framework, port) as server, served(framework, server, port, tmp_path) as game:
        zoe = server.add_user("zoe", "Zoé (la vraie)")
        browser = HTTPBrowser(game.url)
        assert browser.open("/roll", {})[0] == 401
        status, location, page = browser.open("/eternaltwin/failed/expired")
        assert (status, location) == (400, "")
        assert 'class="card"' in page
        assert sign_in(browser, server, zoe, LOGIN) == 303
        assert "Your dice are waiting" in browser.open("/")[2]
        assert browser.open("/roll", {})[:2] == (303, "/?thrown")
        page = browser.open("/?thrown")[2]
        assert "These are your dice of today" in page
        assert browser.open("/roll", {})[0] == 303
        assert browser.open("/?thrown")[2] == page
        assert browser.open("/eternaltwin/logout", {})[0] == 303
        assert browser.player is None
        if framework == "fastapi":
            assert browser.open("/api/table")[0] == 401
            assert "securitySchemes" in browser.open("/openapi.json")[2]


@pytest.mark.load
@FRAMEWORKS
def test_two_hundred_players_at_once(tmp_path: Path, framework: str) -> None:
    port = free_port()
    with (
        redis_server(tmp_path) as redis_url,
        eternaltwin(framework, port) as server,
        served(framework, server, port, tmp_path, REDIS_URL=redis_url) as game,
    ):
        players = [server.add_user(f"player_{number}", f"Player {number}") for number in range(200)]
        browsers = sign_in_at_once(game.url, server, players, LOGIN)
        for browser in browsers[:20]:
            assert browser.open("/roll", {})[0] == 303
        server.world.rename(players[0].id, "Somebody else")
        assert sign_in(browsers[0], server, players[0], LOGIN) == 303
        assert browsers[0].player == "Somebody else"
    assert len({tuple(browser.cookies.values()) for browser in browsers}) == 200
    names = {str(player.id): player.display_name for player in players} | {str(players[0].id): "Somebody else"}
    with closing(sqlite3.connect(tmp_path / "dice.sqlite3")) as database:
        assert dict(database.execute("SELECT identifier, display_name FROM players")) == names
        throws = database.execute("SELECT identifier FROM throws").fetchall()
    assert sorted(throws) == sorted((str(player.id),) for player in players[:20])
    log = (tmp_path / "log").read_text()
    assert log.count('"GET /eternaltwin/callback HTTP/1.1" 303') == 201
    assert "state=" not in log
    assert "code=" not in log


def test_a_front_end_on_another_port_reads_the_table(tmp_path: Path) -> None:
    port, front = free_port(), "http://localhost:5173"
    with (
        eternaltwin("fastapi", port) as server,
        served("fastapi", server, port, tmp_path, TRUSTED_ORIGINS=front) as game,
    ):
        for path in ("/api/table", "/eternaltwin/me"):
            for origin in (front, "http://evil.example"):
                connection = HTTPConnection(urlsplit(game.url).netloc, timeout=30)
                with closing(connection):
                    connection.request("GET", path, headers={"Origin": origin, "Accept": "application/json"})
                    response = connection.getresponse()
                    assert response.status == 401
                    assert response.getheader("Access-Control-Allow-Origin") == (front if origin == front else None)
                    assert "Sign in with Eternaltwin first." in response.read().decode()
