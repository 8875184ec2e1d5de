"""The JSON of users, games and tokens. Source: the recordings of the official server 0.16.4."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import ChosenDisplayName, ChosenUsername, HexadecimalPassword, Time
from eternaltwin.models.links import Links
from eternaltwin.models.names import DisplayName, ShortOauthClient, ShortUser


class UserFields(msgspec.Struct, frozen=True, kw_only=True):
    """What [`User`][eternaltwin.models.User] and [`LazyUser`][eternaltwin.models.LazyUser] have in common.

    Attributes:
        type: The kind of object: `User`.
        id: The UUID.
        created_at: When the user registered.
        deleted_at: When the user was deleted. Null if not deleted.
        display_name: The display name.
        is_administrator: Whether the user administrates Eternaltwin.
        username: The name to log in with. Null if there is none.
        email_address: The email address. Null if there is none.
        has_password: Whether the user can log in with a password.
    """

    type: str = "User"
    id: UUID
    created_at: Time
    deleted_at: Time | None
    display_name: DisplayName
    is_administrator: bool
    username: str | None | UnsetType = UNSET
    email_address: str | None | UnsetType = UNSET
    has_password: bool | UnsetType = UNSET


class User(UserFields, frozen=True, kw_only=True):
    """A user: the response of `GET /api/v1/users/{id}`.

    `username`, `email_address` and `has_password` are sent to the user and to administrators only.

    Attributes:
        links: The linked accounts of older games.
    """

    links: Links = msgspec.field(default_factory=Links)


class LazyUser(UserFields, frozen=True, kw_only=True):
    """A [`User`][eternaltwin.models.User] whose links are not decoded yet.

    Clients that read users in number seldom need their links, which are half of a user's JSON and take half of the time
    of its decoding.

    Attributes:
        links: The linked accounts of older games: the JSON of [`Links`][eternaltwin.models.Links].
    """

    links: msgspec.Raw = msgspec.Raw(b"{}")


class RestoredUser(msgspec.Struct, frozen=True, kw_only=True):
    """The response of `DELETE /api/v1/users/{id}/deleted_at`.

    Attributes:
        user: The restored user.
        deleted_at: When the user had been deleted. Null if the user was not deleted.
    """

    user: User
    deleted_at: Time | None = None


class Self(msgspec.Struct, frozen=True, kw_only=True):
    """The caller: the response of `GET /api/v1/auth/self`.

    Attributes:
        type: The kind of caller, which decides which fields are sent: `Guest`, `User`, `AccessToken` or `OauthClient`.
        scope: The scope of the credentials, such as `Default`.
        client: The game, of an `AccessToken` or an `OauthClient`.
        user: The user, of an `AccessToken` or a `User`.
        is_administrator: Whether the user administrates Eternaltwin, of a `User`.
    """

    type: Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["Guest", "User", "AccessToken", "OauthClient"]})]
    scope: str | UnsetType = UNSET
    client: ShortOauthClient | UnsetType = UNSET
    user: ShortUser | UnsetType = UNSET
    is_administrator: bool | UnsetType = UNSET

    def is_issued_to(self, client_id: str) -> bool:
        """Return whether the credentials are a token that was issued to a game.

        Args:
            client_id: OAuth client of the game: its key, such as `mygame@clients`, or its UUID in any case.

        Returns:
            False for another game, and for credentials without a game.
        """
        client = self.client
        return client is not UNSET and (client_id == client.key or client_id.lower() == str(client.id))


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """The response of `POST /oauth/token` (RFC 6749, section 5.1).

    Attributes:
        token_type: The type of the token: `Bearer`.
        access_token: The secret itself.
        expires_in: Seconds until the token expires: 10^9 on 0.16.4.
        refresh_token: The secret to get the next token with. No server sends one today.
        scope: The granted scopes, separated by spaces. 0.16.4 does not send them.
    """

    token_type: str
    access_token: str
    expires_in: int | None = None
    refresh_token: str | None | UnsetType = UNSET
    scope: str | None | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"<AccessToken {self.token_type}>"


class TermsOfService(msgspec.Struct, frozen=True, kw_only=True):
    """The response of `GET /api/v1/users/{id}/tos`.

    Attributes:
        type: The kind of object: `GetUserTos`.
        id: The UUID of the user.
        is_tos_accepted: Whether the user has accepted the terms of service.
        acceptation_date: When the user accepted them. Null if not accepted.
    """

    type: str = "GetUserTos"
    id: UUID
    is_tos_accepted: bool
    acceptation_date: Time | None


class LoginBody(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PUT /api/v1/auth/self`.

    Attributes:
        login: The username or the email address.
        password: The password, as the hexadecimal of its UTF-8 bytes.
    """

    login: str
    password: HexadecimalPassword

    def __repr__(self) -> str:
        return f"<LoginBody {self.login!r}>"


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /api/v1/users`.

    Attributes:
        username: The name to log in with: `^[a-z_][a-z0-9_]{1,31}$`.
        display_name: The display name: 2 to 64 characters.
        password: The password, as the hexadecimal of its UTF-8 bytes.
    """

    username: ChosenUsername
    display_name: ChosenDisplayName
    password: HexadecimalPassword

    def __repr__(self) -> str:
        return f"<Registration {self.username!r}>"


class UserPatch(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PATCH /api/v1/users/{id}`. Fields that are not sent stay as they are.

    Attributes:
        display_name: The new display name.
        username: The new name to log in with. Null removes it.
        password: The new password, as the hexadecimal of its UTF-8 bytes. Null removes it.
    """

    display_name: ChosenDisplayName | UnsetType = UNSET
    username: ChosenUsername | None | UnsetType = UNSET
    password: HexadecimalPassword | None | UnsetType = UNSET

    def __repr__(self) -> str:
        return "<UserPatch>"
