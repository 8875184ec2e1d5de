"""Games whose connection only reads, and which sign players in: the integrations say what is missing at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask
from starlette.applications import Starlette
from starlette.testclient import TestClient

from eternaltwin import configure
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.flask import Eternaltwin
from eternaltwin.integrations.starlette import EternaltwinLogin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.connections import ReadingSettings

MISSING = "a sign-in needs client_id, client_secret, redirect_uri and state_key"
SECRET_KEY = "correct horse battery staple, four words"


@pytest.fixture(autouse=True)
def _reading() -> Iterator[None]:
    configure(default={"url": "http://localhost:50320"})
    yield
    configure()


def flask_app(**config: str) -> Flask:
    app = Flask(__name__)
    app.config.from_mapping({"SECRET_KEY": SECRET_KEY, **config})
    return app


def test_a_flask_game_says_that_its_connection_only_reads() -> None:
    app = flask_app()
    with pytest.raises(ConfigurationError, match=MISSING):
        Eternaltwin(app)


def test_a_flask_game_says_which_settings_are_missing() -> None:
    app = flask_app(ETERNALTWIN_URL="http://localhost:50320", ETERNALTWIN_CLIENT_ID="dice@clients")
    with pytest.raises(ConfigurationError, match="'client_secret' is missing, and so is 'redirect_uri'"):
        Eternaltwin(app)


@pytest.mark.parametrize("settings", [{"default": {"url": "http://localhost:50320"}}, {}], ids=["a url", "nothing"])
def test_a_starlette_game_says_that_its_connection_only_reads(settings: dict[str, ReadingSettings]) -> None:
    configure(**settings)
    login = EternaltwinLogin(secret_key=SECRET_KEY)
    app = Starlette(routes=login.routes, lifespan=login.lifespan)
    with pytest.raises(ConfigurationError, match=MISSING), TestClient(app):
        pass
