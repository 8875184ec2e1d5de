"""The scenarios of a game with accounts of its own, with both kinds of session."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.integrations.starlette.account_games import make_account_game
from tests.integrations.support.account_scenarios import (
    CallbackScenarios,
    ConnectScenarios,
    DomainScenarios,
    FrontEndScenarios,
)
from tests.integrations.support.asgi import asgi_sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.account_scenarios import StartGame
    from tests.integrations.support.visitors import Send


@pytest.fixture(params=["cookie", "starlette"])
def start(request: pytest.FixtureRequest, server: DevServer) -> Iterator[StartGame]:
    """Start games, which are stopped after the test."""
    with ExitStack() as stack:

        def start_game(*, is_debug: bool = False, **settings: Any) -> Send:
            given = {"session_cookie": "session", **settings} if request.param == "starlette" else settings
            app = make_account_game(session=request.param, is_debug=is_debug, **given)
            return stack.enter_context(asgi_sender(app))

        yield start_game


class TestConnecting(ConnectScenarios):
    """Accounts that are connected."""


class TestCallbacks(CallbackScenarios):
    """Callbacks that are stale or fail."""


class TestFrontEnds(FrontEndScenarios):
    """Front ends in JavaScript."""


class TestDomains(DomainScenarios):
    """Several domains."""
