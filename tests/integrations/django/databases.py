"""A router that chooses the database of the models under test: a SQLite file, or a PostgreSQL server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable


def in_thread(task: Callable[[], object]) -> None:
    """Run a database task in a thread of its own, since the event loop of a browser may run in this one."""

    def run() -> None:
        try:
            task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


class ChosenDatabase:
    """A router that sends all models to one database."""

    chosen = "default"

    def db_for_read(self, model: object, **hints: object) -> str:
        """Return the chosen database."""
        return ChosenDatabase.chosen

    def db_for_write(self, model: object, **hints: object) -> str:
        """Return the chosen database."""
        return ChosenDatabase.chosen

    def allow_relation(self, obj1: object, obj2: object, **hints: object) -> bool:
        """Allow every relation, since all models are in one database."""
        return True
