"""The command `eternaltwin`."""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from eternaltwin import __version__
from eternaltwin.cli.commands import cli
from eternaltwin.cli.request_printer import RequestPrinter
from eternaltwin.devserver.asgi.listening import open_socket
from eternaltwin.devserver.asgi.request_log import RecordedRequest
from tests.support.files import replace_file
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path
    from typing import IO

    from click.testing import Result

READY = re.compile(r"Eternaltwin development server ready at (http://[\w.\[\]:]+:\d+)\n")


#: What is printed after that, by version.
PLAYED = {
    "latest": (
        "It plays the next version, 0.17.0. No released server can search users yet (User.search, find, count and"
        " iterate): --api-version 0.16.4 plays the newest of them\n"
    ),
    "0.16.4": (
        "It plays 0.16.4, the newest release, which cannot search users (User.search, find, count and iterate)\n"
    ),
}


class Serving:
    """A server that was started with the command."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        found = READY.fullmatch(process.stdout.readline())
        assert found is not None
        self.url = found[1]
        self.played = process.stdout.readline()
        self.report = self._lines_to(f"Open {self.url}/ in a browser: ")

    def _lines_to(self, start: str) -> list[str]:
        """Return the lines up to the one that begins in this way."""
        lines: list[str] = []
        while not lines or not lines[-1].startswith(start):
            lines.append(self._line(self.process.stdout))
        return lines

    @staticmethod
    def _line(stream: IO[str] | None) -> str:
        assert stream is not None
        line = stream.readline()
        assert line
        return line

    def note(self) -> str:
        """Return the next line of standard error."""
        return self._line(self.process.stderr)

    def get(self, target: str, host: str | None = None, token: str | None = None) -> int:
        fields = {"Eternaltwin-Dev": "1"}
        if host is not None:
            fields["Host"] = host
        if token is not None:
            fields["Authorization"] = f"Bearer {token}"
        with contextlib.closing(http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)) as connection:
            connection.request("GET", target, headers=fields)
            response = connection.getresponse()
            response.read()
            return response.status

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[str, str]:
        """Stop it, and return the rest of its standard output, and its standard error."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Generator[Serving, None, None]:
    command = [sys.executable, "-m", "eternaltwin", "serve", *arguments]
    environ = os.environ | {"PYTHONWARNINGS": "error"} | (env or {})
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environ
    ) as process:
        try:
            yield Serving(process)
        finally:
            process.kill()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, prog_name="eternaltwin")


# --- running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_reports_when_it_is_ready_and_stops_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path, "--port", "0", "--quiet") as server:
        assert server.get("/api/v1") == 200
        assert server.stop(number) == ("", "")
        assert server.process.returncode == 0


@pytest.mark.parametrize("version", ["latest", "0.16.4"])
def test_it_says_which_version_it_plays_and_that_search_is_not_released(tmp_path: Path, version: str) -> None:
    with serving(tmp_path, "--port", "0", "--api-version", version) as server:
        assert server.played == PLAYED[version]
        assert server.stop()[1] == ""


def test_the_option_for_the_version_may_have_its_old_name(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--profile", "0.16.4", "--quiet") as server:
        assert server.played == PLAYED["0.16.4"]
        assert server.get("/api/v1/users") == 405
        assert server.note() == (
            "eternaltwin: --profile 0.16.4 is called --api-version 0.16.4 now, and --profile is that of the"
            " configuration\n"
        )
        server.stop()


MYGAME = """
[seed.app.mygame]
oauth_callback = "http://localhost:8000/callback"
[seed.user.zoe]
id = "11111111-2222-4333-8444-555555555555"
"""


def test_it_says_what_it_has_read_and_reads_it_again_when_it_changes_or_on_a_signal(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text('[backend]\nstore = "Postgres"\n')
    with serving(tmp_path, "--port", "0", "--store", "memory", "--quiet") as server:
        assert server.report[:2] == [
            f"It has read {file}, and reads it again when it changes\n",
            "That file has no game: add [seed.app.mygame] with the oauth_callback of yours\n",
        ]
        replace_file(file, "[broken")
        assert server.note().startswith(f"eternaltwin: {file}: is not TOML: ")
        assert server.get("/api/v1") == 200
        replace_file(file, MYGAME)
        again = f"eternaltwin: {file} was read again; its games: mygame@clients. Only a restart applies"
        assert server.note().startswith(again)
        assert server.get(f"/api/v1/users/{ZOE}") == 200
        server.process.send_signal(signal.SIGHUP)
        assert server.note().startswith(again)
        assert server.stop() == ("", "")


def test_requests_are_shown_without_their_queries(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0") as server:
        server.get("/api/v1")
        server.get("/oauth/authorize?state=secret")
        rest, log = server.stop()
    assert rest == ""
    first, second = log.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d  200  GET    /api/v1  \d+\.\d ms", first)
    assert "303  GET    /oauth/authorize  " in second
    assert "secret" not in log


def test_the_file_in_the_folder_is_read(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "eternaltwin.toml").write_text(f'[backend]\nport = {port}\n[seed.user.zoe]\nid = "{ZOE}"\n')
    with serving(tmp_path, "--quiet") as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert server.get(f"/api/v1/users/{ZOE}") == 200


ZOE = "11111111-2222-4333-8444-555555555555"


def test_a_given_file_is_read_and_its_unknown_settings_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(f'[backend]\ncolour = "red"\n[seed.user.zoe]\nid = "{ZOE}"\n')
    with serving(tmp_path, "--config", str(file), "--port", "0", "--quiet") as server:
        assert server.get(f"/api/v1/users/{ZOE}") == 200
        _, stderr = server.stop()
    assert stderr.startswith("eternaltwin: ")
    assert "backend.colour" in stderr
    assert stderr.count("\n") == 1


@pytest.mark.parametrize("is_option", [True, False])
def test_the_profile_decides_which_file_is_read(tmp_path: Path, is_option: bool) -> None:
    (tmp_path / "eternaltwin.mine.toml").write_text(f'[seed.user.zoe]\nid = "{ZOE}"\n')
    arguments, env = (["--profile", "mine"], {}) if is_option else ([], {"ETERNALTWIN_PROFILE": "mine"})
    with serving(tmp_path, "--port", "0", "--quiet", *arguments, env=env) as server:
        assert server.get(f"/api/v1/users/{ZOE}") == 200


def test_it_can_stand_in_for_the_released_server(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--api-version", "0.16.4", "--quiet") as server:
        assert server.get("/api/v1/users") == 405


def test_further_hosts_and_a_token_for_other_machines_are_options(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("hush-hush\n")
    arguments = ("--allowed-host", "eternaltwin", "--allowed-host", "*.mygame.test", "--control-token-file", str(token))
    with serving(tmp_path, "--port", "0", "--quiet", *arguments) as server:
        assert [server.get("/api/v1", host) for host in ("eternaltwin:50320", "a.mygame.test", "other.test")] == [
            *(200, 200, 421)
        ]
        assert server.get("/_dev/requests", token=None) == 401
        assert server.get("/_dev/requests", token="hush-hush") == 200


@pytest.mark.parametrize("is_file", [True, False])
def test_a_token_that_cannot_be_used_is_reported_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_file: bool
) -> None:
    monkeypatch.setenv("ETERNALTWIN_DEV_TOKEN", "" if is_file else "hush hush")
    arguments = ["--control-token-file", str(tmp_path / "none")] if is_file else []
    result = run("serve", "--port", "0", *arguments)
    assert result.exit_code == 2
    expected = (
        f"the token cannot be read from {tmp_path / 'none'}: " if is_file else "control_token must be one or more"
    )
    assert result.stderr.startswith(f"eternaltwin: {expected}")
    assert "hush" not in result.stderr


def test_it_warns_when_other_machines_can_reach_it(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--host", "0.0.0.0", "--quiet") as server:
        assert server.get("/api/v1") == 200
        assert "other machines can reach this server" in server.stop()[1]


def test_every_host_is_allowed_only_with_a_warning(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", "0", "--allowed-host", "*", "--quiet") as server:
        assert server.get("/api/v1", "other.test") == 200
        assert "any web page that you have open" in server.stop()[1]


# --- errors


def test_a_taken_port_is_reported_in_one_line() -> None:
    with contextlib.closing(open_socket("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"eternaltwin: port {port} of 127.0.0.1 is taken")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize("content", [None, "[backend", '[backend]\nport = "many"\n', "\x00"])
def test_a_bad_file_is_reported_in_one_line(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "bad.toml"
    if content is not None:
        file.write_text(content)
    result = run("serve", "--config", str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith("eternaltwin: ")
    assert str(file) in result.stderr
    assert result.stderr.count("\n") == 1


def test_conflicting_seeds_are_reported_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "conflict.toml"
    file.write_text('[seed.twinoid_user.one]\nid = 1\nlinked_to = "nobody"\n')
    result = run("serve", "--config", str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith("eternaltwin: seed.twinoid_user.one.linked_to: there is no user 'nobody'; add")
    assert result.stderr.count("\n") == 1


def test_an_unknown_host_is_reported() -> None:
    result = run("serve", "--host", "no.such.host.invalid", "--port", "0")
    assert result.exit_code == 2
    assert "no.such.host.invalid" in result.stderr


# --- version, help and extras


def test_it_prints_its_version() -> None:
    assert run("--version").output == f"eternaltwin {__version__}\n"


def test_it_prints_its_usage() -> None:
    assert "serve" in run("--help").output
    assert "--port" in run("serve", "-h").output


@pytest.mark.parametrize(
    ("package", "message"),
    [
        (
            "click",
            (
                'eternaltwin: the command line needs click: pip install "eternaltwin[cli,server]", or run it without an'
                ' installation: uvx --from "eternaltwin[server,cli]" eternaltwin\n'
            ),
        ),
        (
            "starlette",
            (
                'eternaltwin: the development server needs starlette: pip install "eternaltwin[server]", or start it'
                ' without an installation: uvx --from "eternaltwin[server,cli]" eternaltwin serve\n'
            ),
        ),
    ],
)
def test_without_an_extra_it_reports_what_to_install(package: str, message: str) -> None:
    program = f"""
import sys
sys.modules[{package!r}] = None
sys.argv = ["eternaltwin", "serve"]
from eternaltwin.cli import main
main()
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (2, message)


def test_a_database_without_its_driver_names_the_store_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text('[backend]\nstore = "Postgres"\n')
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = run("serve", "--config", str(file), "--port", "0")
    assert result.exit_code == 2
    assert result.stderr == (
        'eternaltwin: backend.store = "Postgres" needs psycopg: pip install "eternaltwin[postgres]", or start with'
        ' --store memory, or set backend.store to "Memory", to keep the data in memory\n'
    )


def test_another_missing_module_is_not_mistaken_for_an_extra() -> None:
    program = """
import sys
sys.modules["eternaltwin.cli.commands"] = None
from eternaltwin.cli import main
try:
    main()
except ModuleNotFoundError as exc:
    print(exc.name)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "eternaltwin.cli.commands\n"


# --- the log of requests


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def request(status: int | None, path: str = "/p") -> RecordedRequest:
    recorded = RecordedRequest("GET", path, b"", [])
    recorded.status = status
    return recorded


def test_the_log_has_colors_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    log = RequestPrinter(terminal)
    for status in (200, 303, 404, 500, 101):
        log(request(status))
    colors = re.findall(r"\x1b\[(\d\d)m", terminal.getvalue())
    assert colors == ["32", "36", "33", "31"]


@pytest.mark.parametrize(("variable", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colors_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, value)
    terminal = Terminal()
    RequestPrinter(terminal)(request(200))
    assert "\x1b" not in terminal.getvalue()


def test_a_path_cannot_control_the_terminal() -> None:
    file = io.StringIO()
    RequestPrinter(file)(request(None, "/\x1b[2J\r\nfoo"))
    assert "/?[2J??foo" in file.getvalue()
    assert file.getvalue().count("\n") == 1


class Broken(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_a_closed_log_is_ignored() -> None:
    RequestPrinter(Broken())(request(200))
