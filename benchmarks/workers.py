"""The processes whose speed is compared, which run tasks on request."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.older import trusted_certificates

if TYPE_CHECKING:
    from collections.abc import Generator

    from benchmarks.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
RAW = "raw"
OURS = "eternaltwin"
OLDER = "older"
BARE = "aiohttp"


class Worker:
    """A process that runs tasks and reports their duration."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._read()

    def run(self, task: str, count: int) -> float:
        """Run a task `count` times and return the duration in seconds."""
        if self._process.stdin:
            print(task, count, file=self._process.stdin, flush=True)
        return float(self._read())

    def _read(self) -> str:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended early")
        return line


@contextmanager
def running_workers(servers: Servers, older_python: Path | None) -> Generator[dict[str, Worker]]:
    """Start the workers, and yield them by name.

    Args:
        servers: The servers that they send requests to.
        older_python: Interpreter with the older package. None means to start no worker for it.
    """
    ports = servers.as_arguments()
    environment = dict(os.environ)
    commands = {
        RAW: [sys.executable, "-m", "benchmarks.raw_worker", *ports, str(servers.authority)],
        OURS: [sys.executable, "-m", "benchmarks.own_worker", *ports],
        BARE: [sys.executable, "-m", "benchmarks.aiohttp_worker", *ports],
    }
    if older_python:
        commands[OLDER] = [str(older_python), "-E", "-m", "benchmarks.client_worker", *ports]
        bundle = servers.authority.with_name("bundle.pem")
        bundle.write_text(trusted_certificates(older_python) + servers.authority.read_text(encoding="ascii"), "utf-8")
    else:
        bundle = servers.authority
    environment |= {"SSL_CERT_FILE": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}
    with ExitStack() as stack:
        yield {name: stack.enter_context(started_worker(command, environment)) for name, command in commands.items()}


@contextmanager
def started_worker(command: list[str], environment: dict[str, str] | None = None) -> Generator[Worker]:
    """Start a worker, and stop it afterwards. Without `environment`, it gets that of this process."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Worker(process)
        finally:
            process.terminate()
