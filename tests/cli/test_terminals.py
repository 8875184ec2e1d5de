"""The command line in a real terminal."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import click
import pytest

from tests.support.command_servers import PASSWORD, CommandServer
from tests.support.pseudo_terminals import TerminalCommand

if TYPE_CHECKING:
    from pathlib import Path

#: Without the keyring of the machine that runs the tests.
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def environment(commands: CommandServer, settings_folder: Path) -> dict[str, str]:
    return {"ETERNALTWIN_URL": commands.server.url, "XDG_CONFIG_HOME": str(settings_folder.parent), **NO_KEYRING}


def test_a_password_is_asked_for_and_not_shown(environment: dict[str, str], settings_folder: Path) -> None:
    with TerminalCommand("login", "--insecure-storage", environment=environment) as command:
        command.wait_for("Username: ")
        command.type("alice\n")
        command.wait_for("Password: ")
        command.type(f"{PASSWORD}\n")
        assert command.finish() == 0
        assert PASSWORD not in command.shown
        assert "as Alice." in command.shown
    assert (settings_folder / "secrets.json").exists()


def test_ctrl_c_at_a_question_has_status_130_and_writes_nothing(
    environment: dict[str, str], settings_folder: Path
) -> None:
    with TerminalCommand("login", "--insecure-storage", "--username", "alice", environment=environment) as command:
        command.wait_for("Password: ")
        command.type("\x03")
        assert command.finish() == 130
        assert "Traceback" not in command.shown
    assert not settings_folder.exists()


@pytest.mark.parametrize("has_color", [True, False])
def test_ctrl_c_in_a_list_leaves_whole_rows_and_shows_progress_before(
    commands: CommandServer, environment: dict[str, str], tmp_path: Path, has_color: bool
) -> None:
    for number in range(150):
        commands.server.add_user(f"user_{number}", f"User {number}")
    for delay in (0, 0, 20):  # of the count, the first page and the second
        commands.server.fail_next(None, delay=delay, path="/api/v1/users")
    position, file = tmp_path / "position", tmp_path / "users.csv"
    arguments = ("users", "list", "--csv", "--resume", str(position), "--timeout", "60")
    colors = {} if has_color else {"NO_COLOR": "1"}
    with TerminalCommand(*arguments, environment={**environment, **colors}, output=file) as command:
        command.wait_for("100/156")
        command.type("\x03")
        assert command.finish() == 130
        assert "Traceback" not in command.shown
        assert "User 7" not in command.shown
    rest = commands.run("users", "list", "--csv", "--resume", str(position)).output
    assert len(file.read_text().splitlines()) == 101
    assert len(set((file.read_text() + rest).splitlines())) == 157
    assert (re.search(r"\x1b\[(1;)?[34]\d", command.shown) is not None) is has_color


@pytest.mark.usefixtures("commands")
def test_a_terminal_that_shows_the_list_shows_no_progress(environment: dict[str, str]) -> None:
    with TerminalCommand("users", "list", environment=environment) as command:
        assert command.finish() == 0
        assert "Frank" in command.shown
        assert "Reading users" not in command.shown


def test_a_narrow_terminal_loses_no_character(commands: CommandServer, environment: dict[str, str]) -> None:
    commands.sign_in("--insecure-storage")
    account = commands.run("whoami", "--json").json()
    with TerminalCommand("accounts", environment=environment, columns=30) as command:
        assert command.finish() == 0
    lines = click.unstyle(command.shown).splitlines()
    assert max(map(len, lines)) <= 30
    assert Counter(account["identifier"] + account["server"]) <= Counter("".join(lines))
