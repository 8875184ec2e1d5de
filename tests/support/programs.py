"""Programs in other processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from contextlib import AbstractContextManager

ROOT = Path(__file__).parents[2]


def unmeasured_environment() -> dict[str, str]:
    """Return the environment for programs whose coverage is not measured.

    They run none of our code, or only code that other tests run, and start and run faster.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and check that it succeeds and writes nothing to stderr."""
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result


def program(arguments: Sequence[str], log: Path, **variables: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """Run a Python program with its output in a file, and end it as with Ctrl-C."""
    return program_in(ROOT, arguments, log, **variables)


@contextmanager
def program_in(
    folder: Path, arguments: Sequence[str], log: Path, **variables: str
) -> Generator[subprocess.Popen[bytes]]:
    """Run a Python program in a folder with its output in a file, and end it as with Ctrl-C."""
    path = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    with log.open("wb") as file:
        running = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=folder,
            env={**environment, "PYTHONPATH": path, **variables},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
        try:
            yield running
        finally:
            running.send_signal(signal.SIGINT)
            try:
                running.wait(30)
            finally:  # a process that does not end must not disturb the tests that follow
                running.kill()
                running.wait()
