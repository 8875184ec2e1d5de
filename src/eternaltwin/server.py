"""The server: its version, configuration and clock, and the releases of the desktop application.

Every function has an async variant, whose name starts with `a`. Besides the errors that a function lists, it can raise
those of every call: see [`exceptions`][eternaltwin.exceptions].

Example:
    >>> server_info().version
    '0.16.4'
    >>> server_info().supports(Capability.LIST_USERS)
    False
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
    """Read the server's version, and what it supports. The response is cached per connection.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        refresh: Whether to read it again, even if it is cached: the server may have been updated.
        identity: The caller. None means a guest.

    Returns:
        The version of the server.
    """
    return run(connections.get_connection(using).api.server.info(refresh, identity))


async def aserver_info(
    using: str | AsyncEternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> ServerInfo:
    """Async variant of [`server_info`][eternaltwin.server.server_info]."""
    return await async_connections.get_connection(using).api.server.info(refresh, identity)


def configuration(
    using: str | Eternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> Config:
    """Read the server's configuration, such as the forum's page sizes. The response is cached per connection.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        refresh: Whether to read it again, even if it is cached.
        identity: The caller. None means a guest.

    Returns:
        The configuration.

    Example:
        >>> configuration().forum.posts_per_page
        10
    """
    return run(connections.get_connection(using).api.server.config(refresh, identity))


async def aconfiguration(
    using: str | AsyncEternaltwin | None = None, *, refresh: bool = False, identity: Identifiable | None = None
) -> Config:
    """Async variant of [`configuration`][eternaltwin.server.configuration]."""
    return await async_connections.get_connection(using).api.server.config(refresh, identity)


def clock(using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> datetime:
    """Read the server's time.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller. None means a guest.

    Returns:
        The time, in UTC.
    """
    return run(connections.get_connection(using).api.server.clock(identity))


async def aclock(using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None) -> datetime:
    """Async variant of [`clock`][eternaltwin.server.clock]."""
    return await async_connections.get_connection(using).api.server.clock(identity)


def set_clock(
    time: datetime, using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None
) -> datetime:
    """Set the time of a development server with a virtual clock.

    Args:
        time: The new time, with a time zone.
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller. None means a guest.

    Returns:
        The server's time after the change, in UTC.

    Raises:
        InvalidArgumentError: The time is not a `datetime`, or has no time zone. Nothing was sent.
        UnsupportedByServerError: The server uses the system's clock.

    Example:
        >>> set_clock(datetime(2026, 12, 24, tzinfo=UTC))
        datetime.datetime(2026, 12, 24, 0, 0, tzinfo=datetime.timezone.utc)
    """
    return run(connections.get_connection(using).api.server.set_clock(time, identity))


async def aset_clock(
    time: datetime, using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> datetime:
    """Async variant of [`set_clock`][eternaltwin.server.set_clock]."""
    return await async_connections.get_connection(using).api.server.set_clock(time, identity)


def latest_release(using: str | Eternaltwin | None = None, *, identity: Identifiable | None = None) -> Release:
    """Read the newest release of Eternaltwin's desktop application.

    Args:
        using: Alias of the connection, or a client. None means `default`.
        identity: The caller. None means a guest.

    Returns:
        The release.
    """
    return run(connections.get_connection(using).api.server.release(identity))


async def alatest_release(
    using: str | AsyncEternaltwin | None = None, *, identity: Identifiable | None = None
) -> Release:
    """Async variant of [`latest_release`][eternaltwin.server.latest_release]."""
    return await async_connections.get_connection(using).api.server.release(identity)
