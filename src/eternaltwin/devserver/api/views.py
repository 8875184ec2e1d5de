"""Records, as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.api.responses import Instant, optional_instant
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.models import DisplayName, Links, Self, ShortOauthClient, ShortUser, User

if TYPE_CHECKING:
    from uuid import UUID

    from eternaltwin.devserver.domain.records import Caller

NO_LINKS = Links()
_DEFAULT = "Default"

GUEST = Self(type="Guest", scope=_DEFAULT)


def short_user(user_id: UUID, display_name: str) -> ShortUser:
    """A user where only a name is needed."""
    return ShortUser(id=user_id, display_name=DisplayName.of(display_name))


def short_client(client: ClientRecord) -> ShortOauthClient:
    """A game where only a name is needed."""
    return ShortOauthClient(id=client.id, key=client.key, display_name=client.display_name)


def public_user(user: UserRecord, links: Links = NO_LINKS) -> User:
    """A user, as everybody may see it."""
    return User(
        id=user.id,
        created_at=Instant.at(user.created_at),
        deleted_at=optional_instant(user.deleted_at),
        display_name=DisplayName.of(user.display_name),
        is_administrator=user.is_administrator,
        links=links,
    )


def complete_user(user: UserRecord, links: Links = NO_LINKS) -> User:
    """A user, as it sees itself and administrators see it."""
    return User(
        id=user.id,
        created_at=Instant.at(user.created_at),
        deleted_at=optional_instant(user.deleted_at),
        display_name=DisplayName.of(user.display_name),
        is_administrator=user.is_administrator,
        links=links,
        username=user.username,
        email_address=None,
        has_password=user.has_password,
    )


def user_seen_by(identity: Caller, user: UserRecord, links: Links) -> User:
    """A user, as whoever is asking may see it."""
    is_close = isinstance(identity, UserRecord) and (identity.is_administrator or identity.id == user.id)
    return complete_user(user, links) if is_close else public_user(user, links)


def self_of(identity: Caller) -> Self:
    """Who is asking, told to whom it is."""
    if identity is None:
        return GUEST
    if isinstance(identity, UserRecord):
        user = short_user(identity.id, identity.display_name)
        return Self(type="User", scope=_DEFAULT, user=user, is_administrator=identity.is_administrator)
    if isinstance(identity, ClientRecord):
        return Self(type="OauthClient", scope=_DEFAULT, client=short_client(identity))
    user = short_user(identity.user_id, identity.display_name)
    return Self(type="AccessToken", scope=_DEFAULT, client=short_client(identity.client), user=user)
