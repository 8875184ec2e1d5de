"""Browsers that are plain HTTP clients, and the sign-ins of one player or many with them."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Barrier
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord

_FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_PLAYER = re.compile(r'id="player">([^<]*)<')


@dataclass
class HTTPBrowser:
    """The parts of a browser that a sign-in requires: cookies, and forms.

    Attributes:
        game_url: URL of the game.
        cookies: Cookies that the game has set.
        lines: Headers `Set-Cookie` of the last response.
    """

    game_url: str
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    lines: list[str] = field(default_factory=list[str])

    def open(
        self, path: str, form: dict[str, str] | None = None, origin: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Send a GET request, or a POST request with a form, and return the status, `Location` and body.

        Args:
            path: A path of the game, or a URL.
            form: Fields of the form. None for a GET request.
            origin: Headers about the origin of the form. None for those of a page of the game.
        """
        address = urlsplit(urljoin(self.game_url, path))
        connection = HTTPConnection(address.netloc, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", **(origin or {"Origin": self.game_url})}
        try:
            target = f"{address.path or '/'}?{address.query}"
            connection.request(
                "GET" if form is None else "POST", target, urlencode(form) if form is not None else None, headers
            )
            response = connection.getresponse()
            self._keep(response.headers.get_all("Set-Cookie") or [])
            return response.status, response.getheader("Location") or "", response.read().decode()
        finally:
            connection.close()

    def _keep(self, lines: list[str]) -> None:
        self.lines = lines
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]

    def fields(self, path: str = "/") -> dict[str, str]:
        """Return the hidden fields of the first form of a page, such as its CSRF token."""
        page = self.open(path)[2].partition("<form")[2].partition("</form>")[0]
        return {name: unescape(value) for name, value in _FIELD.findall(page)}

    @property
    def player(self) -> str | None:
        """Display name of the signed-in player on the front page, or None."""
        found = _PLAYER.search(self.open("/")[2])
        return unescape(found[1]) if found else None


def sign_in(browser: HTTPBrowser, server: DevServer, player: UserRecord, login_path: str) -> int:
    """Press the button, sign in at Eternaltwin, and return the status of the callback."""
    status, url, body = browser.open(login_path, browser.fields())
    assert status == 303, body
    return browser.open(server.authorize(url, player))[0]


def sign_in_at_once(
    game_url: str, server: DevServer, players: Sequence[UserRecord], login_path: str
) -> list[HTTPBrowser]:
    """Sign in all players at once, check that each is signed in, and return their browsers."""
    start = Barrier(len(players))

    def play(player: UserRecord) -> HTTPBrowser:
        browser = HTTPBrowser(game_url)
        start.wait()
        assert sign_in(browser, server, player, login_path) == 303
        assert browser.player == player.display_name
        return browser

    with ThreadPoolExecutor(len(players)) as pool:
        return list(pool.map(play, players))


def wait_until_it_responds(running: subprocess.Popen[bytes], url: str) -> None:
    """Wait until a program that is starting responds to requests, for 30 seconds at most.

    The program opens its socket itself, without a signal to wait for. Between two attempts, the only event is its end.
    """
    for _ in range(600):
        if _responds(url):
            return
        with suppress(subprocess.TimeoutExpired):
            running.wait(0.05)
            break
    raise AssertionError(f"{url} does not respond; the program has the status {running.poll()}")


def _responds(url: str) -> bool:
    try:
        HTTPBrowser(url).open("/")
    except OSError:
        return False
    return True
