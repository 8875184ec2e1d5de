"""The set-up of a game, read from the settings of Django or from an application of Flask."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from eternaltwin.connections import configure
from eternaltwin.doctor.sources import django_setup, flask_setup, source_failure
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login import MemoryStore, SQLiteStore
from tests.support.game_setups import CALLBACK, GAME, SECRET
from tests.support.programs import program_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from eternaltwin.devserver import DevServer

KEY = "a key of the application, of more than 32 bytes"

FLASK = f"""
from flask import Flask
from eternaltwin.integrations.flask import Eternaltwin

def create_app():
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY={KEY!r},
        ETERNALTWIN_CLIENT_ID={GAME!r},
        ETERNALTWIN_CLIENT_SECRET={SECRET!r},
        ETERNALTWIN_REDIRECT_URI="http://localhost:1/eternaltwin/callback",
        ETERNALTWIN_URL="http://127.0.0.1:1",
    )
    return app
"""

DJANGO = """
SECRET_KEY = {key!r}
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}}
ETERNALTWIN_LOGIN = {login!r}
ETERNALTWIN = {{
    "default": {{"client_id": {game!r}, "client_secret": {secret!r}, "redirect_uri": {callback!r}, "url": {url!r}}}
}}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Return a function that writes a module into the working folder, and returns its name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write_module(code: str) -> str:
        name = f"game_{uuid4().hex}"
        (tmp_path / f"{name}.py").write_text(code)
        return name

    yield write_module
    configure()


# --- Flask


@pytest.mark.parametrize("name", ["", ":create_app", ":create_app()", ":game"])
def test_the_extension_of_an_application_has_its_settings(write: Callable[[str], str], name: str) -> None:
    code = f"{FLASK}\ngame = create_app()\nEternaltwin(game, store='sqlite:logins', secure=False)\n"
    code += "def create_app():\n    return game\n"
    setup = flask_setup(f"{write(code)}{name}")
    assert (setup.settings["client_id"], setup.alias, setup.secure) == (GAME, "default", False)
    assert isinstance(setup.store, SQLiteStore)
    assert setup.secrets == (KEY,)
    assert "Flask" in setup.source
    assert SECRET not in repr(setup)


def test_an_application_may_keep_used_sign_ins_in_memory(write: Callable[[str], str]) -> None:
    setup = flask_setup(write(f"{FLASK}\napp = create_app()\nEternaltwin(app, using='main')\n"))
    assert setup.alias == "main"
    assert isinstance(setup.store, MemoryStore)


def test_an_application_without_the_extension_has_the_connections_of_the_process(write: Callable[[str], str]) -> None:
    configure(other={"url": "http://localhost:5"})
    setup = flask_setup(write(f"{FLASK}\napplication = create_app()\n"), "other")
    assert setup.settings["url"] == "http://localhost:5"
    assert setup.store is None


def test_a_connection_that_does_not_exist_is_named(write: Callable[[str], str]) -> None:
    with pytest.raises(ConfigurationError, match="no connection 'other'"):
        flask_setup(write(f"{FLASK}\napp = create_app()\nEternaltwin(app)\n"), "other")


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("import nosuch_module", "ModuleNotFoundError: No module named 'nosuch_module'"),
        ("def", "SyntaxError: invalid syntax"),
        ("import os; os.environ['NOSUCH_VARIABLE']", "KeyError: 'NOSUCH_VARIABLE'"),
        ("raise ValueError('the password is hunter2')", r"ValueError \(game_.*\.py, line 1\)"),
        ("raise SystemExit('hunter2')", r"SystemExit \(game_.*\.py, line 1\)"),
        ("", "has no application of Flask under the name app or application or create_app or make_app"),
        ("app = 5", "has no application of Flask"),
        ("def create_app(): raise ValueError", r"The factory game_.* cannot be loaded: ValueError"),
    ],
)
def test_a_module_that_cannot_be_used_is_a_finding_with_the_cause(
    write: Callable[[str], str], code: str, cause: str
) -> None:
    with pytest.raises(ConfigurationError, match=cause) as caught:
        flask_setup(write(code))
    found = source_failure(caught.value)
    assert (found.level, found.code) == ("error", "unreadable-settings")
    assert "hunter2" not in repr(found)


def test_ctrl_c_while_a_module_is_imported_ends_the_doctor(write: Callable[[str], str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        flask_setup(write("raise KeyboardInterrupt"))


# --- Django, which has one site in a process


def doctor_on(folder: Path, server: DevServer, *arguments: str, **settings: object) -> dict[str, str]:
    """Run the doctor on a site in another process, and return the codes of its findings by name."""
    values: dict[str, object] = {
        "key": KEY,
        "apps": [],
        "login": {},
        "game": GAME,
        "secret": SECRET,
        "callback": CALLBACK,
    }
    (folder / "site_settings.py").write_text(DJANGO.format(**{**values, "url": server.url, **settings}))
    log = folder / "log"
    command = ["-m", "eternaltwin", "doctor", "--django", "site_settings", "--json", *arguments]
    with program_in(folder, command, log) as running:
        running.wait(60)
    assert SECRET not in log.read_text()
    shown = json.loads(log.read_text())
    return {found["name"]: found["code"] for found in shown["findings"]} | {
        "source text": shown["source"],
        "first line": shown["findings"][0]["summary"],
    }


def test_the_settings_of_a_site_are_checked(tmp_path: Path, server: DevServer) -> None:
    apps = ["django.contrib.auth", "django.contrib.contenttypes", "eternaltwin.integrations.django"]
    found = doctor_on(tmp_path, server, apps=apps, login={"store": "memory"})
    assert found["source text"] == "the settings site_settings of Django"
    assert found["client"] == found["redirect_uri"] == found["settings"] == found["state_key"] == "ok"
    assert found["stores"] == "memory-store"


def test_what_is_wrong_with_a_site_hides_no_other_finding(tmp_path: Path, server: DevServer) -> None:
    found = doctor_on(tmp_path, server, "--url", server.url, apps=["nosuch_app"], login={"nosuch": 1})
    assert found["source"] in ("apps", "options")
    assert found["client"] == "ok"


def test_a_connection_that_a_site_has_not_is_named(tmp_path: Path, server: DevServer) -> None:
    assert doctor_on(tmp_path, server, "--connection", "other")["source"] == "unreadable-settings"


def test_a_site_without_a_secret_is_a_finding_with_the_cause(tmp_path: Path, server: DevServer) -> None:
    found = doctor_on(tmp_path, server, key="")
    assert found["source"] == "unreadable-settings"
    assert "ImproperlyConfigured: The SECRET_KEY setting must not be empty" in found["first line"]


def test_a_site_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    with pytest.raises(ConfigurationError, match="--django mygame"):
        django_setup()
