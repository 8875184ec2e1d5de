"""The scenarios of a sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.flask.games import make_game, wsgi_sender
from tests.integrations.support.web_scenarios import WebScenarios

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.integrations.support.visitors import Send


class TestFlask(WebScenarios):
    """Flask."""

    session_cookie = "session"

    @pytest.fixture
    def send(self, server: DevServer) -> Send:
        return wsgi_sender(make_game())
