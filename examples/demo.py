"""Two players sign in with Eternaltwin: `make demo`.

Everything here is real but the players: a development server of its own on a free port, the
library's two clients, and HTTP between them. Read from `main` down.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from eternaltwin import HS256Key, User, configure
from eternaltwin.devserver import DevServer
from examples.browser import Browser
from examples.terminal import note, step, table, title

if TYPE_CHECKING:
    from collections.abc import Collection

    from eternaltwin.devserver import RecordedRequest

GAME = {
    "display_name": "Demo game",
    "uri": "http://localhost:8000/",
    "oauth_callback": "http://localhost:8000/oauth/callback",
    "secret": "only this game and Eternaltwin know it",
}


def main() -> None:
    """Start a server that knows our game, sign two players in, and look at who is there."""
    title("Eternaltwin")
    with DevServer({"seed": {"app": {"demo": GAME}}}, on_answer=show_request) as server:
        step("a development server runs", server.url)
        step("it knows our game", "demo@clients")
        configure(
            default={
                "client_id": "demo@clients",
                "client_secret": GAME["secret"],
                "redirect_uri": GAME["oauth_callback"],
                "state_key": HS256Key(secrets.token_bytes(32)),
                "url": server.url,
            }
        )

        title("Alice signs in, with the blocking client")
        alice = sign_in(Browser("alice", "aaaaaaaaaa"))

        title("Bob signs in, with the asyncio client")
        bob = asyncio.run(sign_in_asyncio(Browser("bob", "bbbbbbbbbb")))

        title("Who is there?")
        step('User.search("a")', ", ".join(user.username for user in User.search("a")))
        step("User.count()", f"{User.count()}")
        show_users({alice, bob})


def sign_in(browser: Browser) -> User:
    """A sign-in: from the button on our page to the player."""
    state, url = User.start_authorization()
    step("User.start_authorization() sends the browser to", shortened(url))

    code, callback_state = come_back(browser, url)

    user = User.from_authorization_code(code, callback_state, expected_state=state)
    step("User.from_authorization_code(...)", f"{user.username} {user.identifier}")
    return user


async def sign_in_asyncio(browser: Browser) -> User:
    """The same with asyncio, where everything that goes over the network is awaited."""
    state, url = User.start_authorization()
    step("User.start_authorization() sends the browser to", shortened(url))

    code, callback_state = await asyncio.to_thread(come_back, browser, url)

    user = await User.afrom_authorization_code(code, callback_state, expected_state=state)
    step("await User.afrom_authorization_code(...)", f"{user.username} {user.identifier}")
    return user


def come_back(browser: Browser, url: str) -> tuple[str, str]:
    """What happens in the player's browser until it is back at our callback, with a code and the state."""
    login_page = browser.open(url)
    step("Eternaltwin does not know this browser yet, and shows its login page", shortened(login_page))
    browser.log_in(url)
    step("the player logs in", browser.name)
    callback = browser.open(url)
    step("Eternaltwin sends the browser back to our game", shortened(callback))
    query = parse_qs(urlsplit(callback).query)
    return query["code"][0], query["state"][0]


def show_request(request: RecordedRequest) -> None:
    """What went over the network, as the server has seen it."""
    note(f"{request.method} {request.path} {request.status}")


def show_users(signed_in: Collection[User]) -> None:
    """A table of all users, read page by page."""
    rows = [
        (
            user.username,
            user.identifier,
            f"{user.created_at:%Y-%m-%d}",
            "yes" if user.is_administrator else "",
            "yes" if user in signed_in else "",
        )
        for user in User.iterate()
    ]
    table(("name", "identifier", "registered", "admin", "signed in"), rows)


def shortened(url: str) -> str:
    """A URL without the values in its query, which are long, and some of them secret."""
    return f"{url.partition('?')[0]}?{'&'.join(f'{name}=…' for name in parse_qs(urlsplit(url).query))}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
