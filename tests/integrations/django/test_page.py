"""Follows every step of the documentation page about Django, and signs a player in to the resulting game."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import ROOT, program
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "django.md").read_text(encoding="utf-8").partition("## A game in five steps")[2]
BLOCKS: list[tuple[str, str]] = re.findall(r"^```([^\n]*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SETTINGS, URLS, PRODUCTION_SETTINGS = [code for kind, code in BLOCKS if kind == "py"][:3]


@dataclass
class Game:
    """The game of the page.

    Attributes:
        folder: The folder with `manage.py`.
        port: Its port, in place of the one on the page.
        eternaltwin_port: The port of the development server, in place of the one on the page.
    """

    folder: Path
    port: int
    eternaltwin_port: int

    def write(self, path: str, code: str) -> None:
        """Append a code block of the page to a file."""
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        moved = code.replace(":8000", f":{self.port}").replace(":50320", f":{self.eternaltwin_port}")
        with file.open("a", encoding="utf-8") as opened:
            opened.write(moved)

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run `manage.py` and return its output."""
        log = self.folder / "log"
        with program([str(self.folder / "manage.py"), *arguments], log, **variables) as running:
            assert running.wait(60) == 0, log.read_text()
        return log.read_text()


def block(kind: str) -> str:
    """Return the first code block of a kind."""
    return next(code for found, code in BLOCKS if found == kind)


@pytest.fixture
def game(tmp_path: Path) -> Game:
    """Create the game, and migrate its database."""
    folder = tmp_path / "mygame"
    folder.mkdir()
    with program(["-m", "django", "startproject", "mygame", str(folder)], tmp_path / "log") as running:
        assert running.wait(60) == 0
    game = Game(folder, free_port(), free_port())
    game.write("eternaltwin.toml", block("toml"))
    game.write("mygame/settings.py", SETTINGS)
    (folder / "mygame" / "urls.py").unlink()
    game.write("mygame/urls.py", URLS)
    game.write("templates/home.html", block("django"))
    game.manage("migrate")
    return game


def click(page: str, name: str) -> dict[str, str]:
    """Return the fields that the form of a page sends when the button of a player is clicked."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    (button,) = (text for text in page.split("<button")[1:] if f"<bdi>{name}</bdi>" in text)
    (value,) = re.findall(r'name="player" value="([^"]+)"', button)
    return {field: unescape(text) for field, text in fields} | {"player": value}


def test_a_player_signs_in_to_the_game_of_the_page(game: Game, tmp_path: Path) -> None:
    assert "no issues" in game.manage("check")
    serve = ["-m", "eternaltwin", "serve", "--config", str(game.folder / "eternaltwin.toml")]
    run = [str(game.folder / "manage.py"), "runserver", "--noreload", f"localhost:{game.port}"]
    url, eternaltwin_url = f"http://localhost:{game.port}", f"http://127.0.0.1:{game.eternaltwin_port}"
    with (
        program([*serve, "--port", str(game.eternaltwin_port)], tmp_path / "server") as eternaltwin_running,
        program(run, tmp_path / "game") as game_running,
    ):
        wait_until_it_responds(game_running, url)
        wait_until_it_responds(eternaltwin_running, eternaltwin_url)
        browser, eternaltwin = HTTPBrowser(url), HTTPBrowser(eternaltwin_url)
        authorize_url = browser.open("/eternaltwin/login/", browser.fields())[1]
        login_page = eternaltwin.open(eternaltwin.open(authorize_url)[1])[2]
        back = eternaltwin.open("/login", click(login_page, "Zoe"))[1]
        callback = eternaltwin.open(back)[1]
        assert callback.startswith(f"{url}/eternaltwin/callback/?")
        assert browser.open(callback)[:2] == (303, "/")
        assert "Hello Zoe!" in browser.open("/")[2]
        browser.open("/eternaltwin/logout/", browser.fields())
        assert "Sign in with Eternaltwin" in browser.open("/")[2]


def test_the_production_settings_are_valid(game: Game) -> None:
    assert "eternaltwin.W102" in game.manage("check", "--deploy", "--tag", "security")
    game.write("mygame/settings.py", PRODUCTION_SETTINGS)
    secrets = {
        "SECRET_KEY": "only for this test, of more than 32 bytes",
        "ETERNALTWIN_CLIENT_SECRET": "only for this test",
    }
    assert "eternaltwin." not in game.manage("check", "--deploy", "--tag", "security", **secrets)
