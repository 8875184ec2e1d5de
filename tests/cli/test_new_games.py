"""Games that are made of what `init` prints: a player signs in to each of them as it is."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

import pytest

from eternaltwin.devserver import DevServer, load_config
from eternaltwin.testing import connected, open_browser, sign_in
from tests.support.commands import run_command
from tests.support.http_browsers import HTTPBrowser
from tests.support.new_games import forget_connections, parts_of, run_game, variables_of
from tests.support.programs import program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from pathlib import Path
    from wsgiref.types import WSGIApplication


def printed(folder: Path, *arguments: str) -> dict[str, str]:
    """Return the parts that `init` prints for a game, by file."""
    done = run_command("init", "--name", "My game", "--folder", str(folder), *arguments)
    assert done.status == 0, done.errors
    return parts_of(done.output)


def configure(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables_of(environment).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures(forget_connections.__name__)
@pytest.mark.parametrize("framework", ["fastapi", "flask", "starlette"])
@pytest.mark.parametrize("callback", [[], ["--callback", "http://localhost:8000/a/b-c/callback"]])
def test_a_player_signs_in_to_a_new_game(
    framework: str, callback: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = printed(tmp_path, "--framework", framework, *callback)
    configure(game["eternaltwin.env"], monkeypatch)
    with (
        DevServer.in_process(load_config(tmp_path / "eternaltwin.toml")) as server,
        connected(server),
        open_browser(run_game(game["game.py"])["app"]) as browser,
    ):
        assert "Sign in" in browser.get("/").text
        assert browser.get("/arena").status_code == 401
        assert sign_in(browser, server, "alice", next="/arena") == "/arena"
        assert "Hello Alice!" in browser.get("/").text
        assert "Alice" in browser.get("/arena").text


@pytest.mark.usefixtures(forget_connections.__name__)
def test_a_player_signs_in_to_a_new_game_without_a_framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://localhost:{free_port()}"
    game = printed(tmp_path, "--framework", "plain", "--callback", f"{url}/oauth/callback")
    configure(game["eternaltwin.env"], monkeypatch)
    with DevServer.in_process(load_config(tmp_path / "eternaltwin.toml")) as server, connected(server):
        application = cast("WSGIApplication", run_game(game["game.py"])["game"])
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


#: A front page, to see the printed template.
FRONT_PAGE = {
    "settings": "TEMPLATES[0]['DIRS'] = [BASE_DIR / 'templates']\n",
    "urls": """from django.views.generic import TemplateView

urlpatterns += [path('', TemplateView.as_view(template_name='home.html'))]
""",
}


def run(folder: Path, *arguments: str, **environment: str) -> None:
    log = folder / "log"
    with program_in(folder, arguments, log, **environment) as running:
        assert running.wait(60) == 0, log.read_text()


def test_a_player_signs_in_to_a_new_django_game(tmp_path: Path) -> None:
    run(tmp_path, "-m", "django", "startproject", "mygame", ".")
    game = printed(tmp_path)
    project = tmp_path / "mygame"
    for name, extra in FRONT_PAGE.items():
        file = project / f"{name}.py"
        file.write_text(f"{file.read_text()}{game[f'mygame/{name}.py']}{extra}")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "home.html").write_text(game["templates/home.html"])
    environment = {"DJANGO_SETTINGS_MODULE": "mygame.settings", **variables_of(game["eternaltwin.env"])}
    run(tmp_path, "-c", VISIT, **environment)
