"""Two players sign in with Eternaltwin: `make demo`.

Only the players are simulated: there is a real development server on a free port, and both clients of
the library send requests to it over HTTP. Start reading at `main`.
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
    """Start a server on which the game is registered, sign two players in, and list the users."""
    title("Eternaltwin")
    with DevServer({"seed": {"app": {"demo": GAME}}}, on_response=show_request) as server:
        step("a development server is running", server.url)
        step("the game is registered on it", "demo@clients")
        configure(
            default={
                "client_id": "demo@clients",
                "client_secret": GAME["secret"],
                "redirect_uri": GAME["oauth_callback"],
                "state_key": HS256Key(secrets.token_bytes(32)),
                "url": server.url,
            }
        )

        title("Alice signs in, with the sync client")
        alice = sign_in(Browser("alice", "aaaaaaaaaa"))

        title("Bob signs in, with the async client")
        bob = asyncio.run(sign_in_asyncio(Browser("bob", "bbbbbbbbbb")))

        title("Users")
        step('User.search("a")', ", ".join(user.username for user in User.search("a")))
        step("User.count()", f"{User.count()}")
        show_users({alice, bob})


def sign_in(browser: Browser) -> User:
    """Sign a player in, from the button on the page to the user."""
    state, url = User.start_authorization()
    step("User.start_authorization() sends the browser to", shortened(url))

    code, callback_state = come_back(browser, url)

    user = User.from_authorization_code(code, callback_state, expected_state=state)
    step("User.from_authorization_code(...)", f"{user.username} {user.identifier}")
    return user


async def sign_in_asyncio(browser: Browser) -> User:
    """Sign a player in with asyncio, where every call that sends a request is awaited."""
    state, url = User.start_authorization()
    step("User.start_authorization() sends the browser to", shortened(url))

    code, callback_state = await asyncio.to_thread(come_back, browser, url)

    user = await User.afrom_authorization_code(code, callback_state, expected_state=state)
    step("await User.afrom_authorization_code(...)", f"{user.username} {user.identifier}")
    return user


def come_back(browser: Browser, url: str) -> tuple[str, str]:
    """Do what the player's browser does until it returns to the callback; return the code and the state."""
    login_page = browser.open(url)
    step("this browser is not logged in at Eternaltwin, which redirects it to the login page", shortened(login_page))
    browser.log_in(url)
    step("the player logs in", browser.name)
    callback = browser.open(url)
    step("Eternaltwin redirects the browser back to the game", shortened(callback))
    query = parse_qs(urlsplit(callback).query)
    return query["code"][0], query["state"][0]


def show_request(request: RecordedRequest) -> None:
    """Show a request that the server received."""
    note(f"{request.method} {request.path} {request.status}")


def show_users(signed_in: Collection[User]) -> None:
    """Show a table of all users, read page by page."""
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
    """Return a URL without the values in its query, which are long and partly secret."""
    return f"{url.partition('?')[0]}?{'&'.join(f'{name}=…' for name in parse_qs(urlsplit(url).query))}"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
