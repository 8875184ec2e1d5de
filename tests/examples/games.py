"""The example games on their production servers, each with two workers."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eternaltwin.devserver import DevServer
from examples.shared.launch import settings
from tests.support.http_browsers import wait_until_it_responds
from tests.support.programs import program

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator

#: The module and arguments that serve each game in production.
SERVERS = {
    "django": [
        *("gunicorn", "--config", "examples/django_game/gunicorn_conf.py", "--backlog", "512"),
        *("--bind", "localhost:{port}", "examples.django_game.wsgi"),
    ],
    "fastapi": [
        *("uvicorn", "--workers", "2", "--host", "localhost", "--port", "{port}"),
        "examples.fastapi_game.app:app",
    ],
    "flask": [
        *("gunicorn", "--workers", "2", "--threads", "8", "--backlog", "512", "--access-logfile", "-"),
        *("--graceful-timeout", "10", "--bind", "localhost:{port}"),
        "examples.flask_game.app:app",
    ],
}


@dataclass
class ServedGame:
    """A game that is running.

    Attributes:
        url: URL of the game.
        process: The process that starts the workers.
    """

    url: str
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """Return the ids of the processes that serve requests."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        command_lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return [child for child, command in command_lines.items() if b"resource_tracker" not in command]


def kill_worker(worker: int) -> int:
    """Kill a process that serves requests, and return how many sockets it had open.

    It is stopped first, so that it accepts no connection while they are counted.
    """
    process = Path(f"/proc/{worker}")
    os.kill(worker, signal.SIGSTOP)
    while (process / "stat").read_text().rpartition(")")[2].split()[0] != "T":
        os.sched_yield()
    sockets = sum(descriptor.readlink().name.startswith("socket:") for descriptor in (process / "fd").iterdir())
    os.kill(worker, signal.SIGKILL)
    return sockets


def eternaltwin(framework: str, port: int) -> DevServer:
    """Return a development server on which the game is registered."""
    callback = f"http://localhost:{port}/eternaltwin/callback{'/' if framework == 'django' else ''}"
    app = {"display_name": "Five Dice", "oauth_callback": callback, "secret": "the secret of the dice"}
    return DevServer({"seed": {"app": {"dice": app}}})


@contextmanager
def served(framework: str, server: DevServer, port: int, folder: Path, **variables: str) -> Generator[ServedGame]:
    """Run a game under its production server."""
    url = f"http://localhost:{port}"
    environment = {**settings(server, "dice@clients", str(folder / "dice.sqlite3")), **variables}
    if framework == "django":
        environment |= {
            "DATABASE": str(folder / "dice.sqlite3"),
            "GAME_URL": url,
            "SECRET_KEY": "a secret that is used in tests only",
        }
        migrate = ["-m", "django", "migrate", "--settings", "examples.django_game.settings"]
        with program(migrate, folder / "migrations", **environment) as migrating:
            assert migrating.wait(60) == 0
    command = ["-m", *(part.format(port=port) for part in SERVERS[framework])]
    with program(command, folder / "log", **environment) as running:
        wait_until_it_responds(running, url)
        yield ServedGame(url, running)
