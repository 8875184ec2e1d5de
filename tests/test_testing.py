"""Tests of games in plain code, Django, Flask and FastAPI, as their developers write them, in separate test runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.pytester import Pytester

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parent.parent / "docs" / "testing.md").read_text(encoding="utf-8")

SETTINGS = """
CALLBACK = "http://localhost:8000/eternaltwin/callback"
SETTINGS = {
    "client_id": "mygame@clients",
    "client_secret": "the secret that is registered",
    "redirect_uri": CALLBACK,
    "state_key": "at least 32 random bytes that only the game knows",
    "url": "https://eternaltwin.test",
}
"""

FLASK_GAME = f"""
from flask import Flask, jsonify
from eternaltwin.integrations.flask import Eternaltwin, current_user, login_required
{SETTINGS}
def create_app(**config):
    app = Flask("game")
    app.config["SECRET_KEY"] = "another secret of at least 32 bytes, for sessions"
    app.config.update({{f"ETERNALTWIN_{{key.upper()}}": value for key, value in SETTINGS.items()}}, **config)
    Eternaltwin(app)

    @app.get("/arena")
    @login_required
    def arena():
        return jsonify(fighter=current_user.identifier)

    return app
"""

FLASK_TESTS = """
import game
import pytest
from flask import request
from eternaltwin import User
from eternaltwin.connections import connections
from eternaltwin.exceptions import LoginError

early = game.create_app()

@pytest.fixture(params=["when it is imported", "in a fixture"])
def eternaltwin_app(request):
    return early if request.param == "when it is imported" else game.create_app()

def test_a_player(eternaltwin_client, eternaltwin_player):
    assert eternaltwin_client.get("/arena").json == {"fighter": eternaltwin_player.identifier}
    assert User.get(eternaltwin_player.identifier) == eternaltwin_player

def test_a_guest(eternaltwin_app):
    assert eternaltwin_app.test_client().get("/arena").status_code == 401

def test_an_application_that_is_created_in_the_test(eternaltwin_sign_in, eternaltwin_user):
    client = game.create_app(TESTING=True).test_client()
    assert eternaltwin_sign_in(client, eternaltwin_user("zoe"), next="/arena") == "/arena"
    assert client.get("/arena").status_code == 200

def test_a_button_among_other_forms(eternaltwin_sign_in):
    app = game.create_app()
    page = '''
    <form method="post" action="/eternaltwin/logout"><input type="hidden" name="token" value="other"></form>
    <form method="post"><input type="hidden" name="token" value="right"><input type="hidden"><input name="next"></form>
    '''

    @app.before_request
    def own_page():
        if request.path == "/eternaltwin/login":
            assert request.method == "GET" or request.form["token"] == "right"
            return page if request.method == "GET" else None

    assert eternaltwin_sign_in(app.test_client(), "alice", next="/arena") == "/arena"

def test_https(eternaltwin_sign_in):
    app = game.create_app(ETERNALTWIN_REDIRECT_URI="https://mygame.example/eternaltwin/callback")
    client = app.test_client()
    assert eternaltwin_sign_in(client, "alice") == "/"
    assert client.get("/arena").status_code == 200

def test_the_game_turns_somebody_away(eternaltwin_server, eternaltwin_sign_in):
    eternaltwin_server.fail_next(path="/api/v1/users/*", times=9)
    with pytest.raises(LoginError, match="failed/unreachable.*see the log of the game"):
        eternaltwin_sign_in(early.test_client(), "alice")

def test_nothing_is_left_behind(eternaltwin_server):
    assert connections["default"].url == "https://eternaltwin.test/"
"""

FASTAPI_GAME = f"""
from typing import Annotated
from fastapi import Depends, FastAPI
from eternaltwin import User, configure
from eternaltwin.integrations.fastapi import EternaltwinLogin, Player
{SETTINGS}
OTHER = {{"client_id": "mygame_beta@clients", "redirect_uri": "https://mygame.example/other/callback"}}
configure(other={{**SETTINGS, **OTHER}}, default=SETTINGS)
SECRET = "another secret of at least 32 bytes, for sessions"
login = EternaltwinLogin(SECRET)
other = EternaltwinLogin(SECRET, using="other", prefix="/other")
app = FastAPI()
app.include_router(login.router)
app.include_router(other.router)

@app.get("/arena")
async def arena(player: Annotated[Player, Depends(login.current_user)]) -> dict[str, str]:
    return {{"fighter": (await User.aget(player.identifier)).username}}

@app.get("/other")
async def other_arena(player: Annotated[Player, Depends(other.current_user)]) -> str:
    return player.display_name
"""

FASTAPI_TESTS = """
import pytest
from starlette.testclient import TestClient
from eternaltwin.exceptions import InvalidArgumentError, LoginError
from eternaltwin.testing import open_browser, sign_in

@pytest.fixture
def eternaltwin_app():
    from game import app  # which configures its connections in the first test, and only there
    return app

def test_a_player(eternaltwin_client):
    assert eternaltwin_client.get("/arena").json() == {"fighter": "Player"}

def test_the_player_of_the_next_test_is_new(eternaltwin_client, eternaltwin_server):
    assert eternaltwin_client.get("/arena").json() == {"fighter": "Player"}
    assert len(eternaltwin_server.world.users()) == 7

def test_a_guest(eternaltwin_app):
    with TestClient(eternaltwin_app) as client:
        assert client.get("/arena").status_code == 401

def test_another_connection_with_https(eternaltwin_connection, eternaltwin_server, eternaltwin_app):
    with open_browser(eternaltwin_app, using="other") as client:
        assert sign_in(client, eternaltwin_server, "alice", using="other") == "/"
        assert client.get("/other").json() == "Alice"
        with pytest.raises(InvalidArgumentError, match="POST /arena responded with 405"):
            sign_in(client, eternaltwin_server, "alice", path="/arena")
    with TestClient(eternaltwin_app) as client, pytest.raises(LoginError, match="starts with https"):
        sign_in(client, eternaltwin_server, "alice", using="other")

def test_a_client_without_lifespan(eternaltwin_app, eternaltwin_sign_in, eternaltwin_user):
    client = TestClient(eternaltwin_app)
    eternaltwin_sign_in(client, eternaltwin_user("zoe"))
    assert client.get("/arena").json() == {"fighter": "Zoe"}
"""

DJANGO_SETTINGS = f"""
{SETTINGS}
SECRET_KEY = "a secret of the site, of at least 32 bytes"
ROOT_URLCONF = "urls"
USE_TZ = True
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "eternaltwin.integrations.django",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
AUTHENTICATION_BACKENDS = ["eternaltwin.integrations.django.backends.EternaltwinBackend"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
ETERNALTWIN = {{
    "default": {{**SETTINGS, "redirect_uri": CALLBACK + "/"}},
    "other": {{
        **SETTINGS,
        "client_id": "9f310484-963b-446b-af69-797feec6813f",
        "redirect_uri": "https://mygame.example/eternaltwin/other/callback/",
    }},
}}
ETERNALTWIN_LOGIN = {{"connections": ["default", "other"]}}
"""

DJANGO_URLS = """
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.urls import include, path

@login_required
def arena(request):
    return JsonResponse({"fighter": request.user.eternaltwin_account.display_name})

urlpatterns = [
    path("eternaltwin/", include("eternaltwin.integrations.django.VIEWS")),
    path("arena/", arena),
]
"""

DJANGO_TESTS = """
from django.test import Client
from eternaltwin.testing import sign_in

def test_a_player(eternaltwin_client, eternaltwin_player):
    assert eternaltwin_client.get("/arena/").json() == {"fighter": "Player"}

def test_a_guest(client):
    assert client.get("/arena/").status_code == 302

def test_a_client_with_csrf_checks(db, eternaltwin_sign_in):
    client = Client(enforce_csrf_checks=True)
    assert eternaltwin_sign_in(client, "alice", next="/arena/") == "/arena/"
    assert client.get("/arena/").json() == {"fighter": "Alice"}

def test_another_connection(db, eternaltwin_connection, eternaltwin_server):
    client = Client()
    sign_in(client, eternaltwin_server, "alice", using="other", next="/arena/")
    assert client.get("/arena/").status_code == 200

def test_changed_settings(db, settings, eternaltwin_sign_in):
    moved = {**settings.ETERNALTWIN["default"], "client_id": "renamed@clients", "state_key": "k" * 40}
    settings.ETERNALTWIN = {"default": moved}
    settings.ETERNALTWIN_LOGIN = {}
    eternaltwin_sign_in(Client(), "alice")
"""


PLAIN_TESTS = f"""
import asyncio
import pytest
from eternaltwin import LoginFlow, User
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import UnknownConnectionError
from eternaltwin.testing import connected
{SETTINGS}
OTHER = {{**SETTINGS, "client_id": "mygame_beta@clients"}}

def test_clients_of_the_game_itself(eternaltwin_server):
    sync, asynchronous = Eternaltwin(**SETTINGS), AsyncEternaltwin(**SETTINGS)
    connections["beta"], async_connections["beta"] = sync, asynchronous
    with connected(eternaltwin_server):
        assert User.count(using="beta") == 6
        assert asyncio.run(User.acount(using="beta")) == 6
        assert connections["beta"].redirect_uri == CALLBACK
    assert connections["beta"] is sync
    assert async_connections["beta"] is asynchronous

def test_connections_of_tests_take_precedence(eternaltwin_server, eternaltwin_connection):
    with connections.override("default", **SETTINGS) as client:
        assert client.url == "https://eternaltwin.test/"
    assert User.count() == 6

def test_connections_that_are_created_later(eternaltwin_connection):
    assert connections.create_connection("later", **OTHER).client_id == "mygame_beta@clients"
    assert User.count(using="later") == 6
    connections.remove_connection("later")

def test_an_alias_that_the_game_does_not_configure(eternaltwin_connection):
    with pytest.raises(UnknownConnectionError):
        User.count(using="typo")

def test_a_game_of_the_server_for_the_default_connection(eternaltwin_server):
    connections["default"] = {{**SETTINGS, "timeout": 1}}
    with connected(eternaltwin_server, "kingdom_dev@clients") as client:
        assert client.client_id == "kingdom_dev@clients"
        assert client.settings.timeout == 1
        code, state = eternaltwin_server.authorization_code("alice", client)
        assert User.from_authorization_code(code, state).username == "Alice"
    assert connections["default"].client_id == "mygame@clients"
    connections.remove_connection("default")
"""


@pytest.fixture(autouse=True)
def without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("PYTEST_PLUGINS", raising=False)


def conftest(*, in_process: bool) -> str:
    """Return a `conftest.py` that chooses a server with or without a socket."""
    return f"""
import pytest

@pytest.fixture(scope="session")
def eternaltwin_server_settings():
    return {{"in_process": {in_process}}}
"""


def assert_tests_pass(pytester: Pytester, tests: str, configuration: str, *arguments: str, **files: str) -> None:
    pytester.makeconftest(configuration)
    pytester.makepyfile(**files, test_game=tests)
    plugins = ["-p", "eternaltwin.pytest_plugin", "-p", "no:cacheprovider"]
    result = pytester.runpytest_subprocess(*plugins, "-W", "error", *arguments)
    assert result.ret == 0, result.stdout.str()


@pytest.mark.parametrize("in_process", [True, False])
def test_plain_code_reaches_the_server_whichever_way_it_is_configured(pytester: Pytester, in_process: bool) -> None:
    assert_tests_pass(pytester, PLAIN_TESTS, conftest(in_process=in_process))


def test_a_flask_game_is_tested_with_a_player_signed_in(pytester: Pytester) -> None:
    assert_tests_pass(pytester, FLASK_TESTS, "", game=FLASK_GAME)


@pytest.mark.parametrize("in_process", [True, False])
def test_a_fastapi_game_is_tested_with_a_player_signed_in(pytester: Pytester, in_process: bool) -> None:
    assert_tests_pass(pytester, FASTAPI_TESTS, conftest(in_process=in_process), game=FASTAPI_GAME)


@pytest.mark.parametrize(("views", "in_process"), [("urls", False), ("async_urls", True)])
def test_a_django_game_is_tested_with_a_player_signed_in(pytester: Pytester, views: str, in_process: bool) -> None:
    files = {"game_settings": DJANGO_SETTINGS, "urls": DJANGO_URLS.replace("VIEWS", views)}
    arguments = ["-p", "pytest_django.plugin", "--ds=game_settings"]
    assert_tests_pass(pytester, DJANGO_TESTS, conftest(in_process=in_process), *arguments, **files)


def test_the_django_tests_of_the_page_pass(pytester: Pytester) -> None:
    blocks = re.findall(r"^```python pytest-django\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    tests = {f"test_of_the_page_{number}": code for number, code in enumerate(blocks)}
    files = {"game_settings": DJANGO_SETTINGS, "urls": DJANGO_URLS.replace("VIEWS", "urls"), **tests}
    assert len(blocks) == 2
    assert_tests_pass(pytester, DJANGO_TESTS, "", "-p", "pytest_django.plugin", "--ds=game_settings", **files)
