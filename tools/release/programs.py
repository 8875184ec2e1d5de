"""Runs programs: uv, twine, and interpreters."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    #: Runs a command, and returns what it wrote and its status.
    Run = Callable[[Sequence[str]], subprocess.CompletedProcess[str]]


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a program in an environment without this one's packages and settings of Python."""
    return subprocess.run(command, env=bare_environment(os.environ), capture_output=True, text=True, check=False)


def bare_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables without those that would bring packages of this environment into another one."""
    return {name: value for name, value in variables.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}


def uv(*arguments: str) -> list[str]:
    """Return a command of uv, which uses the package index that pip is set to."""
    return [sys.executable, "-m", "uv", *arguments, *_index()]


def _index() -> list[str]:
    index = os.environ.get("PIP_INDEX_URL") or _pip_setting("global.index-url")
    return ["--default-index", index] if index else []


@cache
def _pip_setting(name: str) -> str:
    command = [sys.executable, "-m", "pip", "config", "get", name]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def python_of(environment: Path) -> str:
    """Return the interpreter of a virtual environment."""
    folder = "Scripts" if os.name == "nt" else "bin"
    return str(environment / folder / "python")


def last_line(completed: subprocess.CompletedProcess[str]) -> str:
    """Return the last line that a program wrote, which is usually its error."""
    lines = (completed.stderr.strip() or completed.stdout.strip()).splitlines()
    return lines[-1].strip() if lines else f"status {completed.returncode}"
