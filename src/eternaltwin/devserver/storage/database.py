"""One connection to one database, for all threads."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy.exc import IntegrityError

from eternaltwin.devserver.storage.engines import begin_statement
from eternaltwin.devserver.storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from sqlalchemy import ClauseElement, Connection, CursorResult, Engine, Executable, Row
    from sqlalchemy.engine.interfaces import DBAPICursor

    Parameters = Mapping[str, object] | Sequence[Mapping[str, object]]

__all__ = ["Database", "IntegrityError"]


class Prepared:
    """A statement that is worked out once, for what every sign-in asks: a fifth of the time that it takes otherwise.

    Values go to the driver, and come from it, as they are: texts and numbers only.
    """

    def __init__(self, statement: ClauseElement, engine: Engine, cursor: DBAPICursor, lock: threading.RLock) -> None:
        compiled = statement.compile(engine)
        self._sql = str(compiled)
        self._names: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self._cursor = cursor
        self._lock = lock

    def _execute(self, values: Mapping[str, object]) -> None:
        names = self._names
        self._cursor.execute(self._sql, values if names is None else tuple(values[name] for name in names))

    def one(self, values: Mapping[str, object]) -> Sequence[Any] | None:
        """The first row of an answer, or None."""
        with self._lock:
            self._execute(values)
            return cast("Sequence[Any] | None", self._cursor.fetchone())

    def run(self, values: Mapping[str, object]) -> None:
        """Run it for what it does."""
        with self._lock:
            self._execute(values)


class Database:
    """A database that is used by one thread at a time, over one connection that is never put back.

    Statements stand for themselves unless they run within `transaction`.

    Args:
        engine: where the database is; its tables are made when they are missing.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._begin = begin_statement(engine)
        self._is_in_transaction = False
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # A server may be dropped without being closed.
        self._release = weakref.finalize(self, _release, self._connection, engine)
        with self.transaction():
            metadata.create_all(self._connection)
        self._deletions = [self.prepare(table.delete()) for table in reversed(metadata.sorted_tables)]

    def prepare(self, statement: ClauseElement) -> Prepared:
        """Work a statement out, to be run often."""
        with self._lock:
            cursor = self._connection.connection.cursor()
        return Prepared(statement, self._engine, cursor, self._lock)

    def run(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run a statement that changes something; its `rowcount` tells how much."""
        with self._lock:
            return self._connection.execute(statement, parameters)

    def one(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Row[Any] | None:
        """The first row of an answer, or None."""
        with self._lock:
            return self._connection.execute(statement, parameters).first()

    def all(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """Every row of an answer."""
        with self._lock:
            return self._connection.execute(statement, parameters).all()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """What runs within happens as a whole or not at all, and no other thread or server comes between.

        A transaction within another is part of it.
        """
        with self._lock:
            if self._is_in_transaction:
                yield
                return
            self._connection.exec_driver_sql(self._begin)
            self._is_in_transaction = True
            try:
                yield
            except BaseException:
                self._connection.exec_driver_sql("ROLLBACK")
                raise
            else:
                self._connection.exec_driver_sql("COMMIT")
            finally:
                self._is_in_transaction = False

    def clear(self) -> None:
        """Empty every table."""
        with self.transaction():
            for deletion in self._deletions:
                deletion.run({})

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._release()


def _release(connection: Connection, engine: Engine) -> None:
    connection.close()
    engine.dispose()
