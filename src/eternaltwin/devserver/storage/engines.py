"""Where each kind of storage is: the one place that knows the databases apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from eternaltwin.devserver.config import ServerConfig


def open_engine(config: ServerConfig) -> Engine:
    """The database that ``backend.store`` names; one in memory is gone when it is closed.

    Raises:
        ConfigurationError: this kind cannot be opened.
    """
    store = config.backend.store
    if store != "Memory":
        raise ConfigurationError(
            f"backend.store = {store!r} is not supported by this server: use 'Memory'", setting="backend.store"
        )
    return create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
