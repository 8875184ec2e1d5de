"""The configuration of `serve` on SIGHUP, and without a terminal."""

from __future__ import annotations

import queue
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from eternaltwin.cli import served_config
from eternaltwin.cli.served_config import ServedConfig
from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

needs_hangup = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")


@contextmanager
def watched(profile: str = "sdk") -> Generator[queue.Queue[str]]:
    notes: queue.Queue[str] = queue.Queue()
    served = ServedConfig(None, profile, None, notes.put)
    server = DevServer.in_process(served.load())
    with served.watched(server):
        yield notes
    server.stop()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file that stands for the terminal of this process."""
    file = tmp_path / "tty"
    monkeypatch.setattr(served_config, "_TERMINAL", str(file))
    return file


def test_what_is_surprising_is_said_when_the_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.write_text("[seed.app.mygame]\n[clients.old]\n[wxyz]\n")
    notes: list[str] = []
    config = ServedConfig(path, "dev", "Memory", notes.append).load()
    assert config.own_games == ("old", "mygame")
    beginnings = [
        "[clients]: newer servers ignore",
        "unknown key wxyz",
        "seed.app.old has no",
        "seed.app.mygame has no",
    ]
    assert len(notes) == len(beginnings)
    assert all(note.startswith(f"{path}: {start}") for note, start in zip(notes, beginnings, strict=True))


@needs_hangup
@pytest.mark.parametrize("has_terminal", [True, False])
def test_hangup_reads_the_configuration_again(terminal: Path, has_terminal: bool) -> None:
    before = signal.getsignal(signal.SIGHUP)
    if has_terminal:
        terminal.touch()
    with watched() as notes:
        signal.raise_signal(signal.SIGHUP)
        assert notes.get(timeout=10).startswith("without a file, the built-in settings are used again; its games: none")
    assert signal.getsignal(signal.SIGHUP) is before


@needs_hangup
def test_hangup_ends_the_server_when_its_terminal_was_closed(terminal: Path) -> None:
    ended: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: ended.append(number))
    try:
        terminal.touch()
        with watched() as notes:
            terminal.unlink()
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended == [signal.SIGTERM]
    assert notes.empty()


def test_systems_without_the_signal_are_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    with watched() as notes:
        pass
    assert notes.empty()
