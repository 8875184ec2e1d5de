"""The example game of Django: started by a developer, and played by many players at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.examples.games import eternaltwin, served
from tests.support.http_browsers import HTTPBrowser, sign_in, sign_in_at_once, wait_until_it_responds
from tests.support.programs import program
from tests.support.redis_server import redis_server
from tests.support.sockets import free_port, listen_on_free_port, port_of

if TYPE_CHECKING:
    from pathlib import Path

LOGIN = "/eternaltwin/login/"


@pytest.mark.long
def test_one_command_starts_the_game(tmp_path: Path) -> None:
    port, eternaltwin_port = free_port(), free_port()
    options = ["--port", str(port), "--eternaltwin-port", str(eternaltwin_port)]
    log = tmp_path / "log"
    with program(["-m", "examples.django_game", *options], log) as running:
        wait_until_it_responds(running, f"http://localhost:{port}")
        page = HTTPBrowser(f"http://localhost:{port}").open("/")[2]
        assert "Zoé la Grande" in page
        assert "Sign in with Eternaltwin" in page
        assert 'value="/"' in page
        browser = HTTPBrowser(f"http://localhost:{port}")
        authorize_url = browser.open(LOGIN, browser.fields())[1]
        assert authorize_url.startswith(f"http://127.0.0.1:{eternaltwin_port}/oauth/authorize?")
        assert HTTPBrowser(authorize_url).open(authorize_url)[1].startswith("/login?next=")
    assert running.returncode == 0, log.read_text()
    assert f"Play at        http://localhost:{port}" in log.read_text()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with closing(listen_on_free_port()) as listener:
        port = str(port_of(listener))
        log = tmp_path / "log"
        with program(["-m", "examples.django_game", "--eternaltwin-port", port], log) as running:
            assert running.wait(30) == 1
    assert f"port {port} of 127.0.0.1 is taken" in log.read_text()


@pytest.mark.load
def test_two_hundred_players_at_once(tmp_path: Path) -> None:
    port = free_port()
    with (
        redis_server(tmp_path) as redis_url,
        eternaltwin("django", port) as server,
        served("django", server, port, tmp_path, REDIS_URL=redis_url) as game,
    ):
        players = [server.add_user(f"player_{number}", f"Player {number}") for number in range(200)]
        browsers = sign_in_at_once(game.url, server, players, LOGIN)
        for browser in browsers[:20]:
            assert browser.open("/roll/", browser.fields())[0] == 302
        server.world.rename(players[0].id, "Somebody else")
        assert sign_in(browsers[0], server, players[0], LOGIN) == 303
        assert browsers[0].player == "Somebody else"
    assert len({browser.cookies["sessionid"] for browser in browsers}) == 200
    check_tables(tmp_path / "dice.sqlite3", {player.id.hex: player.display_name for player in players[1:]})
    log = (tmp_path / "log").read_text()
    assert log.count('"GET /eternaltwin/callback/ HTTP/1.1" 303') == 201
    assert "state=" not in log
    assert "code=" not in log


def check_tables(path: Path, names: dict[str, str]) -> None:
    """Check that every player has one account, one user, and the right name."""
    with closing(sqlite3.connect(path)) as database:
        select = "SELECT identifier, user_id, display_name FROM eternaltwin_eternaltwinaccount"
        accounts = database.execute(select).fetchall()
        users = {row[0] for row in database.execute("SELECT id FROM auth_user")}
        throws = database.execute("SELECT COUNT(*), COUNT(DISTINCT player_id) FROM dice_throw").fetchone()
        used = database.execute("SELECT COUNT(*) FROM eternaltwin_usedlogin").fetchone()
    assert len(accounts) == 200
    assert {user for _, user, _ in accounts} == users
    assert {identifier: name for identifier, _, name in accounts if name != "Somebody else"} == names
    assert throws == (20, 20)
    assert used == (0,)  # they are in Redis


def test_guests_are_redirected_to_the_button(tmp_path: Path) -> None:
    port = free_port()
    with eternaltwin("django", port) as server, served("django", server, port, tmp_path) as game:
        browser = HTTPBrowser(game.url)
        fields = browser.fields()
        status, location, _ = browser.open("/roll/", fields)
        assert (status, location) == (302, "/eternaltwin/login/?next=/roll/")
        assert "Sign in with Eternaltwin" in browser.open(location)[2]
        assert browser.open("/eternaltwin/failed/expired/")[0] == 400
