"""Fixtures for games' tests: a development server, a connection to it, and its users.

    def test_sign_in(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
        zoe = eternaltwin_user("zoe")
        code, state = eternaltwin_server.authorization_code(zoe, eternaltwin_connection)
        assert User.from_authorization_code(code, state) == zoe

They need the extra `server`. A game with a callback of its own overrides two fixtures:

    @pytest.fixture(scope="session")
    def eternaltwin_server_settings():
        return {"config": Path("eternaltwin.toml")}

    @pytest.fixture(scope="session")
    def eternaltwin_game():
        return "mygame"
"""

# This is loaded in every run of pytest on the machine: whatever it needs is imported by the fixtures.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.devserver import DevServer
    from eternaltwin.users import User


class UserFactory(Protocol):
    """Adds a user to the server of this test."""

    def __call__(
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        *,
        is_administrator: bool = False,
    ) -> User:
        """The user, as the client library has users."""
        ...


@pytest.fixture(scope="session")
def eternaltwin_server_settings() -> dict[str, Any]:
    """The arguments of `DevServer`, to be overridden; `in_process=True` for a server without a socket."""
    return {}


@pytest.fixture(scope="session")
def eternaltwin_game() -> str | None:
    """The key of the game that `eternaltwin_connection` is for, to be overridden; None for the first one."""
    return None


@pytest.fixture(scope="session")
def eternaltwin_session_server(eternaltwin_server_settings: dict[str, Any]) -> Iterator[DevServer]:
    """The server of all tests, as the test before has left it: prefer `eternaltwin_server`."""
    from eternaltwin.devserver import DevServer

    settings = dict(eternaltwin_server_settings)
    make = DevServer.in_process if settings.pop("in_process", False) else DevServer
    with make(**settings) as server:
        yield server


@pytest.fixture
def eternaltwin_server(eternaltwin_session_server: DevServer) -> DevServer:
    """A server with nothing in it but its seeds."""
    eternaltwin_session_server.reset()
    return eternaltwin_session_server


@pytest.fixture
def eternaltwin_connection(eternaltwin_server: DevServer, eternaltwin_game: str | None) -> Iterator[Eternaltwin]:
    """The connection `default` to the server, blocking and asyncio; what it was before comes back afterwards."""
    from eternaltwin.connections import DEFAULT_ALIAS, async_connections, connections

    settings = eternaltwin_server.connection_settings(eternaltwin_game)
    async_settings = eternaltwin_server.connection_settings(eternaltwin_game, is_async=True)
    with (
        async_connections.override(DEFAULT_ALIAS, **async_settings),
        connections.override(DEFAULT_ALIAS, **settings) as client,
    ):
        yield client


@pytest.fixture
def eternaltwin_user(eternaltwin_server: DevServer) -> UserFactory:
    """Adds users to the server: `eternaltwin_user("zoe", is_administrator=True)`."""
    from eternaltwin.users import User

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
