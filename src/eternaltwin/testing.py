"""Tests of games: connections to a development server, and test clients with which players sign in.

The fixtures of [`pytest_plugin`][eternaltwin.pytest_plugin] use these functions. With another test runner, call them:

    >>> with DevServer.in_process() as server, connected(server):
    ...     client = app.test_client()
    ...     sign_in(client, server, "alice")
    ...     assert client.get("/arena").status_code == 200

They need the extra `server`.
"""

from __future__ import annotations

from contextlib import contextmanager
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import urlsplit

from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import DEFAULT_ALIAS, async_connections, connections, offline_client
from eternaltwin.exceptions import InvalidArgumentError, LoginError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from eternaltwin.clients.settings import AnySettings, ConnectionSettings
    from eternaltwin.connections import SettingsChange
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.asgi.protocol import ASGIApp
    from eternaltwin.devserver.browser import IdentifiedUser
    from eternaltwin.devserver.domain.records import ClientLike, UserLike

__all__ = ["BrowserResponse", "GameBrowser", "connected", "open_browser", "sign_in"]


class BrowserResponse(Protocol):
    """A response of a test client of Django, Flask, Starlette or FastAPI."""

    @property
    def status_code(self) -> int:
        """The status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The fields of the header."""
        ...

    @property
    def text(self) -> str:
        """The body."""
        ...


class GameBrowser(Protocol):
    """A test client of Django, Flask, Starlette or FastAPI, which keeps cookies as a browser does."""

    def get(self, path: str, /, **kwargs: object) -> BrowserResponse:
        """Send a GET request.

        Args:
            path: The path, with its query.
            **kwargs: Arguments of the test client.

        Returns:
            The response.
        """
        ...

    def post(self, path: str, /, **kwargs: object) -> BrowserResponse:
        """Send a POST request.

        Args:
            path: The path.
            **kwargs: Arguments of the test client, of which `data` is the form.

        Returns:
            The response.
        """
        ...


@contextmanager
def connected(server: DevServer, game: ClientLike | None = None) -> Generator[Eternaltwin]:
    """Lead all connections of this process to a development server, for the duration of a `with` block.

    It does not matter whether the game configures its connections before the block or in it. They keep their other
    settings: the server adds the games of their `client_id`.

    Args:
        server: The server. It must have been started.
        game: The game of the server whose client the connection `default` is. None means the client of the game's own
            connection `default`, and the first game of the server if the game has not configured one.

    Yields:
        The sync client of the connection `default`. The game may replace it in the block.

    Raises:
        InvalidArgumentError: The server has no such game.
        ConfigurationError: The server has not been started.

    Example:
        >>> with DevServer.in_process() as server, connected(server):
        ...     assert User.count() == 6
    """
    with (
        async_connections.override_all(_change(server, game, is_async=True)),
        connections.override_all(_change(server, game)),
    ):
        if DEFAULT_ALIAS not in async_connections:
            async_connections.add_connection(
                DEFAULT_ALIAS, AsyncEternaltwin(**server.connection_settings(game, is_async=True))
            )
        if DEFAULT_ALIAS not in connections:
            connections.add_connection(DEFAULT_ALIAS, Eternaltwin(**server.connection_settings(game)))
        yield connections[DEFAULT_ALIAS]


def _change(server: DevServer, game: ClientLike | None, *, is_async: bool = False) -> SettingsChange:
    @clears_frames
    def change(alias: str, settings: ConnectionSettings) -> AnySettings:
        if game is not None and alias == DEFAULT_ALIAS:
            settings = {**settings, **server.connection_settings(game, is_async=is_async)}
        return server.serve_game(settings, is_async=is_async)

    return change


@contextmanager
def open_browser(app: object, using: str = DEFAULT_ALIAS) -> Generator[GameBrowser]:
    """Open a test client of a game, for the duration of a `with` block.

    Args:
        app: The application: one of Flask, Starlette or FastAPI, or any ASGI application. None means the Django site
            of the settings.
        using: Alias of the connection, from whose `redirect_uri` the client of an ASGI application gets its address.

    Yields:
        `django.test.Client`, the `test_client()` of Flask, or Starlette's `TestClient`, which runs the lifespan of the
        application.

    Raises:
        UnknownConnectionError: No connection has this alias.
    """
    flask_client: object = getattr(app, "test_client", None)
    if app is None:
        from django.test import Client

        yield cast("GameBrowser", Client())
    elif callable(flask_client):
        yield cast("GameBrowser", flask_client())
    else:
        from starlette.testclient import TestClient

        callback = urlsplit(offline_client(using).redirect_uri)
        with TestClient(cast("ASGIApp", app), base_url=f"{callback.scheme}://{callback.netloc}") as client:
            yield cast("GameBrowser", client)


@clears_frames
def sign_in(
    browser: GameBrowser,
    server: DevServer,
    user: UserLike | IdentifiedUser,
    *,
    next: str = "",
    path: str | None = None,
    using: str = DEFAULT_ALIAS,
) -> str:
    """Sign a player in to a game with a test client, by the requests that a browser sends.

    The client presses the button of the game, the player agrees at the development server, and the client opens the
    callback. Afterwards it has the session of the player. If it fails, no traceback shows the code and the state: the
    frames below this function keep their lines, and lose their variables.

    Args:
        browser: The test client.
        server: The development server that the connections of the game lead to.
        user: The player: a record, a user of the client library, an id or a username.
        next: Path of the game to go to afterwards. Empty means the game's default.
        path: Path of the view that starts a sign-in. None means `login` beside the callback of the connection.
        using: Alias of the connection.

    Returns:
        Where the callback redirects to, such as `/`.

    Raises:
        LoginError: The game did not sign the player in.
        InvalidArgumentError: There is no such user, or the view did not redirect to Eternaltwin.
        RequestError: The server refuses the sign-in, for example because `redirect_uri` is not the registered callback.
        UnknownConnectionError: No connection has this alias.

    Example:
        >>> sign_in(client, server, "alice", next="/arena")
        '/arena'
    """
    redirect_uri = offline_client(using).redirect_uri
    login_path = _login_path(urlsplit(redirect_uri).path) if path is None else path
    kwargs = _arguments(browser, redirect_uri)
    form = {**_hidden_fields(browser.get(login_path, **kwargs), login_path), "next": next}
    started = browser.post(login_path, data=form, headers={"Sec-Fetch-Site": "same-origin"}, **kwargs)
    url = _location(started)
    if url is None:
        raise InvalidArgumentError(
            f"POST {login_path} responded with {started.status_code}, and not with a redirect to Eternaltwin:"
            " pass the path of the view that starts a sign-in, or see the log of the game"
        )
    callback = urlsplit(server.authorize(url, user))
    finished = browser.get(f"{callback.path}?{callback.query}", **kwargs)
    destination = _location(finished)
    if destination is None or "/failed/" in destination:
        raise LoginError(
            f"the game did not sign the player in: {callback.path} responded with {finished.status_code}, to"
            f" {destination or 'no other page'}; see the log of the game. If redirect_uri starts with https://, the"
            " address of the test client must do so as well"
        )
    return destination


def _login_path(callback_path: str) -> str:
    """Return the path of the view beside a callback, such as `/eternaltwin/login/` for `/eternaltwin/callback/`."""
    folder = callback_path.rstrip("/").removesuffix("/callback").removesuffix("/login")
    return f"{folder}/login{'/' if callback_path.endswith('/') else ''}"


def _arguments(browser: GameBrowser, redirect_uri: str) -> dict[str, object]:
    """Return the arguments of every request: no redirect is followed, and Django's client takes no base URL."""
    if hasattr(browser, "force_login"):
        return {"secure": urlsplit(redirect_uri).scheme == "https"}
    return {"follow_redirects": False}


def _location(response: BrowserResponse) -> str | None:
    return response.headers.get("Location") if 300 <= response.status_code < 400 else None


class _HiddenFields(HTMLParser):
    """Reads the hidden fields of the forms with one action, such as a CSRF token."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._wanted = action
        self._action: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name = attributes.get("name")
        if tag == "form":
            self._action = urlsplit(attributes.get("action") or self._wanted).path
        is_hidden = tag == "input" and attributes.get("type") == "hidden"
        if is_hidden and self._action == self._wanted and name is not None:
            self.fields[name] = attributes.get("value") or ""


def _hidden_fields(page: BrowserResponse, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with the button, if there is a page with it."""
    if page.status_code != 200:
        return {}
    parser = _HiddenFields(action)
    parser.feed(page.text)
    return parser.fields
