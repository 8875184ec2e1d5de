"""No traceback of a callback shows a secret, in the routes of FastAPI's router."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integrations.fastapi.games import make_game
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.failing_callbacks import FailingCallbacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.visitors import Send


class TestRouter(FailingCallbacks):
    """The callbacks of a game with a router."""

    responds = "eternaltwin.integrations.starlette.routes.lead_to"

    @pytest.fixture
    def send(self, server: DevServer) -> Iterator[Send]:
        with asgi_sender(make_game()) as send:
            yield send
