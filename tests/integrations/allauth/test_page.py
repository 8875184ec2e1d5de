"""Follows every step of the documentation page about django-allauth, and signs a player in to the resulting game."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from tests.support.django_projects import DjangoProject
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import ROOT, program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "allauth.md").read_text(encoding="utf-8")
FILES: dict[str, str] = dict(re.findall(r"^```python allauth=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
BLOCKS: dict[str, str] = dict(re.findall(r"^```(toml|django)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    """Start the development server with the configuration of the page."""
    config = tmp_path_factory.mktemp("server") / "eternaltwin.toml"
    config.write_text(BLOCKS["toml"], encoding="utf-8")
    with DevServer(config, clock="System") as running:
        yield running


@pytest.fixture(scope="module")
def game(tmp_path_factory: pytest.TempPathFactory, server: DevServer) -> DjangoProject:
    """Create the game of the page, and migrate its database."""
    game = DjangoProject(tmp_path_factory.mktemp("mygame"), free_port(), server.url)
    server.world.put_client("mygame", f"{game.url}/accounts/eternaltwin/login/callback/")
    game.start()
    game.write("mygame/settings.py", FILES["mygame/settings.py"])
    game.write("mygame/urls.py", FILES["mygame/urls.py"])
    game.write("templates/home.html", BLOCKS["django"])
    game.manage("migrate")
    return game


def test_a_player_signs_in_to_the_game_of_the_page(game: DjangoProject, server: DevServer) -> None:
    assert "no issues" in game.manage("check")
    run = ["manage.py", "runserver", "--noreload", f"localhost:{game.port}"]
    with program_in(game.folder, run, game.folder / "log") as running:
        wait_until_it_responds(running, game.url)
        browser = HTTPBrowser(game.url)
        home = browser.open("/")[2]
        login_path = re.search(r'action="([^"]*)"', home)
        assert login_path is not None
        callback = server.authorize(browser.open(login_path[1], browser.fields())[1], "zoe")
        assert browser.open(callback)[:2] == (302, "/")
        assert "Hello Zoe!" in browser.open("/")[2]
        browser.open("/accounts/logout/", browser.fields())
        assert "Sign in with Eternaltwin" in browser.open("/")[2]
        status, failed, _ = browser.open(callback)
        assert (status, failed) == (303, "/accounts/eternaltwin/login/failed/other-browser/")
        assert "another browser" in browser.open(failed)[2]
    log = (game.folder / "log").read_text(encoding="utf-8")
    assert "code=[hidden]" in log


def test_the_production_settings_are_valid(game: DjangoProject) -> None:
    settings = game.folder / "mygame" / "settings.py"
    before = settings.read_text(encoding="utf-8")
    game.write("mygame/settings.py", FILES["production"])
    try:
        valid = game.manage("check", SECRET_KEY="x" * 50, ETERNALTWIN_CLIENT_SECRET="a secret")
        assert "no issues" in valid
    finally:
        settings.write_text(before, encoding="utf-8")
