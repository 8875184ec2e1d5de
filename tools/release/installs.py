"""Installs the wheel with each extra on each Python, each time in a new environment, and uses what the extra is for."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tools.release.programs import last_line, python_of, run, uv
from tools.release.results import Result, result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tools.release.programs import Run

_DJANGO = """
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", {apps}],
    MIDDLEWARE=[{middleware}],
    SECRET_KEY="x" * 50,
)
import django
django.setup()
"""

#: Number of environments that are made at once.
_AT_ONCE = 3

#: For each extra, a program that fails if the extra lacks something. The empty name is the package without extras.
PROGRAMS = {
    "": "from eternaltwin import *",
    "crypto": "import eternaltwin.keys; from jwt.algorithms import has_crypto; assert has_crypto",
    "server": "from eternaltwin.devserver import DevServer; DevServer.in_process()",
    "cli": "from eternaltwin.cli import main; import sys; sys.argv[1:] = ['--version']; main()",
    "django": _DJANGO.format(apps='"eternaltwin.integrations.django"', middleware=""),
    "allauth": _DJANGO.format(
        apps='"django.contrib.messages", "allauth", "allauth.account", "allauth.socialaccount", '
        '"eternaltwin.integrations.allauth"',
        middleware='"allauth.account.middleware.AccountMiddleware"',
    )
    + "import eternaltwin.integrations.allauth.provider",
    "starlette": "from eternaltwin.integrations.starlette import *",
    "fastapi": "from eternaltwin.integrations.fastapi import *",
    "flask": "from eternaltwin.integrations.flask import *",
    "social-core": "import eternaltwin.integrations.social_core",
    "authlib": "import eternaltwin.integrations.authlib",
    "httpx-oauth": "import eternaltwin.integrations.httpx_oauth",
    "postgres": "import psycopg; assert psycopg.pq.__impl__ == 'binary'",
    "redis": "import redis, eternaltwin.redis_clients, eternaltwin.profiles",
    "otel": "from eternaltwin.telemetry import *",
    "binary": "import PyInstaller",
    "docs": "import mkdocstrings_handlers.python, ruff, zensical",
    "all": "import django, fastapi, flask, psycopg, redis, opentelemetry.sdk, eternaltwin.cli, eternaltwin.devserver",
    "dev": "import pytest, hypothesis, mypy, twine, eternaltwin.pytest_plugin",
}


def check_installs(wheel: Path, pythons: Iterable[str], extras: Sequence[str], run_program: Run = run) -> list[Result]:
    """Install the wheel with each extra on each Python, and run the program of the extra.

    Args:
        wheel: The wheel.
        pythons: Interpreters.
        extras: Names of extras. The empty name is the package without extras.
        run_program: Runs a command.

    Returns:
        A result for each Python. Its problems name the extra.
    """
    return [_on(python, wheel, extras, run_program) for python in pythons]


def _on(python: str, wheel: Path, extras: Sequence[str], run_program: Run) -> Result:
    name = last_line(run_program([python, "--version"]))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        started = {extra: pool.submit(_problem, python, wheel, extra, run_program) for extra in extras}
    found = {extra: future.result() for extra, future in started.items()}
    problems = [f"[{extra}]: {problem}" for extra, problem in found.items() if problem]
    return result(name, problems, f"{len(extras)} installations")


def _problem(python: str, wheel: Path, extra: str, run_program: Run) -> str | None:
    """Return why an extra does not work, or None if it does."""
    with tempfile.TemporaryDirectory() as folder:
        environment = Path(folder) / "environment"
        inside = python_of(environment)
        target = f"eternaltwin[{extra}] @ {wheel.resolve().as_uri()}" if extra else str(wheel)
        commands = (
            uv("venv", "--quiet", "--python", python, str(environment)),
            uv("pip", "install", "--quiet", "--python", inside, target),
            [inside, "-I", "-c", PROGRAMS[extra]],
        )
        for command in commands:
            completed = run_program(command)
            if completed.returncode:
                return last_line(completed)
    return None


def find_pythons(
    which: Callable[[str], str | None] = shutil.which, pyenv: Callable[[], Iterable[Path]] | None = None
) -> list[str]:
    """Find one interpreter of each version of Python from 3.11 on.

    Args:
        which: Finds a program on the path.
        pyenv: Lists the interpreters of pyenv.

    Returns:
        The interpreters, the oldest version first.
    """
    found: dict[int, str] = {}
    for path in sorted((pyenv or _of_pyenv)(), key=_version_in):
        _, minor, _ = _version_in(path)
        found[minor] = str(path)
    for minor in range(11, 20):
        path_of = which(f"python3.{minor}")
        if path_of and minor not in found and _runs(path_of):
            found[minor] = path_of
    return [found[minor] for minor in sorted(found)]


def _version_in(path: Path) -> tuple[int, int, int]:
    major, minor, patch = map(int, path.parents[1].name.split("."))
    return major, minor, patch


def _of_pyenv() -> Iterable[Path]:
    pyenv = shutil.which("pyenv")
    if not pyenv:
        return ()
    root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True).stdout.strip()
    folders = Path(root, "versions").glob("3.*")
    return [each / "bin" / "python" for each in folders if re.fullmatch(r"3\.(1[1-9])\.\d+", each.name)]


def _runs(python: str) -> bool:
    """Return whether an interpreter starts: pyenv puts programs on the path for versions that are not chosen."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
