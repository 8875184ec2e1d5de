"""WebSockets of signed-in players, on real sockets.

A test module subclasses `WebSocketScenarios`, and has the fixtures `game`, a `LiveGame`, and `eternaltwin`, its
development server. Its game trusts the origin `FRONT`, and has the WebSockets `/chat`, for players, `/watch`, for
everybody, and `/moderate`, for administrators. Each sends the display name or `guest`, and ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.support.http_browsers import HTTPBrowser, sign_in

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

FRONT = "http://localhost:5173"


def receive(browser: HTTPBrowser, path: str, origin: str | None) -> str:
    """Open a WebSocket, and return its first message, or the code and the reason with which it is closed."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    url = f"ws://{urlsplit(browser.game_url).netloc}{path}"
    sent = None if origin is None else Origin(origin)
    with connect(url, origin=sent, additional_headers={"Cookie": cookie}, proxy=None) as websocket:
        try:
            return str(websocket.recv(timeout=10))
        except ConnectionClosed as exc:
            return "" if exc.rcvd is None else f"{exc.rcvd.code} {exc.rcvd.reason}"


class WebSocketScenarios:
    """The scenarios."""

    @pytest.fixture
    def guest(self, game: LiveGame) -> HTTPBrowser:
        """The browser of somebody who is not signed in."""
        return HTTPBrowser(game.url)

    @pytest.fixture
    def player(self, game: LiveGame, eternaltwin: DevServer) -> HTTPBrowser:
        """The browser of a player."""
        browser = HTTPBrowser(game.url)
        assert sign_in(browser, eternaltwin, eternaltwin.add_user("zoe", "Zoé"), game.login_path) == 303
        return browser

    def test_a_websocket_has_the_player(self, player: HTTPBrowser, guest: HTTPBrowser) -> None:
        for origin in (player.game_url, FRONT):
            assert receive(player, "/chat", origin) == "Zoé"
            assert receive(player, "/watch", origin) == "Zoé"
            assert receive(guest, "/watch", origin) == "guest"

    def test_a_websocket_with_nobody_signed_in_is_closed_with_4401(self, game: LiveGame, guest: HTTPBrowser) -> None:
        seen = len(game.log())
        assert receive(guest, "/chat", guest.game_url) == "4401 Sign in with Eternaltwin first."
        assert receive(guest, "/moderate", guest.game_url) == "4401 Sign in with Eternaltwin first."
        assert "Traceback" not in game.log()[seen:]

    def test_a_websocket_for_administrators_is_closed_with_4403(
        self, game: LiveGame, eternaltwin: DevServer, player: HTTPBrowser
    ) -> None:
        assert receive(player, "/moderate", player.game_url) == "4403 This is for administrators."
        alice = HTTPBrowser(game.url)
        sign_in(alice, eternaltwin, eternaltwin.world.user("alice"), game.login_path)
        assert receive(alice, "/moderate", alice.game_url) == "Alice"

    @pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:5174", "null", None])
    @pytest.mark.parametrize("path", ["/chat", "/watch"])
    def test_a_websocket_of_another_origin_is_refused(
        self, game: LiveGame, player: HTTPBrowser, guest: HTTPBrowser, path: str, origin: str | None
    ) -> None:
        seen = len(game.log())
        for browser in (player, guest):
            with pytest.raises(InvalidStatus) as caught:
                receive(browser, path, origin)
            assert caught.value.response.status_code == 403
        assert "Traceback" not in game.log()[seen:]
