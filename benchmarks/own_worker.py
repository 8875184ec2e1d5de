"""The tasks of a game with this package, including those that only this package supports."""

from __future__ import annotations

import sys

from benchmarks import client_worker
from benchmarks.samples import page_body
from benchmarks.worker_protocol import Task, repeated, serve_tasks
from eternaltwin import models
from eternaltwin.responses import Response, decode_json

#: Modules that a sync call must not load: each costs more than the rest of the library.
HEAVY_MODULES = ("aiohttp", "cryptography")


def tasks(ports: list[int]) -> dict[str, Task]:
    """Return all tasks."""
    found = client_worker.tasks(ports)
    heavy = sum(name in sys.modules for name in HEAVY_MODULES)
    page = Response("http://127.0.0.1/api/v1/users", 200, page_body(), {})
    found["heavy_modules"] = lambda _count: heavy
    found["decode"] = repeated(lambda: decode_json(page, models.Listing[models.LazyUser]))
    return found


if __name__ == "__main__":
    serve_tasks(tasks([int(port) for port in sys.argv[1:]]))
