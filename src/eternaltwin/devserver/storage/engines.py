"""Engines for SQLite and PostgreSQL. All other modules are independent of the kind of database."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from eternaltwin.exceptions import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

    from eternaltwin.devserver.config.types import PostgresConfig, ServerConfig

#: Seconds that a server waits for the others that use the same SQLite file.
_LOCK_TIMEOUT = 5.0

#: Seconds that a server waits for PostgreSQL when it starts.
_CONNECT_TIMEOUT = 10

#: With these settings, a file survives a crash of the process, and writing is still fast.
_SQLITE_PRAGMAS = ("synchronous = NORMAL", f"busy_timeout = {_LOCK_TIMEOUT * 1000:.0f}")

#: Identifies the advisory lock in PostgreSQL that a transaction holds until its end.
_TRANSACTION_LOCK = 1_163_149_900

#: What to do without a database, as it ends a message.
_OTHER_STORE = 'start with --store memory, or set backend.store to "Memory", to keep the data in memory'

_BEGIN = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"BEGIN; SELECT pg_advisory_xact_lock({_TRANSACTION_LOCK})",
}


def open_engine(config: ServerConfig) -> Engine:
    """Open the database that `backend.store` selects.

    Args:
        config: Settings of the server.

    Returns:
        The engine. Its disposal deletes a database in memory.

    Raises:
        ConfigurationError: The database cannot be opened.
        MissingExtraError: The database is PostgreSQL, and its driver is not installed.
    """
    store = config.backend.store
    if store == "Memory":
        return _sqlite("")
    if store == "Sqlite":
        return _checked(_sqlite(config.sqlite.file), "sqlite.file", config.sqlite.file)
    return _checked(_postgres(config.postgres), "postgres", f"{config.postgres.name} on {config.postgres.host}")


def begin_statement(engine: Engine) -> str:
    """Return the SQL that begins a transaction.

    Args:
        engine: Engine of the database.

    Returns:
        A statement that waits until no other server has a transaction on the same database.
    """
    return _BEGIN[engine.dialect.name]


def _sqlite(file: str) -> Engine:
    url = URL.create("sqlite", database=file or None)
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    if file:
        event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    _set_write_ahead_log(cursor)
    cursor.close()


def _set_write_ahead_log(cursor: DBAPICursor) -> None:
    """Switch a file to the write-ahead log.

    In spite of its timeout, SQLite does not wait here while another server writes. Without the loop, servers that are
    started together could not create a file.
    """
    deadline = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _postgres(config: PostgresConfig) -> Engine:
    url = URL.create(
        "postgresql+psycopg",
        username=config.user,
        password=config.password,
        host=config.host,
        port=config.port,
        database=config.name,
    )
    try:
        return create_engine(url, poolclass=StaticPool, connect_args={"connect_timeout": _CONNECT_TIMEOUT})
    except ImportError:
        problem = f'backend.store = "Postgres" needs psycopg: pip install "eternaltwin[postgres]", or {_OTHER_STORE}'
    raise MissingExtraError(problem)


def _checked(engine: Engine, setting: str, place: str) -> Engine:
    """Return the engine, or raise ConfigurationError if its database cannot be opened."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except DBAPIError as exc:
        problem = str(exc.orig).strip().partition("\n")[0]
    else:
        return engine
    engine.dispose()
    raise ConfigurationError(
        f"{setting}: the database {place} cannot be opened: {problem}; {_OTHER_STORE}", setting=setting
    )
