"""What a new game needs: whatever the framework, its configuration, environment and code work together as they are."""

from __future__ import annotations

import json
import tomllib
from threading import Thread
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

import pytest

from eternaltwin.cli.scaffolds import FRAMEWORKS, Framework, GameScaffold, default_callback, key_of
from eternaltwin.devserver import DevServer, load_config
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.testing import connected
from tests.support.http_browsers import HTTPBrowser
from tests.support.new_games import forget_connections, play, run_game
from tests.support.programs import program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.types import WSGIApplication


def scaffold(framework: Framework, **changes: str) -> GameScaffold:
    values = {"name": "My game", "key": "mygame", "callback": default_callback(framework)} | changes
    return GameScaffold(framework=framework, **{"settings_module": "mygame.settings", **values})


def variables(game: GameScaffold) -> dict[str, str]:
    lines = game.environment().content.splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.usefixtures(forget_connections.__name__)
@pytest.mark.parametrize("framework", ["fastapi", "flask", "starlette"])
@pytest.mark.parametrize("path", ["/eternaltwin/callback", "/a/b-c/callback"])
def test_a_player_signs_in_to_a_new_game(
    framework: Framework, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = scaffold(framework, callback=f"http://localhost:8000{path}")
    for name, value in variables(game).items():
        monkeypatch.setenv(name, value)
    (file,) = game.code
    configuration = tmp_path / game.configuration.path
    configuration.write_text(game.configuration.content)
    play(file.content, configuration)


@pytest.mark.usefixtures(forget_connections.__name__)
def test_a_player_signs_in_to_a_new_game_without_a_framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://localhost:{free_port()}"
    game = scaffold("plain", callback=f"{url}/oauth/callback")
    for name, value in variables(game).items():
        monkeypatch.setenv(name, value)
    (file,) = game.code
    configuration = tmp_path / game.configuration.path
    configuration.write_text(game.configuration.content)
    with DevServer.in_process(load_config(configuration)) as server, connected(server):
        application = cast("WSGIApplication", run_game(file.content)["game"])
        with make_server("localhost", urlsplit(url).port or 0, application) as running:
            thread = Thread(target=running.serve_forever, args=(0.05,))
            thread.start()
            browser = HTTPBrowser(url)
            assert "Sign in" in browser.open("/")[2]
            assert browser.open("/login", {}, {"Origin": "https://evil.example"})[0] == 200
            status, location, _ = browser.open("/login", {})
            assert status == 303
            callback = server.authorize(location, "alice")
            assert HTTPBrowser(url).open(callback)[0] == 400
            assert browser.open(callback)[2] == "Hello Alice!"
            running.shutdown()
            thread.join()


#: Makes a project as `django-admin startproject` does, adds the printed parts, and signs a player in to it.
DJANGO = """
import json, pathlib, sys
from django.core.management import execute_from_command_line

execute_from_command_line(["django-admin", "startproject", "mygame", "."])
for path, content in json.loads(sys.argv[1]):
    file = pathlib.Path(path)
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as opened:
        opened.write(content)
with open("mygame/settings.py", "a") as settings, open("mygame/urls.py", "a") as urls:
    settings.write("TEMPLATES[0]['DIRS'] = [BASE_DIR / 'templates']")
    urls.write("from django.views.generic import TemplateView\\n")
    urls.write("urlpatterns += [path('', TemplateView.as_view(template_name='home.html'))]")
"""

VISIT = """
import django
from django.core.management import call_command
from django.test.utils import setup_test_environment
from eternaltwin.devserver import DevServer, load_config
from eternaltwin.testing import connected, open_browser, sign_in

django.setup()
call_command("migrate", verbosity=0)
call_command("check", fail_level="WARNING")
setup_test_environment()
with DevServer.in_process(load_config()) as server, connected(server), open_browser(None) as browser:
    assert "Sign in" in browser.get("/").text
    assert sign_in(browser, server, "alice") == "/"
    assert "Hello Alice!" in browser.get("/").text
"""


def test_a_player_signs_in_to_a_new_django_game(tmp_path: Path) -> None:
    game = scaffold("django")
    files = [(file.path, file.content) for file in (game.configuration, *game.code)]
    log = tmp_path / "log"
    for code, arguments in ((DJANGO, [json.dumps(files)]), (VISIT, [])):
        settings = {"DJANGO_SETTINGS_MODULE": "mygame.settings"} if code == VISIT else {}
        with program_in(tmp_path, ["-c", code, *arguments], log, **variables(game), **settings) as running:
            assert running.wait(60) == 0, log.read_text()


# --- values


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_configuration_holds_the_game_as_it_was_given(framework: Framework) -> None:
    name = 'Jeu "d\u00e9s" \\ \U0001f3b2'
    game = scaffold(framework, name=name)
    seed = tomllib.loads(game.configuration.content)["seed"]["app"]["mygame"]
    assert seed == {
        "display_name": name,
        "uri": "http://localhost:8000/",
        "oauth_callback": default_callback(framework),
        "secret": "dev",
    }


def test_every_environment_has_fresh_secrets_and_no_others_than_are_read() -> None:
    first, second = (variables(scaffold("flask")) for _ in range(2))
    assert not {first["SECRET_KEY"], first["ETERNALTWIN_STATE_KEY"]} & set(second.values())
    assert first["SECRET_KEY"] != first["ETERNALTWIN_STATE_KEY"]
    assert "SECRET_KEY" not in variables(scaffold("django"))
    assert first["ETERNALTWIN_STATE_KEY"] not in repr(scaffold("flask").environment())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_commands_install_and_start_the_game(framework: Framework) -> None:
    game = scaffold(framework)
    assert game.address == "http://localhost:8000/"
    assert game.commands[0].startswith('pip install "eternaltwin[')
    assert game.commands[-1].startswith(("flask", "uvicorn", "python game.py", "python manage.py runserver"))


def test_settings_of_django_may_lie_beside_manage_py() -> None:
    paths = [file.path for file in scaffold("django", settings_module="settings").code]
    assert paths == ["settings.py", "urls.py", "templates/home.html"]


@pytest.mark.parametrize(
    ("framework", "changes", "problem"),
    [
        ("flask", {"name": " "}, "name of a game"),
        ("flask", {"name": "a\nb"}, "name of a game"),
        ("flask", {"key": "My game"}, "key of a game"),
        ("flask", {"callback": "localhost/x/callback"}, "must be a URL"),
        ("flask", {"callback": "http://localhost/x/callback?a=b"}, "must be a URL"),
        ("flask", {"callback": 'http://localhost/"/callback'}, "must be a URL"),
        ("flask", {"callback": "http://localhost/callback"}, "must end with /callback below a folder"),
        ("flask", {"callback": "http://localhost/x/callback/"}, "must end with /callback below a folder"),
        ("django", {"callback": "http://localhost/x/callback"}, "must end with /callback/ below a folder"),
        ("plain", {"callback": "http://localhost/"}, "must be a URL"),
    ],
)
def test_a_wrong_value_is_refused(framework: Framework, changes: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidArgumentError, match=problem):
        scaffold(framework, **changes)


def test_the_key_of_a_game_follows_from_its_name() -> None:
    assert key_of("  My Game! 2 ") == "my_game_2"
    assert key_of("Zo\u00e9's Game") == "zoe_s_game"
    assert key_of("\u2764") == ""
