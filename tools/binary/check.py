"""Starts the built file as on a machine without Python, and measures the time until its first response."""

from __future__ import annotations

import http.client
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]

#: Where the file is built.
PROGRAM = ROOT / "dist" / "eternaltwin"

#: The longest time between the start and the first response, in seconds.
LIMIT = 2.0

#: Number of starts, of which the fastest counts: the others measure what else the machine does.
_STARTS = 3

_READY = "Eternaltwin development server ready at "


def seconds_to_first_response(program: Path, folder: Path) -> float:
    """Start the server and request two pages. It has no variable but the folder for what it unpacks, and so no PATH.

    Args:
        program: The built file.
        folder: An empty folder, where the server runs and unpacks itself.

    Returns:
        The time from the start to the end of the first response, in seconds.

    Raises:
        AssertionError: The server does not start, or does not respond as it should.
    """
    started = time.monotonic()
    command = [str(program), "serve", "--port", "0", "--quiet"]
    with subprocess.Popen(
        command, cwd=folder, env={"TMPDIR": str(folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith(_READY):
                process.kill()
                raise AssertionError(f"{program} does not start: {line}{process.communicate()[1]}")
            url = line.removeprefix(_READY).strip()
            statuses = [_status(url, "/api/v1")]
            seconds = time.monotonic() - started
            statuses.append(_status(url, "/"))  # a page, whose templates are packed as well
            if statuses != [200, 200]:
                raise AssertionError(f"{program} responds with the statuses {statuses}")
        finally:
            process.terminate()
    return seconds


def _status(url: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response.status


def fastest_start(program: Path) -> float:
    """Start the server a few times.

    Args:
        program: The built file.

    Returns:
        The shortest time to the first response, in seconds.
    """
    times: list[float] = []
    for _ in range(_STARTS):
        with tempfile.TemporaryDirectory() as folder:
            times.append(seconds_to_first_response(program, Path(folder)))
    return min(times)
