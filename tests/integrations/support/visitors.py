"""A simulated browser of a player, for a game of any framework."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserLike

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class GameResponse(NamedTuple):
    """A response of a game."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        """Return the only value of a header, or an empty string."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, found
        return found[0] if found else ""

    @property
    def location(self) -> str:
        return self.header("location")


class Send(Protocol):
    """Sends a request to a game, without keeping cookies."""

    def __call__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse: ...


def target_of(url: str) -> str:
    """Return the path and the query of a URL."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Visitor:
    """A simulated browser.

    Attributes:
        send: Function that sends its requests to the game.
        prefix: Path below which the game has the routes.
        cookies: Cookies that it sends.
        seen: Last `Set-Cookie` of each cookie.
    """

    send: Send
    prefix: str = "/eternaltwin"
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, Morsel[str]] = field(default_factory=dict[str, Morsel[str]])

    def get(self, target: str, headers: dict[str, str] | None = None) -> GameResponse:
        return self.exchange("GET", target, headers or {}, b"")

    def post(
        self, target: str, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> GameResponse:
        """Send a POST request with a form, without headers about its origin."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.exchange("POST", target, sent, urlencode(data or {}).encode())

    def submit(self, target: str, data: dict[str, str] | None = None) -> GameResponse:
        """Send a POST request with a form, as from a page of the game."""
        return self.post(target, data, SAME_ORIGIN)

    def exchange(self, method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
        """Send a request with the cookies, and keep those of the response."""
        if self.cookies:
            headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        response = self.send(method, target, headers, body)
        for name, value in response.headers:
            if name.lower() == "set-cookie":
                self._keep(SimpleCookie(value))
        return response

    def _keep(self, given: SimpleCookie) -> None:
        for name, morsel in given.items():
            self.seen[name] = morsel
            if morsel["max-age"] == "0" or "1970" in morsel["expires"]:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.coded_value

    def begin(self, next: str = "", process: str = "") -> str:
        """Press the button, and return the URL at Eternaltwin."""
        fields = {name: value for name, value in {"next": next, "process": process}.items() if value}
        response = self.submit(f"{self.prefix}/login", fields)
        assert response.status == 303, response
        return response.location

    def callback_of(self, server: DevServer, player: UserLike, next: str = "", process: str = "") -> str:
        """Press the button and sign in at Eternaltwin, and return the callback's path and query."""
        return target_of(server.authorize(self.begin(next, process), player))

    def sign_in(self, server: DevServer, player: UserLike, next: str = "", process: str = "") -> GameResponse:
        """Sign in, and return the response of the callback."""
        return self.get(self.callback_of(server, player, next, process))

    def fail(self, target: str) -> tuple[str, GameResponse]:
        """Open a callback that fails, and return the kind of the failure and its page."""
        response = self.get(target)
        assert response.status == 303, response
        word = urlsplit(response.location).path.removeprefix(f"{self.prefix}/failed/")
        return word, self.get(response.location)

    def player(self) -> str | None:
        """Return the display name of the signed-in player on the front page, or None."""
        found = re.search(r'id="player">([^<]*)<', self.get("/").text)
        return found[1] if found else None
