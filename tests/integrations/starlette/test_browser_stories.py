"""The stories in a real browser: front ends, connecting and stale callbacks, served by uvicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.starlette.account_games import make_account_game
from tests.integrations.starlette.games import make_game
from tests.integrations.support.browser_stories import (
    ConnectStories,
    FrontEndStories,
    StaleCallbackStories,
    front_end,
)
from tests.integrations.support.game_servers import live_game, serve_asgi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

pytestmark = pytest.mark.browser


class TestFrontEnds(FrontEndStories):
    """A front end on another port."""

    @pytest.fixture
    def started(self) -> Iterator[tuple[tuple[LiveGame, DevServer], str]]:
        """Start a game, its development server, and a front end."""
        with front_end() as front:
            url = f"http://127.0.0.1:{front.server_port}"
            with live_game(lambda listener: serve_asgi(make_account_game(trusted_origins=[url]), listener)) as found:
                front.game = found[0].url
                yield found, url

    @pytest.fixture
    def running(self, started: tuple[tuple[LiveGame, DevServer], str]) -> tuple[LiveGame, DevServer]:
        """The game and its development server."""
        return started[0]

    @pytest.fixture
    def front(self, started: tuple[tuple[LiveGame, DevServer], str]) -> str:
        """The URL of the front end."""
        return started[1]


class TestConnecting(ConnectStories):
    """Players with a password."""

    @pytest.fixture
    def running(self) -> Iterator[tuple[LiveGame, DevServer]]:
        """Start a game and its development server."""
        with live_game(lambda listener: serve_asgi(make_account_game(), listener)) as found:
            yield found


class TestStaleCallbacks(StaleCallbackStories):
    """Callbacks from the history."""

    @pytest.fixture
    def running(self) -> Iterator[tuple[LiveGame, DevServer]]:
        """Start a game and its development server."""
        with live_game(lambda listener: serve_asgi(make_game(), listener)) as found:
            yield found
