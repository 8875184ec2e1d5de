"""A real Redis or Valkey server for tests, on a socket in a folder."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class RedisServer:
    """A server that can be restarted, and is stopped at the end of a `with`.

    Skips the test where its program is not installed.

    Attributes:
        url: The URL of its socket.
    """

    def __init__(self, folder: Path, *, is_persistent: bool = False, name: str = "redis-server") -> None:
        program = shutil.which(name)
        if program is None:
            pytest.skip(f"{name} is not installed: apt-get install {name}")
        self.url = f"unix://{folder}/redis"
        self._command = [program, "--port", "0", "--unixsocket", f"{folder}/redis", "--dir", f"{folder}", "--save", ""]
        if is_persistent:
            self._command += ["--appendonly", "yes", "--appendfsync", "always"]
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert any("ready to accept connections" in line for line in self._process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server. It may be stopped already."""
        if self._process.returncode is None:
            with self._process as process:
                process.terminate()
                assert process.stdout is not None
                process.stdout.read()

    def restart(self) -> None:
        """Stop the server and start it again: with its data if it is persistent, otherwise empty."""
        self.stop()
        self._start()


@contextmanager
def redis_server(folder: Path) -> Generator[str]:
    """Run a server on a socket in a folder, and yield its URL. Skip the test where Redis is not installed."""
    with RedisServer(folder) as server:
        yield server.url
