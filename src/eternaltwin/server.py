"""The server itself: its version, configuration, clock, and the desktop application's releases.

Each function has an asyncio twin with an `a` before its name. All accept `using`, the connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.clients.api.server import Capability, ServerInfo
from eternaltwin.clients.driver import run
from eternaltwin.connections import async_connections, connections
from eternaltwin.models import Config, ForumConfig, Release

if TYPE_CHECKING:
    from datetime import datetime

    from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.sync.clients import Eternaltwin

__all__ = [
    "Capability",
    "Config",
    "ForumConfig",
    "Release",
    "ServerInfo",
    "aclock",
    "aconfiguration",
    "alatest_release",
    "aserver_info",
    "aset_clock",
    "clock",
    "configuration",
    "latest_release",
    "server_info",
    "set_clock",
]


def server_info(
    using: str | Eternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> ServerInfo:
    """The server's version, and what follows from it. It is asked for once a connection.

    Args:
        using: the connection.
        refresh: ask again, since the server may have been updated.
        identity: who asks.
    """
    return run(connections.get_connection(using).api.server.info(refresh, identity))


async def aserver_info(
    using: str | AsyncEternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> ServerInfo:
    """The server's version; see `server_info`."""
    return await async_connections.get_connection(using).api.server.info(refresh, identity)


def configuration(
    using: str | Eternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> Config:
    """The server's configuration, such as the forum's page sizes. It is asked for once a connection.

    Args:
        using: the connection.
        refresh: ask again.
        identity: who asks.
    """
    return run(connections.get_connection(using).api.server.config(refresh, identity))


async def aconfiguration(
    using: str | AsyncEternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> Config:
    """The server's configuration; see `configuration`."""
    return await async_connections.get_connection(using).api.server.config(refresh, identity)


def clock(using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> datetime:
    """The server's time, in UTC."""
    return run(connections.get_connection(using).api.server.clock(identity))


async def aclock(using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None) -> datetime:
    """The server's time; see `clock`."""
    return await async_connections.get_connection(using).api.server.clock(identity)


def set_clock(
    time: datetime, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> datetime:
    """Set the time of a development server that has a virtual clock, and answer it.

    Raises:
        InvalidArgumentError: the time has no time zone.
        UnsupportedByServerError: the server's clock is the system's.
    """
    return run(connections.get_connection(using).api.server.set_clock(time, identity))


async def aset_clock(
    time: datetime, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> datetime:
    """Set the time of a development server; see `set_clock`."""
    return await async_connections.get_connection(using).api.server.set_clock(time, identity)


def latest_release(using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> Release:
    """The newest release of Eternaltwin's desktop application."""
    return run(connections.get_connection(using).api.server.release(identity))


async def alatest_release(
    using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> Release:
    """The newest release of the desktop application; see `latest_release`."""
    return await async_connections.get_connection(using).api.server.release(identity)
