"""`eternaltwin doctor`: the first line names the cause, for people and for programs."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from eternaltwin.cli.commands import cli
from eternaltwin.devserver import DevServer
from eternaltwin.doctor import addresses
from tests.support.commands import Done, run_command
from tests.support.game_setups import GAME, SECRET, SEEDS, game_on
from tests.support.programs import ROOT
from tests.support.servers import response_bytes
from tests.support.sockets import free_port, listen_on_free_port, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    Break = Callable[[DevServer, pytest.MonkeyPatch], dict[str, str]]

VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "STATE_KEY", "URL", "PUBLIC_URL", "PROFILE_CACHE")
WEBSITE = response_bytes(b"<!doctype html><title>Eternaltwin</title>", "Content-Type: text/html")


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    """Run a server whose clock can be moved."""
    with DevServer(SEEDS) as running:
        yield running


@pytest.fixture(autouse=True)
def fresh(server: DevServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use no profile of the developer, no server that runs beside the tests, and the clock of this machine."""
    server.reset()
    server.clock.set(datetime.now(UTC))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("ETERNALTWIN_CLI_PROFILE", raising=False)
    monkeypatch.setattr(addresses, "API_PORT", free_port())


def variables(server: DevServer, **changes: str) -> dict[str, str | None]:
    """Return the environment of a game, with changes."""
    given = {name.upper(): value for name, value in game_on(server, **changes).items()}
    return {f"ETERNALTWIN_{name}": _text(given.get(name)) for name in VARIABLES}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def doctor(server: DevServer, *arguments: str, **changes: str) -> Done:
    return run_command("doctor", *arguments, environment=variables(server, **changes))


def wrong_port(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(addresses, "API_PORT", int(server.url.rpartition(":")[2]))
    return {"url": f"http://127.0.0.1:{free_port()}"}


def port_of_the_website(_: DevServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    port = free_port()
    monkeypatch.setattr(addresses, "FRONT_END_PORT", port)
    return {"url": f"http://127.0.0.1:{port}"}


def clock_of_a_day(server: DevServer, _: pytest.MonkeyPatch) -> dict[str, str]:
    server.clock.advance(timedelta(days=1))
    return {}


def https_against_http(server: DevServer, _: pytest.MonkeyPatch) -> dict[str, str]:
    return {"url": server.url.replace("http", "https")}


def changing(**changes: str) -> Break:
    """Return a function that breaks a set-up by settings."""

    def break_it(_: DevServer, __: pytest.MonkeyPatch) -> dict[str, str]:
        return changes

    return break_it


BROKEN: dict[str, tuple[Break, int, str, str]] = {
    "wrong port": (wrong_port, 1, "wrong-port", "url has the wrong port"),
    "port of the website": (port_of_the_website, 1, "website", "address of Eternaltwin's website"),
    "wrong secret": (changing(client_secret="another"), 1, "wrong-secret", "client_secret is wrong"),
    "wrong client": (changing(client_id="nosuch@clients"), 1, "unknown-client", "does not know the game"),
    "wrong callback": (
        changing(redirect_uri="http://localhost:2/"),
        1,
        "other-callback",
        "redirect_uri is not the registered callback",
    ),
    "https against http": (
        https_against_http,
        1,
        "wrong-scheme",
        "url starts with https://, but the server speaks http",
    ),
    "clock of a day": (clock_of_a_day, 1, "clock", "The server's clock is 1 day ahead of that of this machine"),
    "server down": (changing(url="http://127.0.0.1:1"), 3, "server-down", "No server can be reached"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_first_line_names_the_cause_of_a_broken_set_up(
    server: DevServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    break_it, status, code, cause = BROKEN[name]
    environment = variables(server, **break_it(server, monkeypatch))
    shown = run_command("doctor", environment=environment)
    assert (shown.status, shown.errors) == (status, "")
    first = shown.output.splitlines()[0]
    assert first.startswith("error")
    assert cause in first
    programs = run_command("doctor", "--json", environment=environment)
    assert programs.status == status
    document = programs.json()
    assert document["exit_status"] == status
    assert (document["findings"][0]["level"], document["findings"][0]["code"]) == ("error", code)
    assert cause in document["findings"][0]["summary"]
    assert SECRET not in shown.output + programs.output


def test_a_set_up_that_works_ends_with_0_and_has_every_finding_in_json(server: DevServer) -> None:
    done = doctor(server, "--json", "--game-url", "http://localhost:1", profile_cache="memory")
    document: dict[str, Any] = done.json()
    assert (done.status, document["exit_status"], document["source"]) == (0, 0, "the environment")
    assert document["count"] == len(document["findings"])
    assert {*document["findings"][0]} == {"name", "level", "code", "summary", "detail", "next"}
    levels = [found["level"] for found in document["findings"]]
    assert levels == sorted(levels, key=["error", "warning", "note", "ok", "skipped"].index)
    assert {found["name"] for found in document["findings"]} >= {"server", "client", "redirect_uri", "stores"}


def test_people_read_how_many_things_are_wrong(server: DevServer) -> None:
    done = doctor(server, client_secret="another", state_key="x" * 32)
    assert "1 error, 2 warnings. Checked: the environment." in done.output
    assert "next: " in done.output


def test_a_connection_that_reads_and_works_has_nothing_wrong(server: DevServer) -> None:
    environment = dict.fromkeys(f"ETERNALTWIN_{name}" for name in VARIABLES)
    done = run_command("doctor", "--url", server.url, environment=environment)
    assert "Nothing is wrong." in done.output
    assert done.status == 0


def test_a_profile_is_checked(server: DevServer, tmp_path: Path) -> None:
    (tmp_path / "eternaltwin").mkdir()
    (tmp_path / "eternaltwin" / "config.toml").write_text(f'[profiles.local]\nurl = "{server.url}"\n')
    done = doctor(server, "--profile", "local", "--json", "--timeout", "2")
    assert (done.status, done.json()["source"]) == (0, "the profile local")


def test_sources_exclude_each_other(server: DevServer) -> None:
    done = doctor(server, "--django", "mygame.settings", "--flask", "mygame:app")
    assert done.status == 2
    assert "exclude each other" in done.errors


def test_the_settings_of_django_may_be_those_of_the_environment(server: DevServer) -> None:
    environment = {**variables(server), "DJANGO_SETTINGS_MODULE": "nosuch_site.settings"}
    done = run_command("doctor", "--django", "--json", environment=environment)
    assert "nosuch_site.settings" in done.json()["findings"][0]["summary"]


def test_a_profile_that_does_not_exist_is_a_mistake_of_usage(server: DevServer) -> None:
    assert doctor(server, "--profile", "nosuch").status == 2


def test_an_application_that_cannot_be_imported_is_a_finding(server: DevServer) -> None:
    done = doctor(server, "--flask", "nosuch_game:app")
    assert done.status == 1
    assert "No module named 'nosuch_game'" in done.output.splitlines()[0]
    assert "Traceback" not in done.output + done.errors


def test_the_address_of_a_sign_in_is_printed(server: DevServer) -> None:
    uri = f"http://127.0.0.1:{free_port()}/callback"
    server.world.adopt_client(GAME, uri, SECRET)
    done = doctor(server, "--live", "--wait", "0", "--json", redirect_uri=uri)
    assert done.status == 1
    assert done.json()["findings"][0]["code"] == "nobody-came-back"
    assert done.errors.startswith("eternaltwin: sign in at http://127.0.0.1:")


def test_a_set_up_that_is_wrong_waits_for_no_sign_in(server: DevServer) -> None:
    done = doctor(server, "--live", "--json", client_secret="another")
    assert {found["name"] for found in done.json()["findings"]}.isdisjoint({"live"})


# --- in a terminal


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def in_terminal(server: DevServer, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[str, str]:
    """Run the doctor in a terminal of 60 columns, and return what it prints."""
    output, errors = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", output)
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    uri = f"http://127.0.0.1:{free_port()}/callback"
    server.world.adopt_client(GAME, uri, SECRET)
    for name, value in variables(server, redirect_uri=uri).items():
        if value is not None:
            monkeypatch.setenv(name, value)
    cli.main(["doctor", *arguments], standalone_mode=False)
    return output.getvalue(), errors.getvalue()


def test_a_terminal_has_colors_its_width_and_progress(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    output, errors = in_terminal(server, monkeypatch)
    assert "\x1b[33mwarning" in output
    assert max(map(len, click.unstyle(output).splitlines())) <= 60
    assert "Checking" in errors


def test_ctrl_c_does_not_wait_for_a_server() -> None:
    with listen_on_free_port() as silent:
        command = [sys.executable, "-m", "eternaltwin", "doctor", "--timeout", "60", "--url", url_of(silent)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            connection, _ = silent.accept()
            with connection:
                running.send_signal(signal.SIGINT)
                assert running.wait(20) == 130


def test_a_terminal_opens_a_browser(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = list[str]()
    monkeypatch.setattr("webbrowser.open", opened.append)
    errors = in_terminal(server, monkeypatch, "--live", "--wait", "0")[1]
    assert len(opened) == 1
    assert opened[0] in errors


def test_no_more_checks_are_done_than_there_are(server: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[tuple[int, int | None]] = []

    @contextmanager
    def recorded(description: str) -> Generator[Callable[..., None]]:
        def show(done: int, total: int | None = None) -> None:
            shown.append((done, total))

        assert description == "Checking"
        yield show

    monkeypatch.setattr("eternaltwin.cli.doctor.progress", recorded)
    assert run_command("doctor", environment=variables(server)).status == 0
    assert shown[0][1] == max(done for done, _ in shown)
