"""The connection of a server to its database, which all threads share."""

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


class PreparedStatement:
    """A statement that is compiled once, which saves four fifths of the time of short ones.

    It runs on a cursor of the driver. Parameters and results are therefore not converted: use it for strings and
    numbers only. Exceptions are those of the driver, not those of SQLAlchemy.

    Args:
        statement: The statement.
        engine: Engine of the database.
        cursor: Cursor that runs the statement and nothing else.
        lock: Lock of the connection.
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
        """Run the statement and return one row.

        Args:
            values: Parameters, by name.

        Returns:
            The first row, or None if there is none.
        """
        with self._lock:
            self._execute(values)
            return cast("Sequence[Any] | None", self._cursor.fetchone())

    def run(self, values: Mapping[str, object]) -> None:
        """Run the statement without reading its result.

        Args:
            values: Parameters, by name.
        """
        with self._lock:
            self._execute(values)


class Database:
    """The database of a server, used by one thread at a time, over a single connection.

    Statements outside of [`transaction`][eternaltwin.devserver.storage.database.Database.transaction] are committed
    one by one.

    Args:
        engine: Engine of the database. Missing tables are created.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.RLock()
        self._begin = begin_statement(engine)
        self._is_in_transaction = False
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        # A server may be garbage-collected without having been closed.
        self._release = weakref.finalize(self, _release, self._connection, engine)
        with self.transaction():
            metadata.create_all(self._connection)
        self._deletions = [self.prepare(table.delete()) for table in reversed(metadata.sorted_tables)]

    def prepare(self, statement: ClauseElement) -> PreparedStatement:
        """Compile a statement that is run often.

        Args:
            statement: The statement.

        Returns:
            The compiled statement.
        """
        with self._lock:
            cursor = self._connection.connection.cursor()
        return PreparedStatement(statement, self._engine, cursor, self._lock)

    def run(self, statement: Executable, parameters: Parameters | None = None) -> CursorResult[Any]:
        """Run a statement.

        Args:
            statement: The statement.
            parameters: Parameters by name, or a list of them to run the statement once for each.

        Returns:
            The result. Its `rowcount` is the number of changed rows.

        Raises:
            IntegrityError: The statement breaks a constraint of the database.
        """
        with self._lock:
            return self._connection.execute(statement, parameters)

    def one(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Row[Any] | None:
        """Run a query and return one row.

        Args:
            statement: The query.
            parameters: Parameters, by name.

        Returns:
            The first row, or None if there is none.
        """
        with self._lock:
            return self._connection.execute(statement, parameters).first()

    def all(self, statement: Executable, parameters: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """Run a query and return all rows.

        Args:
            statement: The query.
            parameters: Parameters, by name.

        Returns:
            The rows.
        """
        with self._lock:
            return self._connection.execute(statement, parameters).all()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Run statements as a whole or, after an exception, not at all.

        Other threads, and other servers that begin a transaction on the same database, wait until it ends. A
        transaction within another is part of the outer one.

        Yields:
            Nothing.
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
        """Delete all rows of all tables."""
        with self.transaction():
            for deletion in self._deletions:
                deletion.run({})

    def close(self) -> None:
        """Close the connection and the engine."""
        with self._lock:
            self._release()


def _release(connection: Connection, engine: Engine) -> None:
    connection.close()
    engine.dispose()
