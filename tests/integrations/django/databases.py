"""Where the models under test are kept at the moment: a SQLite file, or a PostgreSQL server."""

from __future__ import annotations


class ChosenDatabase:
    """A router that sends everything to one database."""

    chosen = "default"

    def db_for_read(self, model: object, **hints: object) -> str:
        """The chosen one."""
        return ChosenDatabase.chosen

    def db_for_write(self, model: object, **hints: object) -> str:
        """The chosen one."""
        return ChosenDatabase.chosen

    def allow_relation(self, obj1: object, obj2: object, **hints: object) -> bool:
        """Everything is in one database."""
        return True
