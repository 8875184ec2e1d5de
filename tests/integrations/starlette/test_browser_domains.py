"""The story of several domains in a real browser, served by uvicorn."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.integrations.starlette.account_games import make_account_game
from tests.integrations.support.browser_stories import DomainStories
from tests.integrations.support.game_servers import live_game, serve_asgi
from tests.support.browsers import chromium
from tests.support.sockets import port_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

pytestmark = pytest.mark.browser

#: The domains of the game. Chromium finds all of them on this machine.
HOSTS = ["one.test", "two.test", "three.example", "www.three.example"]


def origins_of(port: int) -> list[str]:
    """Return the origins of the game."""
    return [f"http://{host}:{port}" for host in HOSTS]


class TestDomains(DomainStories):
    """Four domains."""

    @pytest.fixture
    def browser(self) -> Iterator[Browser]:
        """Start a Chromium that finds the domains on this machine."""
        rules = ",".join(f"MAP {host} 127.0.0.1" for host in HOSTS)
        with chromium(f"--host-resolver-rules={rules}") as browser:
            yield browser

    @pytest.fixture
    def running(self) -> Iterator[tuple[LiveGame, DevServer]]:
        """Start a game and its development server."""

        @contextmanager
        def serve(listener: socket.socket) -> Generator[None]:
            game = make_account_game(domains=origins_of(port_of(listener)))
            with serve_asgi(game, listener):
                yield

        with live_game(serve, HOSTS[0]) as found:
            yield found

    @pytest.fixture
    def origins(self, game: LiveGame) -> list[str]:
        """The origins of the game, that of the callback first."""
        return origins_of(int(game.url.rpartition(":")[2]))
