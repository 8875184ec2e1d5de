"""A router that chooses the database of the models under test: a SQLite file, or a PostgreSQL server."""

from __future__ import annotations


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
