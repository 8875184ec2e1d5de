"""Settings are judged by type checkers, in programs of users: right ones pass, each wrong one is an error."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import eternaltwin.connections
from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.settings import CLIENT_SETTING_NAMES, ConnectionSettings
from eternaltwin.clients.sync.clients import Eternaltwin
from tests.support.programs import unmeasured_environment

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = """\
from eternaltwin import HS256Key, configure
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import ConnectionSettings, ReadingSettings, async_connections, connections

settings: ConnectionSettings = {
    "client_id": "mygame@clients",
    "client_secret": "dev",
    "redirect_uri": "http://localhost:8000/oauth/callback",
    "state_key": HS256Key("correct horse battery staple, four words"),
    "timeout": 3,
}
reading: ReadingSettings = {"url": "http://localhost:50320", "retries": 0}
loose: dict[str, object] = {**settings}
"""

RIGHT = """\
sync_client = Eternaltwin(**settings)
async_client = AsyncEternaltwin(**settings)
Eternaltwin("id", "secret", "http://localhost/", ["a key", "an older key"], host="localhost", port="80")
configure(default=settings, patient={**settings, "timeout": 30})
configure(default={"client_id": "a", "client_secret": "b", "redirect_uri": "http://c/", "state_key": "d", "retries": 0})
connections.configure(**{"default": settings})
created: Eternaltwin = connections.create_connection("game", **settings)
connections["game"] = settings
connections["game"] = {**settings, "retries": 0}
async_connections["game"] = async_client
Eternaltwin()
AsyncEternaltwin(url="http://localhost:50320", timeout=1)
Eternaltwin(**reading)
configure(default={"url": "http://localhost:50320"}, game=settings, other=reading)
connections["game"] = {"timeout": 1}
reader: Eternaltwin = connections.create_connection("reader", url="http://localhost:50320")
checked: dict[str, ConnectionSettings] = connections.check(default=settings)
with connections.override("game", **settings) as other:
    other.users.me()
"""

WRONG = """\
configure(default={"client_idd": 5})
configure(default={**settings, "timeout": "5"})
configure(default=loose)
configure(**settings)
connections.configure(default=loose)
connections.check(default=loose)
connections.create_connection("game", client_id="a")
connections.create_connection("game", **loose)
connections["game"] = loose
connections["game"] = AsyncEternaltwin(**settings)
incomplete: ConnectionSettings = {"client_id": "a"}
unknown: ReadingSettings = {"client_id": "a"}
configure(default={"client_id": "a"})
connections["game"] = {"url": "http://localhost:50320", "client_id": "a"}
Eternaltwin(client_id="a", url="http://localhost:50320")
Eternaltwin(**loose)
Eternaltwin(**settings, time_out=5)
Eternaltwin("id", "secret", "http://localhost/")
Eternaltwin("id", "secret", "http://localhost/", "key", "https://eternaltwin.org")
"""


def mypy_errors(program: Path) -> set[int]:
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={program.parent / 'cache'}", program.name]
    environment = unmeasured_environment()
    result = subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    return {int(line) for line in re.findall(rf"^{program.name}:(\d+): error:", result.stdout, re.MULTILINE)}


def pyright_errors(program: Path) -> set[int]:
    (program.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, program.name]
    environment = {**unmeasured_environment(), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    result = subprocess.run(command, cwd=program.parent, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode in (0, 1), result.stdout + result.stderr
    found = json.loads(result.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"] + 1 for item in found if item["severity"] == "error"}


@pytest.mark.long
@pytest.mark.parametrize("errors", [mypy_errors, pyright_errors])
def test_type_checkers_accept_right_settings_and_refuse_wrong_ones(
    tmp_path: Path, errors: Callable[[Path], set[int]]
) -> None:
    program = tmp_path / "program.py"
    program.write_text(HEAD + RIGHT + WRONG, encoding="utf-8")
    first_wrong = len((HEAD + RIGHT).splitlines()) + 1
    assert errors(program) == set(range(first_wrong, first_wrong + len(WRONG.splitlines())))


def test_signature_and_dict_have_the_same_settings() -> None:
    written = {name: str(kind.__forward_arg__) for name, kind in ConnectionSettings.__annotations__.items()}
    parameters = inspect.signature(ClientABC).parameters
    assert written == {
        name: item.annotation.removesuffix(" | None")
        if name in CLIENT_SETTING_NAMES
        else f"NotRequired[{item.annotation}]"
        for name, item in parameters.items()
    }


@pytest.mark.parametrize("client_class", [Eternaltwin, AsyncEternaltwin])
def test_signatures_show_every_setting(client_class: type[ClientABC]) -> None:
    assert inspect.signature(client_class) == inspect.signature(ClientABC)
    assert "timeout: float = 5" in str(inspect.signature(client_class)).replace("'", "")


def test_configure_documents_every_setting_with_its_type_and_default() -> None:
    documented = inspect.getdoc(eternaltwin.connections.configure) or ""
    for name, item in inspect.signature(ClientABC).parameters.items():
        shown = f'`"{item.default}"`' if isinstance(item.default, str) else item.default
        default = "" if item.default is inspect.Parameter.empty else f", default {shown}"
        assert f"- `{name}` (`{item.annotation}`{default}): " in documented


def test_the_page_on_connections_lists_every_setting() -> None:
    page = (Path(__file__).parents[2] / "docs/connections.md").read_text(encoding="utf-8")
    names = [name for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert set(names) >= set(inspect.signature(ClientABC).parameters)
