"""No traceback of a callback shows a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from werkzeug.test import create_environ, run_wsgi_app

from tests.integrations.flask.games import make_game
from tests.integrations.support.failing_callbacks import FailingCallbacks
from tests.integrations.support.visitors import GameResponse

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from tests.integrations.support.visitors import Send


class TestCallbacks(FailingCallbacks):
    """The callbacks of a game under WSGI, called as a server calls it."""

    responds = "eternaltwin.integrations.flask.views.lead_to"

    @pytest.fixture
    def send(self, server: DevServer) -> Send:
        game = make_game()

        def send(method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
            environ = create_environ(target, "http://testserver", method=method, headers=dict(headers), data=body)
            content, status, fields = run_wsgi_app(game, environ, buffered=True)
            return GameResponse(int(status.split()[0]), list(fields), b"".join(content).decode())

        return send
