"""Starts every game of the documentation page about other frameworks, and signs a player in to it over sockets."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

from eternaltwin.devserver import DevServer
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import ROOT, program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.long

PAGE = (ROOT / "docs" / "other-frameworks.md").read_text(encoding="utf-8")
GAMES: dict[str, str] = dict(re.findall(r"^```python game=(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
ENVIRONMENT: dict[str, str] = {
    name: value.strip('"') for name, value in re.findall(r"^export (\w+)=(.*)$", PAGE, re.MULTILINE)
}

#: The commands with which the page starts a game, without the name of the program.
COMMANDS = {
    "aiohttp": ["game.py"],
    "bottle": ["-m", "gunicorn", "--bind", "localhost:8000", "game:app"],
    "litestar": ["-m", "uvicorn", "game:app", "--port", "8000", "--no-access-log"],
    "quart": ["-m", "hypercorn", "--bind", "localhost:8000", "game:app"],
}


class Served(NamedTuple):
    """A running game, and the development server at which its players sign in."""

    url: str
    server: DevServer
    log: Path


@contextmanager
def serve(name: str, folder: Path, scheme: str = "http") -> Generator[Served]:
    """Start a game of the page, with its own port in place of the one on the page."""
    port = str(free_port())
    url = f"http://localhost:{port}"
    (folder / "game.py").write_text(GAMES[name].replace("8000", port), encoding="utf-8")
    callback = ENVIRONMENT["ETERNALTWIN_REDIRECT_URI"].replace("8000", port).replace("http:", f"{scheme}:")
    app = {"display_name": "My game", "oauth_callback": callback, "secret": "dev"}
    command = [part.replace("8000", port) for part in COMMANDS[name]]
    with DevServer({"seed": {"app": {"mygame": app}}}, clock="System") as server:
        addresses = {"ETERNALTWIN_REDIRECT_URI": callback, "ETERNALTWIN_URL": server.url}
        variables = {**ENVIRONMENT, **addresses, "PYTHONWARNINGS": "error"}
        with program_in(folder, command, folder / "log", **variables) as running:
            wait_until_it_responds(running, url)
            yield Served(url, server, folder / "log")


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def game(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start a game of the page."""
    name = str(request.param)
    with serve(name, tmp_path_factory.mktemp(name)) as running:
        yield running


def begin(browser: HTTPBrowser) -> str:
    """Press the button, and return the URL at Eternaltwin."""
    status, url, _ = browser.open("/login", browser.fields())
    assert status == 303
    return url


def sign_in(browser: HTTPBrowser, game: Served) -> str:
    """Sign alice in, and return the URL of the callback."""
    callback = game.server.authorize(begin(browser), "alice")
    assert browser.open(callback)[:2] == (303, "/arena")
    return callback


def test_a_player_signs_in_and_out(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    assert browser.open("/arena")[0] == 401
    sign_in(browser, game)
    assert browser.player == "Alice"
    assert str(game.server.world.user("alice").id) in browser.open("/arena")[2]
    assert browser.open("/logout", {})[:2] == (303, "/")
    assert "Sign in with Eternaltwin" in browser.open("/")[2]
    assert browser.open("/arena")[0] == 401


def test_only_a_form_of_the_game_starts_a_sign_in_or_ends_a_session(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    sign_in(browser, game)
    for path in ("/login", "/logout"):
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert browser.open(path, {}, headers)[0] == 403
        assert browser.open(path)[0] in (404, 405)
    assert browser.player == "Alice"


def test_the_cookies_are_protected_and_mark_a_sign_in_as_used(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    url = begin(browser)
    assert browser.lines
    before = dict(browser.cookies)
    assert all("HttpOnly" in line and "samesite=lax" in line.lower() for line in browser.lines)
    browser.open(game.server.authorize(url, "alice"))
    assert all("HttpOnly" in line and "samesite=lax" in line.lower() for line in browser.lines)
    assert {name: browser.cookies.get(name) for name in before} != before


def test_a_failure_is_explained_and_ends_the_sign_in(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    callback = game.server.authorize(begin(browser), "alice")
    refused = re.sub(r"code=[^&]+", "error=access_denied", callback)
    before = dict(browser.cookies)
    status, location, page = browser.open(refused)
    assert (status, location) == (400, "")
    assert "You have not been signed in" in page
    assert "<button>" in page
    assert browser.cookies != before
    assert browser.player is None
    assert browser.open(callback)[0] == 400
    limit = time.monotonic() + 10
    while "access_denied" not in game.log.read_text(encoding="utf-8"):  # Litestar logs in a thread of its own
        assert time.monotonic() < limit
        time.sleep(0.01)


def test_a_callback_in_another_browser_signs_nobody_in(game: Served) -> None:
    callback = game.server.authorize(begin(HTTPBrowser(game.url)), "alice")
    other = HTTPBrowser(game.url)
    status, _, page = other.open(callback)
    assert status == 400
    assert "another browser" in page
    assert other.player is None


def test_a_callback_that_is_opened_again_leads_on_who_is_signed_in(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    callback = sign_in(browser, game)
    assert browser.open(callback)[:2] == (303, "/arena")
    assert browser.player == "Alice"


def test_a_cookie_with_a_name_that_frameworks_strip_is_not_a_sign_in(game: Served) -> None:
    victim, attacker = HTTPBrowser(game.url), HTTPBrowser(game.url)
    callback = game.server.authorize(begin(attacker), "alice")
    victim.cookies = {f"\x85{name}": value for name, value in attacker.cookies.items()}
    assert victim.open(callback)[0] == 400
    victim.cookies = dict(attacker.cookies)
    assert victim.open(callback)[0] == 303


def test_a_session_that_was_changed_is_none(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    sign_in(browser, game)
    browser.cookies = {name: value[:-8] + "AAAAAAAA" for name, value in browser.cookies.items()}
    assert browser.player is None


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_with_https_no_other_host_can_set_the_session_cookie(name: str, tmp_path: Path) -> None:
    with serve(name, tmp_path, "https") as game:
        browser = HTTPBrowser(game.url)
        _, url, _ = browser.open("/login", {}, {"Sec-Fetch-Site": "same-origin"})
        assert browser.open(game.server.authorize(url, "alice"))[0] == 303
        assert any(line.startswith("__Host-session=") for line in browser.lines)
        assert all("Secure" in line for line in browser.lines)
        assert browser.player == "Alice"


def test_no_log_contains_a_code(game: Served) -> None:
    browser = HTTPBrowser(game.url)
    callback = sign_in(browser, game)
    code = re.search(r"code=([^&]+)", callback)
    assert code is not None
    assert code[1] not in game.log.read_text(encoding="utf-8")
