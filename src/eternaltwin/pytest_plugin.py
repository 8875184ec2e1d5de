"""Fixtures for the tests of games: a development server, a connection to it, and its users.

They need the extra `server`.

Example:
    >>> def test_sign_in(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
    ...     zoe = eternaltwin_user("zoe")
    ...     code, state = eternaltwin_server.authorization_code(zoe, eternaltwin_connection)
    ...     assert User.from_authorization_code(code, state) == zoe

    A game with its own callback overrides two fixtures:

    >>> @pytest.fixture(scope="session")
    ... def eternaltwin_server_settings():
    ...     return {"config": Path("eternaltwin.toml")}
    >>> @pytest.fixture(scope="session")
    ... def eternaltwin_game():
    ...     return "mygame"
"""

# pytest loads this module in every run on the machine, so the fixtures import what they need.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.devserver import DevServer
    from eternaltwin.users import User


__all__ = [
    "UserFactory",
    "eternaltwin_connection",
    "eternaltwin_game",
    "eternaltwin_server",
    "eternaltwin_server_settings",
    "eternaltwin_session_server",
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
        The key of the game. None means the first one of the configuration.
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
    """Connect to the server, sync and async, as `default`. The former connections are restored after the test.

    Args:
        eternaltwin_server: The server of this test.
        eternaltwin_game: The key of the game.

    Yields:
        The sync client.
    """
    from eternaltwin.connections import DEFAULT_ALIAS, async_connections, connections

    settings_of = eternaltwin_server.connection_settings  # the settings themselves are secrets
    with (
        async_connections.override(DEFAULT_ALIAS, **settings_of(eternaltwin_game, is_async=True)),
        connections.override(DEFAULT_ALIAS, **settings_of(eternaltwin_game)) as client,
    ):
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
