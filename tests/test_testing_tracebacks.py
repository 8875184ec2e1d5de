"""No traceback of a game's test shows a secret: sign-ins that fail in every way, and the report of pytest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from eternaltwin.connections import async_connections, configure, connections
from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import AccountRefusedError, EternalTwinError
from eternaltwin.integrations.fastapi import EternaltwinLogin
from eternaltwin.integrations.flask import Eternaltwin
from eternaltwin.testing import connected, open_browser, sign_in
from tests.integrations.fastapi.games import make_bare_game
from tests.integrations.support.failing_callbacks import POINTS, STARTING_POINTS, Stopped, stop
from tests.support.tracebacks import leaks, leaks_of_failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _pytest.pytester import Pytester

    from eternaltwin.testing import BrowserResponse, GameBrowser

pytest_plugins = ["pytester"]

SESSIONS_KEY = "a secret of the tests, of at least 32 bytes"
CLIENT_SECRET = "s3cr3t+0f/the.game~1"
STATE_KEY = "k3y+with/at.least~32-bytes-of-the-game"
SETTINGS: Any = {
    "client_id": "mygame@clients",
    "client_secret": CLIENT_SECRET,
    "redirect_uri": "http://localhost:8000/eternaltwin/callback",
    "state_key": STATE_KEY,
    "url": "https://eternaltwin.test",
}


def flask_game() -> Flask:
    """Return a game with the extension of Flask."""
    app = Flask("game")
    app.config["SECRET_KEY"] = SESSIONS_KEY
    Eternaltwin(app).on_login(refuse_banned)
    return app


def fastapi_game() -> object:
    """Return a game with the router of FastAPI."""
    return make_bare_game(EternaltwinLogin(SESSIONS_KEY, on_login=lambda _, finished: refuse_banned(finished)))


def refuse_banned(finished: Any) -> None:
    """Turn somebody away."""
    if finished.user.username == "Banned":
        raise AccountRefusedError("banned")


class Recorder:
    """A test client that remembers the codes and states that it has seen.

    Attributes:
        server: The server that players sign in at.
        secrets: What it has seen.
        is_broken: Whether it fails at the callback.
    """

    def __init__(self, browser: GameBrowser, server: DevServer) -> None:
        self.server = server
        self.secrets = [CLIENT_SECRET, STATE_KEY]
        self.is_broken = False
        self._browser = browser

    def get(self, path: str, /, **kwargs: object) -> BrowserResponse:
        self._record(path)
        if self.is_broken and "code=" in path:
            raise Stopped
        return self._browser.get(path, **kwargs)

    def post(self, path: str, /, **kwargs: object) -> BrowserResponse:
        response = self._browser.post(path, **kwargs)
        self._record(response.headers.get("Location", ""))
        return response

    def _record(self, url: str) -> None:
        query = parse_qs(urlsplit(url).query)
        self.secrets += query.get("code", [])
        self.secrets += [part for state in query.get("state", []) for part in state.split(".")[1:]]


@pytest.fixture
def server() -> Iterator[DevServer]:
    """Lead the connections of the game, which has configured its own, to a server."""
    configure(default=SETTINGS)
    with DevServer.in_process() as running, connected(running):
        running.add_user("banned", "Banned")
        yield running
    configure()


@pytest.fixture
def browser(server: DevServer) -> Iterator[Recorder]:
    """Open a test client of a game."""
    with open_browser(flask_game()) as opened:
        yield Recorder(opened, server)


def leaks_of_sign_in(browser: Recorder, user: str = "alice", **options: Any) -> list[str]:
    """Return what the traceback of a sign-in that fails shows."""
    with pytest.raises((Stopped, EternalTwinError)) as caught:
        sign_in(browser, browser.server, user, **options)
    return leaks(caught.value, *browser.secrets)


@pytest.mark.parametrize("point", POINTS)
def test_no_sign_in_that_is_stopped_at_the_callback_shows_a_secret(
    browser: Recorder, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, function in POINTS[point].items():
        monkeypatch.setattr(name, function)
    assert leaks_of_sign_in(browser) == []


@pytest.mark.parametrize("point", STARTING_POINTS)
def test_no_sign_in_that_is_stopped_at_the_start_shows_a_secret(
    browser: Recorder, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(browser, browser.server, "alice")
    monkeypatch.setattr(STARTING_POINTS[point], stop)
    assert leaks_of_sign_in(browser) == []


@pytest.mark.parametrize("make_game", [flask_game, fastapi_game])
@pytest.mark.parametrize(
    "options", [{"user": "banned"}, {"user": "nobody"}, {"path": "/eternaltwin/me"}, {"using": "unknown"}], ids=str
)
def test_no_sign_in_that_is_refused_shows_a_secret(
    server: DevServer, make_game: Callable[[], object], options: dict[str, Any]
) -> None:
    with open_browser(make_game()) as browser:
        assert leaks_of_sign_in(Recorder(browser, server), **options) == []


def test_no_sign_in_shows_a_secret_when_the_test_client_fails(browser: Recorder) -> None:
    browser.is_broken = True
    assert leaks_of_sign_in(browser) == []


def test_no_sign_in_shows_a_secret_when_the_server_does_not_know_the_game(
    browser: Recorder,
) -> None:
    browser.server.reset()
    assert leaks_of_sign_in(browser) == []


def fail_in_the_block(server: DevServer) -> NoReturn:
    """Fail as a test of a game does."""
    with connected(server):
        raise Stopped(connections["default"], async_connections["default"])


def test_no_connection_to_the_server_shows_the_secrets_of_the_game(monkeypatch: pytest.MonkeyPatch) -> None:
    configure(default=SETTINGS)
    with DevServer.in_process() as running:
        calls: list[Callable[[], object]] = [
            partial(fail_in_the_block, running),
            partial(connected(running, "no game").__enter__),
            partial(connected(DevServer()).__enter__),
        ]
        assert [leaks_of_failure(call, CLIENT_SECRET, STATE_KEY) for call in calls] == [[], [], []]
        for point in ("eternaltwin.devserver.services.world.World.adopt_client", "eternaltwin.clients.settings.as_key"):
            with monkeypatch.context() as changed:
                changed.setattr(point, stop)
                assert leaks_of_failure(partial(fail_in_the_block, running), CLIENT_SECRET, STATE_KEY) == []
    configure()


GAME = """
import pytest
from eternaltwin import configure
from eternaltwin.login import MemoryStore
from tests.test_testing_tracebacks import CLIENT_SECRET, SETTINGS, STATE_KEY, flask_game, stop

configure(default=SETTINGS)
PASSWORD = "a passw0rd of the test"

@pytest.fixture(scope="session")
def eternaltwin_server_settings():
    return {"in_process": True}

@pytest.fixture
def eternaltwin_app():
    return flask_game()

def test_a_client_whose_view_is_stopped(request, monkeypatch):
    monkeypatch.setattr(MemoryStore, "consume", stop)
    request.getfixturevalue("eternaltwin_client")

def test_a_player_who_is_refused(eternaltwin_sign_in, eternaltwin_app, eternaltwin_user):
    eternaltwin_sign_in(eternaltwin_app.test_client(), eternaltwin_user("banned", "Banned"))

def test_a_connection(request, monkeypatch):
    monkeypatch.setattr("eternaltwin.devserver.services.world.World.adopt_client", stop)
    request.getfixturevalue("eternaltwin_connection")

def test_a_user(eternaltwin_user):
    eternaltwin_user("zoe", password=PASSWORD[:5] + PASSWORD[5:])
    eternaltwin_user("zoe", password=PASSWORD[:5] + PASSWORD[5:])
"""


def test_no_report_of_pytest_with_local_variables_shows_a_secret(
    pytester: Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("PYTEST_PLUGINS", raising=False)
    seen: list[str] = []
    authorize = DevServer.authorize

    def record(server: DevServer, url: str, user: Any) -> str:
        callback = authorize(server, url, user)
        query = parse_qs(urlsplit(callback).query)
        seen.extend([*query["code"], *query["state"][0].split(".")[1:]])
        return callback

    monkeypatch.setattr(DevServer, "authorize", record)
    pytester.makepyfile(GAME)
    plugins = ("-p", "eternaltwin.pytest_plugin", "-p", "no:cacheprovider")
    result = pytester.runpytest_inprocess(*plugins, "--showlocals", "--tb=long")
    configure()
    result.assert_outcomes(failed=4)
    report = result.stdout.str()
    assert len(seen) == 6
    assert "monkeypatch = <_pytest.monkeypatch.MonkeyPatch" in report
    assert [secret for secret in (*seen, CLIENT_SECRET, STATE_KEY, "a passw0rd of the test") if secret in report] == []
