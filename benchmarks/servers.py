"""The two servers of the benchmarks, each in its own process."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import trustme

from benchmarks.processors import SERVERS, on_processor
from benchmarks.samples import server_configuration

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

DEVELOPMENT_SERVER = [sys.executable, "-m", "eternaltwin", "serve", "--quiet", "--port", "0"]
_FIXED_SERVER = [sys.executable, "-m", "benchmarks.fixed_server"]
_STOP_SECONDS = 10


@dataclass(frozen=True)
class Servers:
    """The servers on 127.0.0.1.

    Attributes:
        fixed_http: Port of the server with prepared responses, over HTTP.
        fixed_tls: Its port over TLS.
        development: Port of the development server.
        authority: Path of the certificate of the authority that signed the TLS certificate.
    """

    fixed_http: int
    fixed_tls: int
    development: int
    authority: Path

    def as_arguments(self) -> list[str]:
        """Return the ports, in the order of the workers' arguments."""
        return [str(self.fixed_http), str(self.fixed_tls), str(self.development)]


@dataclass(frozen=True)
class Started:
    """A server that accepts requests.

    Attributes:
        line: The line that it printed.
        process_id: The id of its process.
    """

    line: str
    process_id: int


@contextmanager
def running_servers(folder: Path) -> Generator[Servers]:
    """Start the servers, with their certificate and configuration in `folder`; stop them afterwards."""
    authority, certificate = _certificates(folder)
    configuration = folder / "eternaltwin.toml"
    configuration.write_text(server_configuration(), encoding="utf-8")
    with (
        started([*_FIXED_SERVER, str(certificate)]) as fixed,
        started([*DEVELOPMENT_SERVER, "--config", str(configuration)]) as ready,
    ):
        http, tls = map(int, fixed.line.split())
        development = urlsplit(ready.line.split()[-1]).port or 0
        yield Servers(http, tls, development, authority)


def _certificates(folder: Path) -> tuple[Path, Path]:
    """Create the authority to trust, and the server's key with its certificate."""
    authority = trustme.CA()
    certificate = folder / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    return trusted, certificate


@contextmanager
def started(command: list[str]) -> Generator[Started]:
    """Start a server on its processor, and wait for the line that it prints when it is ready. Stop it afterwards."""
    with on_processor(SERVERS):
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with server as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"{' '.join(command)} did not start")
            yield Started(line, process.pid)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)
