"""Stories in a real browser, for the games of `account_scenarios`, which are served on sockets.

A test module subclasses the classes, has the mark `browser`, and has the fixtures of each class. The fixture `browser`
is in `tests/integrations/conftest.py`. Beyond what `account_scenarios` requires, the front page has the display name of
the player in `#player`, or `#guest`, the name of the game's own player in `#own`, a field "Name" with a button "Enter",
and a button "Disconnect". A game with `has_socket` has a WebSocket `/chat` for players, which sends the display name.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from eternaltwin import exceptions
from tests.integrations.support.browser_scenarios import TIMEOUT, Visit, check_failed, press
from tests.integrations.support.visitors import target_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Page

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

#: The page of a front end, which knows the address of the game, and what its paths end with.
FRONT_END = """<!doctype html><html lang="en"><title>Front end</title><main></main>
<script type="module">
const game = "{game}";
const main = document.querySelector("main");
const call = (path, options) => fetch(game + path, {{
  credentials: "include",
  headers: {{"Accept": "application/json", "Content-Type": "application/json"}},
  ...options,
}});
const lead = async (path, content) => {{
  const response = await call(path, {{method: "POST", body: JSON.stringify(content)}});
  location.assign((await response.json()).url);
}};
const show = (id, text, label, onclick) => {{
  main.innerHTML = `<p id="${{id}}"></p><button>${{label}}</button>`;
  main.querySelector("p").textContent = text;
  main.querySelector("button").onclick = onclick;
}};
const response = await call("/eternaltwin/me{slash}");
const body = await response.json();
if (response.status === 401) {{
  show("guest", body.error, "Play", () => lead("/eternaltwin/login{slash}", {{next: location.href}}));
}} else {{
  const left = location.origin + "/left";
  show("player", body.display_name, "Leave", () => lead("/eternaltwin/logout{slash}", {{next: left}}));
}}
{socket}</script></html>
"""

#: What the page does with a game that has a WebSocket.
SOCKET = """const socket = new WebSocket(game.replace("http", "ws") + "/chat");
const heard = document.createElement("p");
heard.id = "heard";
socket.onmessage = (event) => { heard.textContent = event.data; main.append(heard); };
socket.onclose = (event) => { if (!heard.textContent) { heard.textContent = event.code; main.append(heard); } };
"""


@contextmanager
def front_end(*, has_socket: bool = True) -> Generator[FrontEndServer]:
    """Serve the page of a front end on a port of its own. Its server has to know the game."""
    server = FrontEndServer(("127.0.0.1", 0), FrontEndPage)
    server.socket_script = SOCKET if has_socket else ""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class FrontEndServer(ThreadingHTTPServer):
    """The server of a front end.

    Attributes:
        game: The URL of the game.
        slash: What the paths of the game end with.
        socket_script: The part of the page that opens a WebSocket.
    """

    game = ""
    slash = ""
    socket_script = ""


class FrontEndPage(BaseHTTPRequestHandler):
    """Sends the page for every path."""

    def do_GET(self) -> None:
        """Send the page."""
        front = self.server
        assert isinstance(front, FrontEndServer)
        body = FRONT_END.format(game=front.game, slash=front.slash, socket=front.socket_script).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def read(page: Page, selector: str) -> str:
    """Wait for an element, and return its text."""
    element = page.locator(selector)
    element.wait_for()
    return element.inner_text()


class FrontEndStories:
    """A front end on another port, which the fixture `front` serves, and which the game trusts."""

    has_socket = True

    def test_a_front_end_on_another_port_signs_in_and_out(
        self, browser: Browser, game: LiveGame, eternaltwin: DevServer, front: str
    ) -> None:
        zoe = str(eternaltwin.add_user("zoe", "Zoé la Grande").id)
        context = browser.new_context()
        visit = Visit(context, game)
        page = context.new_page()
        page.goto(f"{front}/arena?round=2")
        assert read(page, "#guest") == "Sign in with Eternaltwin first."
        self.check_heard(page, "4401")
        press(page, "Play")
        visit.pick(page, zoe)
        assert read(page, "#player") == "Zoé la Grande"
        assert page.url == f"{front}/arena?round=2"
        self.check_heard(page, "Zoé la Grande")
        press(page, "Leave")
        read(page, "#guest")
        assert page.url == f"{front}/left"
        context.close()

    def check_heard(self, page: Page, expected: str) -> None:
        """Check what the page has received on its WebSocket."""
        if self.has_socket:
            assert read(page, "#heard") == expected

    def test_a_page_of_another_port_that_is_not_trusted_reads_nothing(
        self, browser: Browser, game: LiveGame, front: str
    ) -> None:
        context = browser.new_context()
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        stranger = front.replace("127.0.0.1", "localhost")
        page.goto(stranger)
        login_path = game.login_path
        for method, name in (("GET", "me"), ("POST", "login"), ("POST", "logout")):
            outcome = page.evaluate(
                "([url, method]) => fetch(url, {method, credentials: 'include',"
                " headers: {'Content-Type': 'application/json'}}).then(() => 'read', () => 'refused')",
                [f"{game.url}{login_path.replace('login', name)}", method],
            )
            assert outcome == "refused"
        if self.has_socket:
            self.check_refused_socket(page, game)
        context.close()

    def check_refused_socket(self, page: Page, game: LiveGame) -> None:
        """Check that the page cannot open a WebSocket."""
        code = page.evaluate(
            "url => new Promise(resolve => { const socket = new WebSocket(url);"
            " socket.onmessage = () => resolve('read'); socket.onclose = event => resolve(event.code); })",
            f"{game.url.replace('http', 'ws')}/chat",
        )
        assert code == 1006  # the handshake failed


class ConnectStories:
    """A player with a password, who connects an account."""

    @pytest.fixture
    def page(self, browser: Browser, game: LiveGame) -> Iterator[Page]:
        """The front page of the game, for a player who has entered with a password."""
        context = browser.new_context()
        context.set_default_timeout(TIMEOUT)
        page = context.new_page()
        self.enter(page, game, "old player")
        yield page
        context.close()

    def enter(self, page: Page, game: LiveGame, name: str) -> None:
        """Enter with a password."""
        page.goto(f"{game.url}/")
        page.get_by_label("Name").fill(name)
        press(page, "Enter")
        page.get_by_text(name).wait_for()

    def connect(self, page: Page, player: str) -> None:
        """Press the button, and choose an account."""
        press(page, "Connect with Eternaltwin")
        page.locator(f'button[name=player][value="{player}"]').click()

    def test_connect_and_disconnect(self, page: Page, browser: Browser, game: LiveGame, eternaltwin: DevServer) -> None:
        zoe = str(eternaltwin.add_user("zoe", "Zoé").id)
        self.connect(page, zoe)
        assert read(page, "#player") == "Zoé"
        assert read(page, "#own") == "old player"
        press(page, "Disconnect")
        assert read(page, "#own") == "old player"
        elsewhere = Visit(browser.new_context(), game).sign_in(zoe)
        assert read(elsewhere, "#own") == "Zoé"  # somebody new
        elsewhere.context.close()

    def test_an_account_that_is_taken_has_a_page_that_says_so(
        self, page: Page, browser: Browser, game: LiveGame, eternaltwin: DevServer
    ) -> None:
        yan = str(eternaltwin.add_user("yan", "Yan").id)
        Visit(browser.new_context(), game).sign_in(yan).context.close()
        self.connect(page, yan)
        check_failed(page, exceptions.AccountTakenError)
        page.goto(f"{game.url}/")
        assert read(page, "#own") == "old player"
        assert page.locator("#guest").count() == 1


class StaleCallbackStories:
    """A callback from the history of a browser, in the game of `browser_scenarios`."""

    def test_a_stale_callback_leads_a_signed_in_player_on(
        self, browser: Browser, game: LiveGame, eternaltwin: DevServer
    ) -> None:
        zoe = str(eternaltwin.add_user("zoe", "Zoé").id)
        context = browser.new_context()
        visit = Visit(context, game)
        page = visit.sign_in(zoe, "/arena/first/?round=2")
        page.goto(f"{game.url}/")
        page.goto(visit.callbacks[0])
        assert read(page, "#player") == "Zoé"
        assert target_of(page.url) == "/arena/first/?round=2"
        assert page.get_by_role("alert").count() == 0
        context.close()


class DomainStories:
    """A game on the four domains of the fixture `origins`, the first of which has the registered callback."""

    def test_each_domain_signs_in_by_the_same_callback(
        self, browser: Browser, game: LiveGame, eternaltwin: DevServer, origins: list[str]
    ) -> None:
        zoe = str(eternaltwin.add_user("zoe", "Zoé").id)
        for origin in origins:
            context = browser.new_context()
            visit = Visit(context, game)
            page = context.new_page()
            page.goto(f"{origin}/")
            press(page, "Sign in with Eternaltwin")
            visit.pick(page, zoe)
            assert read(page, "#player") == "Zoé"
            assert page.url == f"{origin}/"
            used = [f"{urlsplit(url).scheme}://{urlsplit(url).netloc}" for url in visit.callbacks]
            assert used == [origins[0], *([] if origin == origins[0] else [origin])]
            for other in origins:
                page.goto(f"{other}/")
                assert page.locator("#player").count() == (other == origin)
            context.close()
