"""What a session holds of a player, whatever keeps the session."""

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

#: Seconds that a session's time of sign-in may lie in the future, where clocks differ.
LEEWAY = 60


class _PackedPlayer(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A player in a session, as a short JSON array."""

    identifier: UUID
    display_name: str
    is_administrator: bool
    logged_in_at: int


def session_content(player: Player, using: str | ClientABC) -> list[object]:
    """Return what to store in a session to remember a player.

    Args:
        player: Who has signed in.
        using: Alias of the connection, or a client: its server and game own the session.

    Returns:
        Values that JSON can hold. A random part among them makes every session different.
    """
    return [_owner(using), secrets.token_urlsafe(12), packed(player)]


def player_in(content: object, using: str | ClientABC, max_age: int) -> Player | None:
    """Return the player whom a session remembers.

    Args:
        content: What the session holds. Nobody but the game can write it.
        using: Alias of the connection, or a client.
        max_age: Seconds after which a session ends.

    Returns:
        The player, or None if the session has ended, belongs to another server or game, or holds something else.
    """
    fields = cast("list[object]", content) if isinstance(content, list) else []
    if len(fields) != 3 or fields[0] != _owner(using):
        return None
    return unpacked(fields[2], max_age)


def _owner(using: str | ClientABC) -> str:
    client = offline_client(using)
    return f"{client.public_url} {client.client_id}"


def packed(player: Player) -> list[object]:
    """Return a player as the JSON of a session holds them.

    Args:
        player: Who has signed in.

    Returns:
        A short list of JSON values.
    """
    return [
        player.identifier,
        player.display_name,
        player.is_administrator,
        int(player.logged_in_at.timestamp()),
    ]


def unpacked(payload: object, max_age: int) -> Player | None:
    """Return the player that `packed` has put into a session.

    Args:
        payload: What the session holds. Nobody but the game can write it.
        max_age: Seconds after which a session ends.

    Returns:
        The player, or None if the session has ended or holds something else.
    """
    try:
        found = msgspec.convert(payload, _PackedPlayer)
        logged_in_at = datetime.fromtimestamp(found.logged_in_at, UTC)
    except (msgspec.ValidationError, ValueError, OverflowError, OSError):
        return None
    if not -LEEWAY <= time.time() - found.logged_in_at < max_age:
        return None
    return Player(str(found.identifier), found.display_name, found.is_administrator, logged_in_at)
