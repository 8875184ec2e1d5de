"""Development servers, games and people for tests of the command line."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from tests.support.commands import run_command
from tests.support.http_browsers import HTTPBrowser
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.commands import Done

PASSWORD = "a" * 10

STATE_KEY = "at least 32 bytes that only the game knows"


class CommandServer:
    """A server with a game whose callback is on this machine, and the command line with its connection."""

    def __init__(self, api_version: Any = "latest") -> None:
        self.callback = f"http://localhost:{free_port()}/oauth/callback"
        game = {"display_name": "Dice", "oauth_callback": self.callback, "secret": "s3cr3t", "uri": "http://localhost/"}
        self.server = DevServer({"seed": {"app": {"dice": game}}}, api_version=api_version)
        self.game = {
            "ETERNALTWIN_CLIENT_ID": "dice@clients",
            "ETERNALTWIN_CLIENT_SECRET": "s3cr3t",
            "ETERNALTWIN_REDIRECT_URI": self.callback,
            "ETERNALTWIN_STATE_KEY": STATE_KEY,
        }

    def sign_in_in_the_browser(self, *options: str) -> Done:
        """Sign in in the browser. A browser that does not come fails the test instead of holding it up."""
        return self.run("login", "--wait", "20", *options, environment=self.game)

    def run(self, *arguments: str, typed: str = "", environment: dict[str, str] | None = None) -> Done:
        """Run a command without the settings of the game."""
        return run_command(
            *arguments, typed=typed, environment={"ETERNALTWIN_URL": self.server.url, **(environment or {})}
        )

    def sign_in(self, *options: str, username: str = "alice", password: str = PASSWORD) -> Done:
        """Sign in with a password on standard input."""
        return self.run("login", "--username", username, "--password-stdin", *options, typed=f"{password}\n")

    def token(self, user: str) -> str:
        """Return a new token of a player of the game."""
        with Eternaltwin(**self.server.connection_settings("dice@clients")) as client:
            url = client.authorization_url(client.generate_state())
            code = parse_qs(urlsplit(self.server.authorize(url, user)).query)["code"][0]
            return client.token(code).access_token

    def visit(self, address: str, user: str = "alice") -> list[tuple[int, str, str]]:
        """Do what a browser does that opens the address of a sign-in, and return its responses."""
        browser = HTTPBrowser(address)
        first = browser.open(address)
        return [first, browser.open(self.server.authorize(first[1], user))]


def opening(visit: Callable[[str], object]) -> Callable[[str], bool]:
    """Return what takes the place of `webbrowser.open`: it visits in a thread, while the command waits."""

    def open_page(address: str) -> bool:
        Thread(target=visit, args=(address,), daemon=True).start()
        return True

    return open_page
