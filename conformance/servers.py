"""Start the official server and the development server, each on a free port of this machine."""

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

#: Seconds that the official server may take to hash the passwords of its seeds and to listen.
_START = 120

#: Lines of its output that are shown when it does not start.
_LAST_LINES = 20


class ServerError(Exception):
    """A server cannot be built or does not start; the message says what to do."""


def cargo() -> str | None:
    """Where Rust's package manager is, or None."""
    found = shutil.which("cargo") or str(Path.home() / ".cargo" / "bin" / "cargo")
    return found if Path(found).exists() else None


def cache_folder() -> Path:
    """Where the official server is built, once, for all working copies."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "eternaltwin" / f"official-{VERSION}"


def official_program() -> Path:
    """Where the official server's program is, once it is built."""
    return cache_folder() / "target" / "release" / ("official.exe" if os.name == "nt" else "official")


def build_official() -> Path:
    """The official server's program, built if need be.

    Raises:
        ServerError: there is no Rust here, or it cannot be built.
    """
    folder, program = cache_folder(), official_program()
    if program.exists():
        return program
    found = cargo()
    if found is None:
        raise ServerError("the official server is built with Rust's cargo, which is not here: see https://rustup.rs")
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
    """Reads what a program says, until it says that it has started and on to its end."""

    def __init__(self, stream: IO[str], sign: str) -> None:
        self.lines: deque[str] = deque(maxlen=_LAST_LINES)
        self.is_decided = threading.Event()
        self.has_started = False
        self._thread = threading.Thread(target=self._read, args=(stream, sign), daemon=True)
        self._thread.start()

    def _read(self, stream: IO[str], sign: str) -> None:
        with stream:
            for line in stream:
                self.lines.append(line)
                if sign in line:
                    self.has_started = True
                    self.is_decided.set()
        self.is_decided.set()


def _await_connection(port: int) -> None:
    """The official server says that it has started shortly before it listens."""
    until = time.monotonic() + _START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError as error:
            if time.monotonic() > until:
                raise ServerError("the official server says it has started, and does not listen") from error
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
    """Run the official server while the context lasts; built first if need be.

    Args:
        configuration: an `eternaltwin.toml`.

    Yields:
        Its address.

    Raises:
        ServerError: it cannot be built or does not start.
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
            if not output.is_decided.wait(_START) or not output.has_started:
                raise ServerError("the official server does not start:\n" + "".join(output.lines))
            _await_connection(port)
            yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def development_server(configuration: Path, api_version: ApiVersion = VERSION) -> Generator[str]:
    """Run the development server while the context lasts.

    Args:
        configuration: an `eternaltwin.toml`.
        api_version: the version that it behaves like.

    Yields:
        Its address.
    """
    from eternaltwin.devserver.config import load_config
    from eternaltwin.devserver.server import DevServer

    config = load_config(configuration)
    with DevServer(config, api_version=api_version) as server:
        yield server.url
