"""A PostgreSQL server for tests, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_OPTIONS = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=120"


@contextmanager
def postgresql() -> Generator[str]:
    """Run a server, and yield the folder of its socket, for user and database `postgres`.

    Skips the test where PostgreSQL is not installed.
    """
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(shutil.which("initdb") or "").parent]
    if not (programs[-1] / "initdb").exists():
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="eternaltwin-pg-", dir="/tmp"))
    try:
        _own(folder)
        _run(programs[-1] / "initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
        control = (programs[-1] / "pg_ctl", "-D", str(folder / "data"), "-w", "-s")
        _run(*control, "-l", str(folder / "log"), "-o", f"{_OPTIONS} -k {folder}", "start")
        try:
            yield str(folder)
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _is_root() -> bool:
    return os.getuid() == 0


def _own(folder: Path) -> None:
    if _is_root():
        shutil.chown(folder, "postgres")


def _run(program: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, which refuse to run as root."""
    command = [str(program), *arguments]
    prefix = ["runuser", "-u", "postgres", "--"] if _is_root() else []
    result = subprocess.run([*prefix, *command], check=False, cwd="/", stdin=subprocess.DEVNULL, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
