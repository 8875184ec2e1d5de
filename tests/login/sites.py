"""A game's site with a sign-in, in either variant, and the browsers that visit it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver.server import DevServer
from eternaltwin.exceptions import LoginError
from eternaltwin.login import LoginFlow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin import User
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Cookie, Cookies, Login, Redirect, SingleUseStore
    from eternaltwin.login.callbacks import Query
    from eternaltwin.login.tickets import Process

STATE_KEY = "a state key that is long enough for HS256"
CALLBACK = "https://game.example/oauth/callback"
APPS = {"mygame": {"display_name": "My Game", "oauth_callback": CALLBACK, "secret": "a secret of the game"}}

#: The servers that a test has started. A fixture stops them after the test.
open_servers: list[DevServer] = []


def dev_server(**apps: object) -> DevServer:
    """Return a server that knows the game, and the given other games."""
    server = DevServer.in_process({"seed": {"app": {**APPS, **apps}}})
    open_servers.append(server)
    return server


def client_of(server: DevServer, *, is_async: bool = False, redirect_uri: str = CALLBACK) -> ClientABC:
    settings = server.connection_settings("mygame", is_async=is_async)
    settings["redirect_uri"] = redirect_uri
    settings["state_key"] = STATE_KEY
    return AsyncEternaltwin(**settings) if is_async else Eternaltwin(**settings)


def fields(url: str) -> dict[str, str]:
    """Return the fields of a URL's query."""
    return dict(parse_qsl(urlsplit(url).query))


def query(url: str) -> str:
    """Return the raw query of a URL."""
    return urlsplit(url).query


def state_of(redirect: Redirect) -> str:
    """Return the state that a redirect sends to Eternaltwin."""
    return fields(redirect.url)["state"]


def codes_sent(server: DevServer) -> int:
    """Return the number of requests to exchange an authorization code."""
    return sum((request.method, request.path) == ("POST", "/oauth/token") for request in server.requests)


class Browser:
    """A browser that keeps cookies by name."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {"theme": "dark"}

    def set(self, cookies: Iterable[Cookie]) -> None:
        for cookie in cookies:
            self.cookies.pop(cookie.name, None)
            if cookie.max_age:
                self.cookies[cookie.name] = cookie.value

    @property
    def logins(self) -> list[str]:
        """The names of the cookies of open sign-ins."""
        return [name for name in self._own if not self.cookies[name].endswith(".used")]

    @property
    def _own(self) -> list[str]:
        return [name for name in self.cookies if "eternaltwin_login-" in name]

    @property
    def header(self) -> str:
        """The `Cookie` header for the sign-ins, those that are over included."""
        return "; ".join(f"{name}={self.cookies[name]}" for name in self._own)


class Site:
    """A game's pages that start and finish a sign-in, with the sync or the async calls."""

    def __init__(self, server: DevServer, *, is_async: bool = False, store: SingleUseStore | None = None) -> None:
        self.server = server
        self.is_async = is_async
        self.client = client_of(server, is_async=is_async)
        self.flow = LoginFlow(self.client, store)
        self.zoe: UserRecord = server.add_user("zoe")

    def begin(
        self,
        browser: Browser,
        destination: object = None,
        scope: str = "base",
        *,
        process: Process = "login",
        subject: str | None = None,
        origin: str | None = None,
    ) -> Redirect:
        cookies = dict(browser.cookies)
        begin, abegin = self.flow.begin, self.flow.abegin
        redirect = (
            asyncio.run(abegin(destination, scope, cookies, process=process, subject=subject, origin=origin))
            if self.is_async
            else begin(destination, scope, cookies, process=process, subject=subject, origin=origin)
        )
        browser.set(redirect.cookies)
        return redirect

    def callback_query(self, redirect: Redirect, user: UserRecord | None = None) -> str:
        """Return the query of the callback, after the player has agreed to sign in."""
        return query(self.server.authorize(redirect.url, self.zoe if user is None else user))

    def complete(self, browser: Browser, callback: Query, subject: str | None = None) -> Login[User]:
        try:
            login = self.complete_with(dict(browser.cookies), callback, subject)
        except LoginError as exc:
            browser.set(exc.cookies)
            raise
        browser.set(login.cookies)
        return login

    def complete_with(self, cookies: Cookies, callback: Query, subject: str | None = None) -> Login[User]:
        """Finish a sign-in with the cookies of a request, and keep none of those that the response sets."""
        if self.is_async:
            return asyncio.run(self.flow.acomplete(callback, cookies, subject=subject))
        return self.flow.complete(callback, cookies, subject=subject)
