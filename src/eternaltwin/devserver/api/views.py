"""View helpers: build the JSON of users, games, identities and archived accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.api.responses import Instant, optional_instant
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.models import DisplayName, Links, Self, ShortArchiveUser, ShortOauthClient, ShortUser, User
from eternaltwin.rules.archives import SITES

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.config.archived_users import ArchivedUserSeed
    from eternaltwin.devserver.domain.records import Caller

NO_LINKS = Links()
_DEFAULT = "Default"

GUEST = Self(type="Guest", scope=_DEFAULT)


def short_user(user_id: UUID, display_name: str) -> ShortUser:
    """Build the short form of a user.

    Args:
        user_id: The id.
        display_name: The current display name.

    Returns:
        The model.
    """
    return ShortUser(id=user_id, display_name=DisplayName.of(display_name))


def short_archive_user(seed: ArchivedUserSeed) -> ShortArchiveUser:
    """Build the short form of an archived account.

    Args:
        seed: The account.

    Returns:
        The model.
    """
    game = SITES[seed.server].game
    if game == "Twinoid":
        return ShortArchiveUser(type=f"{game}User", id=str(seed.id), display_name=seed.name)
    return ShortArchiveUser(type=f"{game}User", server=seed.server, id=str(seed.id), username=seed.name)


def public_user(user: UserRecord, links: Links = NO_LINKS) -> User:
    """Build the form of a user that is visible to everybody.

    Args:
        user: The user.
        links: The archived accounts that are linked to the user.

    Returns:
        The model.
    """
    return User(
        id=user.id,
        created_at=Instant.at(user.created_at),
        deleted_at=optional_instant(user.deleted_at),
        display_name=DisplayName.of(user.display_name),
        is_administrator=user.is_administrator,
        links=links,
    )


def complete_user(user: UserRecord, links: Links = NO_LINKS) -> User:
    """Build the form of a user that is visible to the user and to administrators.

    Args:
        user: The user.
        links: The archived accounts that are linked to the user.

    Returns:
        The model.
    """
    return msgspec.structs.replace(
        public_user(user, links), username=user.username, email_address=None, has_password=user.has_password
    )


def visible_user(user: UserRecord, identity: Caller, links: Links) -> User:
    """Build the form of a user that is visible to the caller.

    Args:
        user: The user.
        identity: The identity of the caller.
        links: The archived accounts that are linked to the user.

    Returns:
        The model.
    """
    sees_all = isinstance(identity, UserRecord) and (identity.is_administrator or identity.id == user.id)
    return complete_user(user, links) if sees_all else public_user(user, links)


def self_view(identity: Caller) -> Self:
    """Build the response of `GET /api/v1/auth/self`.

    Args:
        identity: The identity of the caller.

    Returns:
        The model; its type is `Guest`, `User`, `OauthClient` or `AccessToken`.
    """
    if identity is None:
        return GUEST
    if isinstance(identity, UserRecord):
        user = short_user(identity.id, identity.display_name)
        return Self(type="User", scope=_DEFAULT, user=user, is_administrator=identity.is_administrator)
    if isinstance(identity, ClientRecord):
        return Self(type="OauthClient", scope=_DEFAULT, client=_short_client(identity))
    user = short_user(identity.user_id, identity.display_name)
    return Self(type="AccessToken", scope=_DEFAULT, client=_short_client(identity.client), user=user)


def _short_client(client: ClientRecord) -> ShortOauthClient:
    return ShortOauthClient(id=client.id, key=client.key, display_name=client.display_name)
