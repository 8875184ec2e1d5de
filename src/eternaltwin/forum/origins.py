"""The connection that an object of the forum was read over, and is written to again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.clients.api.forum import ForumApi

#: The `using` of an earlier call: an alias, which names a sync and an async connection, or a client.
Origin: TypeAlias = "str | ClientABC | None"


def sync_forum(using: str | Eternaltwin | None, origin: Origin = None) -> ForumApi:
    """Return the forum's calls over a sync connection.

    Args:
        using: Alias of the connection, or a client. None means `origin`.
        origin: The connection that the object was read over. None means `default`.

    Returns:
        The forum's calls, to be run with [`run`][eternaltwin.clients.driver.run].

    Raises:
        InvalidArgumentError: `using` is None and the object was read with an async client.
        UnknownConnectionError: No connection has this alias.
    """
    if using is None and isinstance(origin, ClientABC):
        if not isinstance(origin, Eternaltwin):
            raise InvalidArgumentError(
                "this object was read with an async client: call the async variant (its name starts with `a`),"
                " or set `using`"
            )
        using = origin
    return connections.get_connection(_alias(origin) if using is None else using).api.forum


def async_forum(using: str | AsyncEternaltwin | None, origin: Origin = None) -> ForumApi:
    """Return the forum's calls over an async connection.

    Args:
        using: Alias of the connection, or a client. None means `origin`.
        origin: The connection that the object was read over. None means `default`.

    Returns:
        The forum's calls, to be awaited.

    Raises:
        InvalidArgumentError: `using` is None and the object was read with a sync client.
        UnknownConnectionError: No connection has this alias.
    """
    if using is None and isinstance(origin, ClientABC):
        if not isinstance(origin, AsyncEternaltwin):
            raise InvalidArgumentError(
                "this object was read with a sync client: call the sync variant (without the leading `a`),"
                " or set `using`"
            )
        using = origin
    return async_connections.get_connection(_alias(origin) if using is None else using).api.forum


def _alias(origin: Origin) -> str | None:
    return origin if isinstance(origin, str) else None
