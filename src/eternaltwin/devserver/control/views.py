"""The JSON of the control API that describes users and games, built from the records of services."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

import msgspec

from eternaltwin.devserver.api.responses import Instant, optional_instant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
    from eternaltwin.devserver.services.world import World

Item = TypeVar("Item")


class ControlList(msgspec.Struct, Generic[Item], kw_only=True):
    """A list.

    Attributes:
        items: The items.
        count: The number of all items, also of those that are not on this page.
    """

    items: list[Item]
    count: int


def listed(items: Iterable[Item], count: int | None = None) -> ControlList[Item]:
    """Build a list.

    Args:
        items: The items.
        count: The number of all items. None means that these are all.

    Returns:
        The list.
    """
    found = list(items)
    return ControlList(items=found, count=len(found) if count is None else count)


class ControlUser(msgspec.Struct, kw_only=True):
    """A user.

    Attributes:
        id: The id.
        username: The name to log in with.
        display_name: The display name.
        is_administrator: Whether the user is an administrator.
        has_password: Whether the user can log in with a password.
        created_at: Time of the registration.
        deleted_at: Time of the deletion.
        owes_terms: Whether the user must accept the terms of service before signing in to games.
    """

    id: UUID
    username: str | None
    display_name: str
    is_administrator: bool
    has_password: bool
    created_at: datetime
    deleted_at: datetime | None
    owes_terms: bool


def user_view(world: World, user: UserRecord) -> ControlUser:
    """Build the JSON of a user.

    Args:
        world: The state of the server.
        user: The user.

    Returns:
        The JSON.
    """
    return ControlUser(
        id=user.id,
        username=user.username,
        display_name=user.display_name,
        is_administrator=user.is_administrator,
        has_password=user.has_password,
        created_at=Instant.at(user.created_at),
        deleted_at=optional_instant(user.deleted_at),
        owes_terms=world.accounts.owes_terms(user.id),
    )


class ControlGame(msgspec.Struct, kw_only=True):
    """A game, without its secret.

    Attributes:
        id: The id.
        client_id: The key, such as `mygame@clients`, which is the `client_id` of the game.
        display_name: The name.
        uri: The address.
        oauth_callback: The registered callback, which is the `redirect_uri` of the game.
    """

    id: UUID
    client_id: str
    display_name: str
    uri: str
    oauth_callback: str


def control_game(game: ClientRecord) -> ControlGame:
    """Build the JSON of a game.

    Args:
        game: The game.

    Returns:
        The JSON.
    """
    return ControlGame(
        id=game.id,
        client_id=game.key,
        display_name=game.display_name,
        uri=game.uri,
        oauth_callback=game.callback,
    )
