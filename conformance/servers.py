"""Starts the official server and the development server, each on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator

    from eternaltwin.devserver.domain.versions import ApiVersion

VERSION: Final = "0.16.4"

_PROJECT = Path(__file__).parent / "official"

#: Timeout of the start of the official server, which hashes the passwords of its seeds, in seconds.
_START_SECONDS = 120

#: Number of lines of its output that are shown if it does not start.
_LAST_LINES = 20


class ServerError(Exception):
    """A server cannot be built or does not start. The message contains the reason."""


def cargo() -> str | None:
    """Return the path of Rust's package manager, or None."""
    found = shutil.which("cargo") or str(Path.home() / ".cargo" / "bin" / "cargo")
    return found if Path(found).exists() else None


def cache_base() -> Path:
    """Return the folder for what is built of the programs of others, for all working copies."""
    return Path(os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")) / "eternaltwin"


def cache_folder() -> Path:
    """Return the folder in which the official server is built."""
    return cache_base() / f"official-{VERSION}"


def official_program() -> Path:
    """Return the path of the program of the official server. The file exists once the server is built."""
    return cache_folder() / "target" / "release" / ("official.exe" if os.name == "nt" else "official")


def build_official() -> Path:
    """Return the program of the official server, after building it if necessary.

    Raises:
        ServerError: cargo is not installed, or the server cannot be built.
    """
    folder, program = cache_folder(), official_program()
    if program.exists():
        return program
    found = cargo()
    if found is None:
        raise ServerError(
            "building the official server requires Rust's cargo, which is not installed: see https://rustup.rs"
        )
    print(f"Building the official server {VERSION} in {folder}: about 6 minutes on 2 cores, once", file=sys.stderr)
    shutil.copytree(_PROJECT, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "Cargo.lock"))
    command = [found, "build", "--release", "--manifest-path", str(folder / "Cargo.toml")]
    environment = os.environ | {"CARGO_TARGET_DIR": str(folder / "target")}
    built = subprocess.run(command, check=False, env=environment)
    if built.returncode != 0 or not program.exists():
        raise ServerError(f"cargo could not build the official server (exit code {built.returncode}), see above")
    return program


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class _Output:
    """Reads the output of a program to its end, and detects that the program has started by a text in it."""

    def __init__(self, stream: IO[str], marker: str) -> None:
        self.lines: deque[str] = deque(maxlen=_LAST_LINES)
        self.is_decided = threading.Event()
        self.has_started = False
        self._thread = threading.Thread(target=self._read, args=(stream, marker), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[str], marker: str) -> None:
        with stream:
            for line in stream:
                self.lines.append(line)
                if marker in line:
                    self.has_started = True
                    self.is_decided.set()
        self.is_decided.set()


def _await_connection(port: int) -> None:
    """Wait until the official server listens, which is shortly after it reports that it has started."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError as error:
            if time.monotonic() > deadline:
                raise ServerError("the official server reports that it has started, but does not listen") from error
            time.sleep(0.01)
        else:
            return


@contextlib.contextmanager
def _process(command: list[str], folder: str) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def official_server(configuration: Path) -> Generator[str]:
    """Run the official server while the context lasts, after building it if necessary.

    Args:
        configuration: Path of an `eternaltwin.toml`.

    Yields:
        The address of the server.

    Raises:
        ServerError: The server cannot be built or does not start.
    """
    port = _free_port()
    listen = f"backend.listen = '127.0.0.1:{port}'"
    command = [str(build_official()), "backend", "--config", "./eternaltwin.toml", "--config-format", "toml"]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(configuration, Path(folder) / "eternaltwin.toml")
        with _process([*command, "--config-data", listen], folder) as process:
            if process.stdout is None:
                raise AssertionError
            output = _Output(process.stdout, "started server at")
            if not output.is_decided.wait(_START_SECONDS) or not output.has_started:
                raise ServerError("the official server does not start:\n" + "".join(output.lines))
            _await_connection(port)
            yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def development_server(configuration: Path, api_version: ApiVersion = VERSION) -> Generator[str]:
    """Run the development server while the context lasts.

    Args:
        configuration: Path of an `eternaltwin.toml`.
        api_version: The version of the official server whose behaviour it reproduces.

    Yields:
        The address of the server.
    """
    from eternaltwin.devserver.config import load_config
    from eternaltwin.devserver.server import DevServer

    config = load_config(configuration)
    with DevServer(config, api_version=api_version) as server:
        yield server.url
