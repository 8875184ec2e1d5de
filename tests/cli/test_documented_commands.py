"""The commands on the page about the command line run as they are."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.forum import Thread
from eternaltwin.identities import Session
from eternaltwin.users import User
from tests.support.commands import run_command
from tests.support.programs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
HEADINGS = ("Completion", "Users", "The forum", "Archives", "A new game", "Keys", "The description of the API")
SECTION = re.compile(r"^## (.*?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ eternaltwin (.*)$", re.MULTILINE)
COMMANDS = {heading: COMMAND.findall(text) for heading, text in SECTION.findall(PAGE) if heading in HEADINGS}

SEEDS = {
    "dinoparc_user": {"dino": {"server": "dinoparc.com", "id": 1, "dinoz": {"7": {"name": "Yasumi"}}}},
    "hammerfest_user": {"else": {"server": "hammerfest.fr", "id": 127}},
    "twinoid_user": {"twino": {"id": 38, "display_name": "Twino"}},
}


@pytest.fixture(scope="module")
def ids() -> Iterator[dict[str, str]]:
    """Start a server, and return what the page has placeholders for, and the environment."""
    with (
        DevServer({"seed": SEEDS}) as server,
        Eternaltwin(**server.connection_settings("kingdom_dev@clients")) as client,
    ):
        session = Session.login("alice", "aaaaaaaaaa", client)
        thread = Thread.create("main_en", "Hello", "First", client, identity=session)
        code = server.authorization_code("alice", client, scope="base forum:write")
        user = User.from_authorization_code(*code, using=client)
        assert user.token
        yield {
            "THREAD": thread.identifier,
            "POST": thread.posts()[0].identifier,
            "USER": user.identifier,
            "ETERNALTWIN_URL": server.url,
            "ETERNALTWIN_TOKEN": user.token.access_token,
        }


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_commands_of_a_section_run_as_they_are(
    heading: str, ids: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "notes.md").write_text("Notes")
    environment = {name: ids[name] for name in ("ETERNALTWIN_URL", "ETERNALTWIN_TOKEN")}
    assert len(COMMANDS[heading]) > 1
    for command in COMMANDS[heading]:
        arguments = [ids.get(word, word) for word in shlex.split(command)]
        done = run_command(*arguments, environment=environment)
        assert done.status == 0, (command, done.errors)
