"""Many players who sign in to a game at once, each with their own HTTP client."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
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
class Browser:
    """The parts of a browser that a sign-in requires: cookies, and forms.

    Attributes:
        game_url: URL of the game.
        cookies: Cookies that the game has set.
    """

    game_url: str
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Send a GET request, or a POST request with a form, and return the status, `Location` and body."""
        address = urlsplit(urljoin(self.game_url, path))
        connection = HTTPConnection(address.netloc, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.game_url}
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

    def _keep(self, lines: Sequence[str]) -> None:
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


def sign_in(browser: Browser, server: DevServer, player: UserRecord, login_path: str) -> int:
    """Press the button, sign in at Eternaltwin, and return the status of the callback."""
    status, url, body = browser.open(login_path, browser.fields())
    assert status == 303, body
    return browser.open(server.authorize(url, player))[0]


def all_at_once(game_url: str, server: DevServer, players: Sequence[UserRecord], login_path: str) -> list[Browser]:
    """Sign in all players at once, check that each is signed in, and return their browsers."""
    start = Barrier(len(players))

    def play(player: UserRecord) -> Browser:
        browser = Browser(game_url)
        start.wait()
        assert sign_in(browser, server, player, login_path) == 303
        assert browser.player == player.display_name
        return browser

    with ThreadPoolExecutor(len(players)) as pool:
        return list(pool.map(play, players))


def wait_until_it_answers(url: str, seconds: float = 30) -> None:
    """Wait until a server that is starting responds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            Browser(url).open("/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"{url} does not respond")
