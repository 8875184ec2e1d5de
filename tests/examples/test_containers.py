"""The container of the development server, and the compose file for a game. No engine runs them here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, TypedDict

import pytest
import yaml
from click.testing import CliRunner

import eternaltwin
from eternaltwin.cli.commands import cli
from eternaltwin.connections import configure, configure_from_environment, connections
from eternaltwin.devserver import DevServer, load_config
from tests.support.programs import ROOT, unmeasured_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "examples" / "containers"
CONTAINERFILE = (FOLDER / "Containerfile").read_text(encoding="utf-8")


class Services(TypedDict):
    command: list[str]
    environment: dict[str, str]


@pytest.fixture
def compose() -> dict[str, Services]:
    services: dict[str, Services] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return services


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer(load_config(FOLDER / "eternaltwin.toml", store="Memory"), allowed_hosts=["eternaltwin"]) as server:
        yield server


def instruction(name: str) -> list[str]:
    """Return the words of an instruction whose value is a JSON array."""
    found = re.search(rf"^{name} (\[.*\])$", CONTAINERFILE, re.MULTILINE)
    assert found is not None
    words: list[str] = json.loads(found[1])
    return words


def test_the_container_installs_this_version() -> None:
    assert f"\nARG VERSION={eternaltwin.__version__}\n" in CONTAINERFILE


def test_its_commands_exist(compose: dict[str, Services]) -> None:
    entry = instruction("ENTRYPOINT")
    assert entry[0] == "eternaltwin"
    for arguments in (instruction("CMD"), compose["eternaltwin"]["command"]):
        result = CliRunner().invoke(cli, [*entry[1:], *arguments, "--help"])
        assert result.exit_code == 0


@pytest.mark.parametrize("is_running", [True, False])
def test_its_health_check_notices_whether_the_server_runs(server: DevServer, is_running: bool) -> None:
    command = re.search(r'CMD \["python", "-c", "(.*)"\]$', CONTAINERFILE, re.MULTILINE)
    assert command is not None
    url = server.url
    if not is_running:
        server.stop()
    code = command[1].replace("http://127.0.0.1:50320", url)
    done = subprocess.run([sys.executable, "-c", code], env=unmeasured_environment(), check=False, capture_output=True)
    assert (done.returncode == 0) is is_running


def test_the_game_signs_in_at_the_server(server: DevServer, compose: dict[str, Services]) -> None:
    given = compose["game"]["environment"]
    assert given["ETERNALTWIN_URL"] == "http://eternaltwin:50320/"
    try:
        configure_from_environment({**given, "ETERNALTWIN_URL": server.url})
        client = connections["default"]
        assert client.authorization_url(client.generate_state()).startswith("http://localhost:50320/oauth/authorize?")
        configure_from_environment({**given, "ETERNALTWIN_URL": server.url, "ETERNALTWIN_PUBLIC_URL": server.url})
        code, _ = server.authorization_code("zoe", connections["default"])
        assert connections["default"].token(code).access_token
    finally:
        configure()
