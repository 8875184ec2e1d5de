"""The JSON of users, games and tokens. Source: the recordings of the official server 0.16.4."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Time
from eternaltwin.models.links import Links
from eternaltwin.models.names import DisplayName, ShortOauthClient, ShortUser


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user, as `GET /api/v1/users/{id}` answers it.

    The last three fields are sent only to the user and to administrators.
    """

    type: str = "User"
    id: UUID
    created_at: Time
    deleted_at: Time | None
    display_name: DisplayName
    is_administrator: bool
    links: Links = msgspec.field(default_factory=Links)
    username: str | None | UnsetType = UNSET
    email_address: str | None | UnsetType = UNSET
    has_password: bool | UnsetType = UNSET


class RestoredUser(msgspec.Struct, frozen=True, kw_only=True):
    """What `DELETE /api/v1/users/{id}/deleted_at` answers; `deleted_at` is when they had been deleted."""

    user: User
    deleted_at: Time | None = None


class Self(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking, as `GET /api/v1/auth/self` answers it; `type` tells which fields there are."""

    type: str
    scope: str | UnsetType = UNSET
    client: ShortOauthClient | UnsetType = UNSET
    user: ShortUser | UnsetType = UNSET
    is_administrator: bool | UnsetType = UNSET


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST /oauth/token` answers (RFC 6749, section 5.1); `expires_in` is in seconds."""

    token_type: str
    access_token: str
    expires_in: int | None = None
    refresh_token: str | None | UnsetType = UNSET
    scope: str | None | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"<AccessToken {self.token_type}>"


class TermsOfService(msgspec.Struct, frozen=True, kw_only=True):
    """What `GET /api/v1/users/{id}/tos` answers."""

    type: str = "GetUserTos"
    id: UUID
    is_tos_accepted: bool
    acceptation_date: Time | None


class LoginBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PUT /api/v1/auth/self`; the password is the hexadecimal of its UTF-8 bytes."""

    login: str
    password: str

    def __repr__(self) -> str:
        return f"<LoginBody {self.login!r}>"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/users`; the password is the hexadecimal of its UTF-8 bytes."""

    username: str
    display_name: str
    password: str

    def __repr__(self) -> str:
        return f"<Registration {self.username!r}>"


class UserPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PATCH /api/v1/users/{id}`: what is not sent stays as it is."""

    display_name: str | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    password: str | None | UnsetType = UNSET

    def __repr__(self) -> str:
        return "<UserPatch>"
