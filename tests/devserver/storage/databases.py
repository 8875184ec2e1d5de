"""Settings of servers whose databases outlive them."""

from __future__ import annotations

import msgspec

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.config import PostgresConfig, ServerConfig, SqliteConfig, default_config


def stored(**changes: object) -> ServerConfig:
    """Return the built-in settings with a database.

    Args:
        **changes: Replaced tables of the settings, among them `sqlite` or `postgres`.
    """
    config = default_config()
    kind = "Sqlite" if "sqlite" in changes else "Postgres"
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, store=kind), **changes)


def in_sqlite(file: object) -> ServerConfig:
    """Return the settings of a server with a SQLite file."""
    return stored(sqlite=SqliteConfig(file=str(file)))


def in_postgresql(socket_folder: str) -> ServerConfig:
    """Reset a PostgreSQL database, and return the settings of a server with it."""
    settings = stored(postgres=PostgresConfig(host=socket_folder, name="postgres", user="postgres"))
    with DevServer.in_process(settings) as server:
        server.reset()
    return settings
