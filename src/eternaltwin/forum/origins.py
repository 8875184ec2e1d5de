"""Over which connection something was read, and is written to again."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.clients.api.forum import ForumApi

#: What a call was given as `using`: an alias, which names a connection of either colour, or a client.
Origin: TypeAlias = "str | ClientABC | None"


def blocking_forum(using: str | Eternaltwin | None, origin: Origin = None) -> ForumApi:
    """The forum over `using`, or over the connection that something was read over.

    Raises:
        InvalidArgumentError: it was read with an asyncio client.
        UnknownConnectionError: no connection has this alias.
    """
    if using is None and isinstance(origin, ClientABC):
        if not isinstance(origin, Eternaltwin):
            raise InvalidArgumentError("this was read with an asyncio client; use the call with an `a`, or set `using`")
        using = origin
    return connections.get_connection(_alias(origin) if using is None else using).api.forum


def asyncio_forum(using: str | AsyncEternaltwin | None, origin: Origin = None) -> ForumApi:
    """The forum over `using`, or over the connection that something was read over.

    Raises:
        InvalidArgumentError: it was read with a blocking client.
        UnknownConnectionError: no connection has this alias.
    """
    if using is None and isinstance(origin, ClientABC):
        if not isinstance(origin, AsyncEternaltwin):
            raise InvalidArgumentError("this was read with a blocking client: use the call without `a`, or set `using`")
        using = origin
    return async_connections.get_connection(_alias(origin) if using is None else using).api.forum


def _alias(origin: Origin) -> str | None:
    return origin if isinstance(origin, str) else None
