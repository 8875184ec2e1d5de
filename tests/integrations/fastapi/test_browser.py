"""The scenarios in a real browser, served by uvicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.fastapi.games import make_game
from tests.integrations.support.browser_scenarios import BrowserScenarios
from tests.integrations.support.game_servers import live_game, serve_asgi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[LiveGame, DevServer]]:
    """Start a game and its development server, for all scenarios."""
    with live_game(lambda listener: serve_asgi(make_game(), listener)) as found:
        yield found


@pytest.mark.long
class TestFastAPI(BrowserScenarios):
    """FastAPI."""
