"""The scenarios in a real browser, served by uvicorn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.starlette.games import make_game
from tests.integrations.support.browser_scenarios import BrowserScenarios
from tests.integrations.support.game_servers import live_game, serve_asgi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.live_games import LiveGame

pytestmark = pytest.mark.browser

#: The scenarios that run with both kinds of session.
TWO_SESSIONS = {
    "test_first_login",
    "test_logout",
    "test_callback_replayed",
    "test_no_token_code_or_state_is_left_anywhere",
}


@pytest.fixture(scope="module")
def running(request: pytest.FixtureRequest) -> Iterator[tuple[LiveGame, DevServer]]:
    """Start a game and its development server, for all scenarios."""
    session: Literal["cookie", "starlette"] = request.param
    with live_game(lambda listener: serve_asgi(make_game(session), listener)) as found:
        yield found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the kinds of session of a scenario."""
    kinds = ["cookie", "starlette"] if metafunc.function.__name__ in TWO_SESSIONS else ["cookie"]
    metafunc.parametrize("running", kinds, indirect=True)


class TestStarlette(BrowserScenarios):
    """Starlette."""
