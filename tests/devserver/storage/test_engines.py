"""Opening a SQLite file that another program is writing to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.storage import engines
from eternaltwin.exceptions import ConfigurationError
from tests.devserver.storage.databases import in_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "eternaltwin.sqlite"


@pytest.fixture
def writer(file: Path) -> Iterator[sqlite3.Connection]:
    """Another connection, which has begun to write to the new file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE other (number)")
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def test_a_server_waits_for_the_one_that_creates_the_file(
    file: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def finish_writing(seconds: float) -> None:
        waits.append(seconds)
        writer.execute("COMMIT")

    monkeypatch.setattr("time.sleep", finish_writing)
    with DevServer.in_process(in_sqlite(file)) as server:
        assert server.world.count_users() == 6
    assert len(waits) == 1


@pytest.mark.usefixtures("writer")
def test_a_server_does_not_wait_for_ever(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_LOCK_TIMEOUT", -1)
    with pytest.raises(ConfigurationError, match=r"sqlite\.file: .* cannot be opened: database is locked"):
        DevServer.in_process(in_sqlite(file))
