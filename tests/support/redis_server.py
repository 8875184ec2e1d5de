"""A real Redis server for tests, on a socket in a folder."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def redis_server(folder: Path) -> Generator[str]:
    """Run a server on a socket in a folder, and yield its URL. Skip the test where Redis is not installed."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt-get install redis-server")
    options = ["--port", "0", "--unixsocket", f"{folder}/redis", "--dir", f"{folder}", "--save", ""]
    with subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert any("ready to accept connections" in line for line in server.stdout)
        yield f"unix://{folder}/redis"
        server.terminate()
        server.stdout.read()
