"""Starts the game and the development server with one command.

    python -m examples.fastapi_game [--port 8000] [--eternaltwin-port 50320]

In production: `uvicorn --workers 2 examples.fastapi_game.app:app`.
"""

from __future__ import annotations

import subprocess
import sys

from examples.shared.launch import launch


def serve(port: int) -> None:
    """Serve the game in a separate process, since the development server uses the same loggers."""
    command = ["uvicorn", "--host", "localhost", "--port", str(port), "examples.fastapi_game.app:app"]
    with subprocess.Popen([sys.executable, "-m", *command]) as game:
        try:
            code = game.wait()
        except KeyboardInterrupt:
            game.terminate()
            code = 0
    sys.exit(code)


if __name__ == "__main__":
    launch("examples.fastapi_game", "FastAPI", serve)
