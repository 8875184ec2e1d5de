"""The folder, the keyring and the server of tests of the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
import pytest

from eternaltwin.cli.connections import VARIABLES
from tests.support.command_servers import CommandServer
from tests.support.keyrings import MemoryKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def settings_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the command line's files, and remove its variables from the environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in (*VARIABLES.values(), "ETERNALTWIN_CLI_PROFILE", "ETERNALTWIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "eternaltwin"


@pytest.fixture
def memory_keyring(settings_folder: Path) -> Iterator[MemoryKeyring]:
    """Make a keyring in memory that of the system."""
    del settings_folder
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def running_server() -> Iterator[CommandServer]:
    """Return a server that tests of one file share."""
    shared = CommandServer()
    with shared.server:
        yield shared


@pytest.fixture
def commands(running_server: CommandServer, memory_keyring: MemoryKeyring) -> CommandServer:
    """Return the server from its seeds, with a keyring and a folder of this test."""
    del memory_keyring
    running_server.server.reset()
    return running_server
