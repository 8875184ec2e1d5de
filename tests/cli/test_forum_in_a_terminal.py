"""Posts that are read in a terminal, and written in an editor."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest

from eternaltwin.cli import compositions
from eternaltwin.cli.drafts import CUT, Draft, drafts_folder
from eternaltwin.cli.editors import editor_command
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.devserver import DevServer
from eternaltwin.forum import Post, Thread
from eternaltwin.identities import Session
from eternaltwin.users import User
from tests.support.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.commands import Done


class Topic(NamedTuple):
    """A post on a server, and the environment of its author."""

    server: DevServer
    client: Eternaltwin
    post: Post
    environment: dict[str, str | None]


@pytest.fixture(scope="module")
def topic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topic]:
    folder = tmp_path_factory.mktemp("home")
    with DevServer() as server, Eternaltwin(**server.connection_settings("kingdom_dev@clients")) as client:
        session = Session.login("alice", "aaaaaaaaaa", client)
        (post,) = Thread.create("main_en", "A topic", "**First**", client, identity=session).posts()
        code = server.authorization_code("alice", client, scope="base forum:write")
        token = User.from_authorization_code(*code, using=client).token
        assert token
        environment: dict[str, str | None] = {
            "ETERNALTWIN_TOKEN": token.access_token,
            "ETERNALTWIN_URL": server.url,
            "XDG_CONFIG_HOME": str(folder),
            "XDG_STATE_HOME": str(folder / "state"),
            "VISUAL": None,
        }
        yield Topic(server, client, post, environment)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compositions, "is_interactive", lambda: True)


def run(topic: Topic, editor: str, *arguments: str) -> Done:
    return run_command("forum", *arguments, environment={**topic.environment, "EDITOR": editor})


def kept(topic: Topic) -> list[Path]:
    folder = drafts_folder({"XDG_STATE_HOME": topic.environment["XDG_STATE_HOME"] or ""})
    return list(folder.iterdir()) if folder.exists() else []


def start(
    topic: Topic, *arguments: str, stdin: int | None = None, stdout: int = subprocess.PIPE, editor: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Run a command of the forum in a process of its own, with a terminal of 40 columns."""
    given = {name: value for name, value in topic.environment.items() if value is not None}
    terminal = {"VISUAL": editor, "TERM": "xterm-256color", "COLUMNS": "40", "LINES": "24"}
    environment = {**os.environ, **given, **terminal}
    environment.pop("NO_COLOR", None)
    command = [sys.executable, "-m", "eternaltwin", "forum", *arguments]
    return subprocess.run(
        command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment, check=False, timeout=60
    )


def script(folder: Path, commands: str) -> str:
    """Return the command of an editor that runs commands of a shell, in which $1 is the file."""
    file = folder / "my editor.sh"
    file.write_text(commands)
    return f"sh {shlex.quote(str(file))}"


def test_a_reply_is_written_in_the_editor_of_a_terminal(topic: Topic, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    editor = script(tmp_path, f'cp "$1" {seen}; printf "Typed\\n# heading\\n" | cat - {seen} > "$1"')
    master, slave = pty.openpty()
    running = start(topic, "reply", topic.post.thread.identifier, "--json", stdin=slave, editor=editor)
    os.close(master)
    os.close(slave)
    assert running.returncode == 0, running.stderr
    assert list(topic.post.thread.iterate_posts())[-1].last_revision.body
    assert b'"marktwin": "Typed\\n# heading"' in running.stdout
    first, *notes = seen.read_text().strip().splitlines()
    assert first == CUT
    assert notes[1] == "# A reply to 'A topic'."
    assert all(note.startswith("# ") for note in notes)
    assert kept(topic) == []


def test_posts_fill_the_width_of_a_terminal_in_color(topic: Topic) -> None:
    master, slave = pty.openpty()
    text = "\n".join(["**Bold** and " + "long " * 20] * 2)
    thread = Thread.create(
        "main_en", "Wide", text, topic.client, identity=Session.login("alice", "aaaaaaaaaa", topic.client)
    )
    running = start(topic, "thread", thread.identifier, "--all", stdout=slave)
    shown = os.read(master, 10_000).decode()
    os.close(master)
    os.close(slave)
    assert (running.returncode, running.stderr) == (0, b"")
    assert "\x1b[1mBold\x1b[0m and long" in shown
    lines = click.unstyle(shown).splitlines()
    assert max(len(line) for line in lines if "long" in line) in range(35, 41)
    assert sum(line.count("long") for line in lines) == 40


@pytest.mark.usefixtures("terminal")
def test_an_editor_that_is_closed_without_a_text_cancels(topic: Topic) -> None:
    done = run(topic, "true", "reply", topic.post.thread.identifier)
    assert (done.status, done.errors) == (1, "eternaltwin: the text is empty, so nothing was sent\n")
    assert kept(topic) == []


@pytest.mark.usefixtures("terminal")
def test_an_edit_starts_with_the_text_and_cancels_if_it_stays(topic: Topic, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    done = run(topic, script(tmp_path, f'cp "$1" {seen}'), "edit", topic.post.identifier)
    assert (done.status, done.errors) == (1, "eternaltwin: the text was not changed, so nothing was sent\n")
    assert seen.read_text().startswith(f"**First**\n\n{CUT}\n")
    assert kept(topic) == []


@pytest.mark.usefixtures("terminal")
def test_an_editor_that_fails_loses_nothing(topic: Topic, tmp_path: Path) -> None:
    done = run(topic, script(tmp_path, 'printf Typed > "$1"; exit 3'), "reply", topic.post.thread.identifier)
    (file,) = kept(topic)
    assert done.status == 1
    assert done.errors == (
        f"eternaltwin: the text is kept: send it with --file {file}\neternaltwin: the editor ended with status 3\n"
    )
    assert file.read_text() == "Typed"
    file.unlink()


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("editor", ["no-such-editor", "'unbalanced"])
def test_an_editor_that_cannot_be_started_is_reported(topic: Topic, editor: str) -> None:
    done = run(topic, editor, "reply", topic.post.thread.identifier)
    assert done.status == 1
    assert done.errors.startswith("eternaltwin: the editor cannot be started: ")
    assert done.errors.endswith("; set VISUAL or EDITOR\n")
    assert kept(topic) == []


@pytest.mark.usefixtures("terminal")
def test_a_file_that_the_editor_deleted_is_an_empty_text(topic: Topic, tmp_path: Path) -> None:
    done = run(topic, script(tmp_path, 'rm "$1"'), "reply", topic.post.thread.identifier)
    assert "the text is empty" in done.errors


# --- the parts


def test_the_editor_is_that_of_the_environment() -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"EDITOR": "nano"}) == ["nano"]
    assert editor_command({}) == ["vi"]


def test_drafts_are_in_the_folder_for_the_state_of_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts_folder({"XDG_STATE_HOME": "/x"}) == Path("/x/eternaltwin/drafts")
    assert drafts_folder({"XDG_STATE_HOME": "relative"}) == Path.home() / ".local/state/eternaltwin/drafts"
    monkeypatch.setattr(sys, "platform", "win32")
    assert drafts_folder({"LOCALAPPDATA": "/local"}) == Path("/local/eternaltwin/drafts")


def test_a_draft_is_kept_elsewhere_if_its_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    draft = Draft("text", folder=tmp_path / "file" / "drafts")
    assert tmp_path not in draft.path.parents
    assert draft.read() == "text"
    draft.discard()
    assert draft.read() == ""
