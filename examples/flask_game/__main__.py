"""Starts the game and the development server with one command.

    python -m examples.flask_game [--port 8000] [--eternaltwin-port 50320]

In production: `gunicorn --workers 2 --threads 8 examples.flask_game.app:app`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from examples.shared.launch import launch

if TYPE_CHECKING:
    from flask import Flask


def serve(port: int) -> None:
    """Serve the game."""
    app: Flask = import_module("examples.flask_game.app").app  # imported here because it reads the environment
    app.run("localhost", port, threaded=True)


if __name__ == "__main__":
    launch("examples.flask_game", "Flask", serve)
