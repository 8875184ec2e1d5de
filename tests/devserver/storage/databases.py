"""Empty databases that outlive a server, and the settings of a server on one."""

from __future__ import annotations

import msgspec

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.config import PostgresConfig, ServerConfig, SqliteConfig, default_config


def stored(**changes: object) -> ServerConfig:
    """The built-in settings with some tables replaced, one of which is the database's."""
    config = default_config()
    kind = "Sqlite" if "sqlite" in changes else "Postgres"
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, store=kind), **changes)


def in_sqlite(file: object) -> ServerConfig:
    """A server on a SQLite file."""
    return stored(sqlite=SqliteConfig(file=str(file)))


def in_postgresql(socket_folder: str) -> ServerConfig:
    """A server on a PostgreSQL database, which is emptied first."""
    settings = stored(postgres=PostgresConfig(host=socket_folder, name="postgres", user="postgres"))
    with DevServer.in_process(settings) as server:
        server.reset()
    return settings
