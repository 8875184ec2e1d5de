"""The content of a session: the player as JSON, independent of how the session is stored."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

import msgspec

from eternaltwin.connections import offline_client
from eternaltwin.integrations.shared.players import Player

if TYPE_CHECKING:
    from eternaltwin.clients.abc.clients import ClientABC

#: Seconds that `logged_in_at` may be in the future, since the clocks of servers differ.
LEEWAY = 60


class _PackedPlayer(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A player as a JSON array, whose elements are in this order."""

    identifier: UUID
    display_name: str
    is_administrator: bool
    logged_in_at: int


def session_content(player: Player, using: str | ClientABC) -> list[object]:
    """Return the content of the session of a player.

    Args:
        player: The player who has signed in.
        using: Alias of the connection, or a client. The session is valid for its server and its game only.

    Returns:
        A list that can be encoded as JSON. A random element makes every session different.
    """
    return [_owner(using), secrets.token_urlsafe(12), packed(player)]


def player_in(content: object, using: str | ClientABC, max_age: int) -> Player | None:
    """Return the player of a session, from what `session_content` has returned.

    Args:
        content: Content of the session, which only the game can have written.
        using: Alias of the connection, or a client.
        max_age: Seconds until a session ends.

    Returns:
        The player, or None if the session has ended, belongs to another server or game, or contains something else.
    """
    fields = cast("list[object]", content) if isinstance(content, list) else []
    if len(fields) != 3 or fields[0] != _owner(using):
        return None
    return unpacked(fields[2], max_age)


def _owner(using: str | ClientABC) -> str:
    client = offline_client(using)
    return f"{client.public_url} {client.client_id}"


def packed(player: Player) -> list[object]:
    """Return a player as a short list, for a session.

    Args:
        player: The player who has signed in.

    Returns:
        A list that can be encoded as JSON.
    """
    return [
        player.identifier,
        player.display_name,
        player.is_administrator,
        int(player.logged_in_at.timestamp()),
    ]


def unpacked(payload: object, max_age: int) -> Player | None:
    """Return the player of a list that `packed` has returned.

    Args:
        payload: The list, which only the game can have written.
        max_age: Seconds until a session ends.

    Returns:
        The player, or None if the session has ended, or `payload` is something else.
    """
    try:
        found = msgspec.convert(payload, _PackedPlayer)
        logged_in_at = datetime.fromtimestamp(found.logged_in_at, UTC)
    except (msgspec.ValidationError, ValueError, OverflowError, OSError):
        return None
    if not -LEEWAY <= time.time() - found.logged_in_at < max_age:
        return None
    return Player(str(found.identifier), found.display_name, found.is_administrator, logged_in_at)
