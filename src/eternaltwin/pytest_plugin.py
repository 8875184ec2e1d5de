"""Fixtures for the tests of games: a development server, connections to it, its users, and a player's test client.

They need the extra `server`. The functions behind them are in [`testing`][eternaltwin.testing].

Example:
    >>> def test_sign_in(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
    ...     zoe = eternaltwin_user("zoe")
    ...     code, state = eternaltwin_server.authorization_code(zoe, eternaltwin_connection)
    ...     assert User.from_authorization_code(code, state) == zoe

    A game of Flask, FastAPI or Starlette overrides one fixture, and is tested with a player who is signed in:

    >>> @pytest.fixture
    ... def eternaltwin_app():
    ...     return create_app()
    >>> def test_arena(eternaltwin_client, eternaltwin_player):
    ...     assert eternaltwin_player.username in eternaltwin_client.get("/arena").text
"""

# pytest loads this module in every run on the machine, so the fixtures import what they need.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.browser import IdentifiedUser
    from eternaltwin.devserver.domain.records import UserLike
    from eternaltwin.testing import GameBrowser
    from eternaltwin.users import User


__all__ = [
    "PlayerSignIn",
    "UserFactory",
    "eternaltwin_app",
    "eternaltwin_client",
    "eternaltwin_connection",
    "eternaltwin_game",
    "eternaltwin_login_path",
    "eternaltwin_player",
    "eternaltwin_server",
    "eternaltwin_server_settings",
    "eternaltwin_session_server",
    "eternaltwin_sign_in",
    "eternaltwin_user",
]


class UserFactory(Protocol):
    """The type of the fixture `eternaltwin_user`."""

    def __call__(
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        *,
        is_administrator: bool = False,
    ) -> User:
        """Add a user to the server.

        Args:
            username: The name to log in with: 2 to 32 lower case letters, digits and `_`, without a leading digit.
            display_name: The display name. None means the username with a capital first letter.
            password: The password. None means that the user cannot log in with a password.
            is_administrator: Whether the user is an administrator of the server.

        Returns:
            The user, without a token.

        Raises:
            InvalidArgumentError: A name is malformed, or the username is taken.
        """
        ...


class PlayerSignIn(Protocol):
    """The type of the fixture `eternaltwin_sign_in`."""

    def __call__(self, browser: GameBrowser, user: UserLike | IdentifiedUser, *, next: str = "") -> str:
        """Sign a player in with a test client.

        Args:
            browser: A test client of Django, Flask, Starlette or FastAPI.
            user: The player: what `eternaltwin_user` returns, or an id or a username of the server.
            next: Path of the game to go to afterwards. Empty means the game's default.

        Returns:
            Where the callback redirects to, such as `/`.

        Raises:
            LoginError: The game did not sign the player in.
            InvalidArgumentError: There is no such user, or the view did not redirect to Eternaltwin.
        """
        ...


@pytest.fixture(scope="session")
def eternaltwin_server_settings() -> dict[str, Any]:
    """Return the settings of the server. Override this fixture to change them.

    Returns:
        The arguments of [`DevServer`][eternaltwin.devserver.DevServer]. With `in_process` set to True, the server has
        no socket.
    """
    return {}


@pytest.fixture(scope="session")
def eternaltwin_game() -> str | None:
    """Return the game that `eternaltwin_connection` is for. Override this fixture to choose one.

    Returns:
        The key of a game of the server. None means the game's own connection `default`, and the first game of the
        server if there is none.
    """
    return None


@pytest.fixture
def eternaltwin_app() -> object:
    """Return the game that `eternaltwin_client` is a client of. Override this fixture unless it is a Django site.

    Returns:
        The application: one of Flask, Starlette or FastAPI, or any ASGI application. None means the Django site of the
        settings, for which pytest-django is needed.
    """
    return None


@pytest.fixture(scope="session")
def eternaltwin_login_path() -> str | None:
    """Return the path of the view that starts a sign-in. Override this fixture to choose one.

    Returns:
        The path. None means `login` beside the callback, as in the integrations.
    """
    return None


@pytest.fixture(scope="session")
def eternaltwin_session_server(eternaltwin_server_settings: dict[str, Any]) -> Iterator[DevServer]:
    """Start the server of all tests. Prefer `eternaltwin_server`: this one still has the changes of the last test.

    Args:
        eternaltwin_server_settings: The arguments of `DevServer`.

    Yields:
        The server. It is stopped after the last test.
    """
    from eternaltwin.devserver import DevServer

    settings = dict(eternaltwin_server_settings)
    build = DevServer.in_process if settings.pop("in_process", False) else DevServer
    with build(**settings) as server:
        yield server


@pytest.fixture
def eternaltwin_server(eternaltwin_session_server: DevServer) -> DevServer:
    """Reset the server for a test.

    Args:
        eternaltwin_session_server: The server of all tests.

    Returns:
        The server, with its seeds only.
    """
    eternaltwin_session_server.reset()
    return eternaltwin_session_server


@pytest.fixture
def eternaltwin_connection(eternaltwin_server: DevServer, eternaltwin_game: str | None) -> Iterator[Eternaltwin]:
    """Lead all connections to the server, sync and async, those of Django, Flask and FastAPI included.

    They keep the client and the callback that the game has configured, before the test or in it. If it has configured
    none, `default` is the connection of `eternaltwin_game`. The former clients are restored after the test.

    Args:
        eternaltwin_server: The server of this test.
        eternaltwin_game: The key of the game.

    Yields:
        The sync client of `default`.
    """
    from eternaltwin.testing import connected

    with connected(eternaltwin_server, eternaltwin_game) as client:
        yield client


@pytest.fixture
def eternaltwin_user(eternaltwin_server: DevServer) -> UserFactory:
    """Return a function that adds users to the server.

    Args:
        eternaltwin_server: The server of this test.

    Returns:
        The function: see [`UserFactory`][eternaltwin.pytest_plugin.UserFactory].

    Example:
        >>> def test_an_administrator(eternaltwin_user):
        ...     assert eternaltwin_user("zoe", is_administrator=True).is_administrator
    """
    from eternaltwin.hidden import clears_frames
    from eternaltwin.users import User

    @clears_frames
    def add(
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        *,
        is_administrator: bool = False,
    ) -> User:
        record = eternaltwin_server.add_user(username, display_name, password, is_administrator)
        return User(
            identifier=str(record.id),
            username=record.display_name,
            is_administrator=record.is_administrator,
            created_at=record.created_at,
            deleted_at=record.deleted_at,
        )

    return add


@pytest.fixture
def eternaltwin_player(eternaltwin_user: UserFactory) -> User:
    """Add the player of `eternaltwin_client`. Override this fixture to choose another, such as an administrator.

    Args:
        eternaltwin_user: Adds users.

    Returns:
        The user `player`, with the display name `Player`.
    """
    return eternaltwin_user("player")


@pytest.fixture
def eternaltwin_sign_in(
    eternaltwin_server: DevServer, eternaltwin_connection: Eternaltwin, eternaltwin_login_path: str | None
) -> PlayerSignIn:
    """Return a function that signs players in with test clients, by the requests that a browser sends.

    Args:
        eternaltwin_server: The server of this test.
        eternaltwin_connection: The connection to it.
        eternaltwin_login_path: The path of the view that starts a sign-in.

    Returns:
        The function: see [`PlayerSignIn`][eternaltwin.pytest_plugin.PlayerSignIn].

    Example:
        >>> def test_two_players(client, eternaltwin_sign_in, eternaltwin_user):
        ...     assert eternaltwin_sign_in(client, eternaltwin_user("zoe"), next="/arena") == "/arena"
    """
    del eternaltwin_connection
    from eternaltwin.testing import sign_in

    def sign_player_in(browser: GameBrowser, user: UserLike | IdentifiedUser, *, next: str = "") -> str:
        return sign_in(browser, eternaltwin_server, user, next=next, path=eternaltwin_login_path)

    return sign_player_in


@pytest.fixture
def eternaltwin_client(
    request: pytest.FixtureRequest, eternaltwin_app: object, eternaltwin_sign_in: PlayerSignIn, eternaltwin_player: User
) -> Iterator[Any]:
    """Open a test client of the game, with a player who has signed in through the development server.

    Args:
        request: The test, whose database of pytest-django is requested for a Django site.
        eternaltwin_app: The application. None means a Django site.
        eternaltwin_sign_in: Signs players in.
        eternaltwin_player: The player.

    Yields:
        `django.test.Client`, the `test_client()` of Flask, or Starlette's `TestClient`.

    Example:
        >>> def test_arena(eternaltwin_client, eternaltwin_player):
        ...     assert eternaltwin_player.username in eternaltwin_client.get("/arena").text
    """
    from eternaltwin.testing import open_browser

    if eternaltwin_app is None:
        request.getfixturevalue("db")
    with open_browser(eternaltwin_app) as browser:
        eternaltwin_sign_in(browser, eternaltwin_player)
        yield browser
