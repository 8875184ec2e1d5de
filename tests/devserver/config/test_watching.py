"""Files of a configuration, watched."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

from eternaltwin.devserver.config import load_config, watched_files
from eternaltwin.devserver.config.watching import ConfigWatch
from eternaltwin.exceptions import ConfigurationError, EternalTwinError
from tests.support.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from eternaltwin.devserver.config import ServerConfig


class Watched:
    """A watched file: what is read, and what is reported."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.config = load_config(path)
        self.attempts = threading.Semaphore(0)
        self.events: queue.Queue[ServerConfig | EternalTwinError] = queue.Queue()
        self.looks = threading.Semaphore(0)
        self.watch = ConfigWatch(self.files, self.read, self.events.put, interval=0.005)

    def files(self) -> tuple[Path, ...]:
        self.looks.release()
        return watched_files(self.config, self.path)

    def read(self) -> None:
        self.attempts.release()
        before, self.config = self.config, load_config(self.path)
        if self.config != before:  # it is read once more when it leads to other files
            self.events.put(self.config)

    def next_port(self) -> int:
        event = self.events.get(timeout=10)
        assert not isinstance(event, EternalTwinError)
        return event.backend.port

    def next_error(self) -> str:
        event = self.events.get(timeout=10)
        assert isinstance(event, ConfigurationError)
        return str(event)


def test_a_file_and_what_it_extends_are_read_again_when_they_change(tmp_path: Path) -> None:
    path, base, other = (tmp_path / name for name in ("eternaltwin.toml", "base.toml", "other.toml"))
    base.write_text("[backend]\nport = 1\n")
    other.write_text("[backend]\nport = 3\n")
    path.write_text('extends = "./base.toml"\n')
    watched = Watched(path)
    with watched.watch:
        replace_file(base, "[backend]\nport = 22\n")
        assert watched.next_port() == 22
        replace_file(path, 'extends = "./other.toml"\n')
        assert watched.next_port() == 3
        replace_file(other, "[backend]\nport = 44\n")
        assert watched.next_port() == 44


def test_a_broken_file_is_reported_once_until_it_is_mended(tmp_path: Path) -> None:
    path, base = tmp_path / "eternaltwin.toml", tmp_path / "base.toml"
    path.write_text("[backend]\nport = 1\n")
    watched = Watched(path)
    with watched.watch:
        replace_file(path, 'extends = "./base.toml"\n')
        assert "base.toml: cannot be read" in watched.next_error()
        for _ in range(3):
            assert watched.attempts.acquire(timeout=10)
        assert watched.events.empty()
        replace_file(base, "[backend")  # not watched so far
        assert "base.toml: is not TOML" in watched.next_error()
        replace_file(base, "[backend]\nport = 5\n")
        assert watched.next_port() == 5
        path.unlink()
        assert "eternaltwin.toml: cannot be read" in watched.next_error()
    assert watched.events.empty()


def test_nothing_is_read_while_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.touch()
    watched = Watched(path)
    with watched.watch:
        for _ in range(4):
            assert watched.looks.acquire(timeout=10)
    assert watched.events.empty()


def test_a_file_is_read_again_on_request(tmp_path: Path) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.touch()
    watched = Watched(path)
    with watched.watch:
        watched.watch.request()
        assert watched.attempts.acquire(timeout=10)


def test_a_file_that_would_take_precedence_is_watched(tmp_path: Path) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.touch()
    assert watched_files(load_config(path), path) == (path, path)
    names = {file.name for file in watched_files(load_config(path), profile="mine")}
    assert {"eternaltwin.mine.local.toml", "eternaltwin.json", "etwin.toml"} <= names
    assert watched_files(load_config(profile="sdk"), profile="sdk") == ()
