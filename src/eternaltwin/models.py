"""The JSON of Eternaltwin's API as typed structs, for the client and the development server alike.

Reading is tolerant: fields that are not listed here are ignored, and what is a choice of a few
words on today's server is plain ``str``, so a newer server's words are no error. Source: the
recordings of the official server 0.16.4.
"""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

Item = TypeVar("Item")


class DisplayNameVersion(msgspec.Struct, frozen=True):
    """A display name, as it stands at one time."""

    value: str


class DisplayName(msgspec.Struct, frozen=True):
    """A display name with, on a newer server perhaps, its history."""

    current: DisplayNameVersion

    @classmethod
    def of(cls, value: str) -> DisplayName:
        """The display name that is now ``value``."""
        return cls(DisplayNameVersion(value))


class ShortUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user where only a name is needed: authors, tokens."""

    type: str = "User"
    id: UUID
    display_name: DisplayName


class ShortOauthClient(msgspec.Struct, frozen=True, kw_only=True):
    """A game that is registered as an OAuth client; ``key`` is such as ``kingdom@clients``."""

    type: str = "OauthClient"
    id: UUID
    key: str | None
    display_name: str


class Link(msgspec.Struct, frozen=True):
    """The link to an archived account, and the ones before it; their shape is the archive's."""

    current: object = None
    old: list[object] = []


class Links(msgspec.Struct, frozen=True):
    """The archived accounts that a user has linked."""

    dinoparc_com: Link = msgspec.field(default_factory=Link)
    en_dinoparc_com: Link = msgspec.field(default_factory=Link)
    hammerfest_es: Link = msgspec.field(default_factory=Link)
    hammerfest_fr: Link = msgspec.field(default_factory=Link)
    hfest_net: Link = msgspec.field(default_factory=Link)
    sp_dinoparc_com: Link = msgspec.field(default_factory=Link)
    twinoid: Link = msgspec.field(default_factory=Link)


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A user, as ``GET /api/v1/users/{id}`` answers it.

    The last three fields are sent only to the user and to administrators.
    """

    type: str = "User"
    id: UUID
    created_at: datetime
    deleted_at: datetime | None
    display_name: DisplayName
    is_administrator: bool
    links: Links = msgspec.field(default_factory=Links)
    username: str | None | UnsetType = UNSET
    email_address: str | None | UnsetType = UNSET
    has_password: bool | UnsetType = UNSET


class Self(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking, as ``GET /api/v1/auth/self`` answers it; ``type`` tells which fields there are."""

    type: str
    scope: str | UnsetType = UNSET
    client: ShortOauthClient | UnsetType = UNSET
    user: ShortUser | UnsetType = UNSET
    is_administrator: bool | UnsetType = UNSET


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """What ``POST /oauth/token`` answers (RFC 6749, section 5.1); ``expires_in`` is in seconds."""

    token_type: str
    access_token: str
    expires_in: int | None = None
    refresh_token: str | None | UnsetType = UNSET
    scope: str | None | UnsetType = UNSET


class Listing(msgspec.Struct, Generic[Item], frozen=True):
    """A page of a list: ``count`` is the number of all items, not of the ones on this page."""

    offset: int
    limit: int
    count: int
    items: list[Item]


class Version(msgspec.Struct, frozen=True):
    """The version of a server, such as ``0.16.4``."""

    version: str


class ServerInfo(msgspec.Struct, frozen=True):
    """What ``GET /api/v1`` answers."""

    eternaltwin: Version


class ForumConfig(msgspec.Struct, frozen=True):
    """Page sizes of the forum."""

    threads_per_page: int
    posts_per_page: int


class Config(msgspec.Struct, frozen=True):
    """What ``GET /api/v1/config`` answers."""

    forum: ForumConfig


class Clock(msgspec.Struct, frozen=True):
    """What ``GET /api/v1/clock`` answers."""

    time: datetime


class Release(msgspec.Struct, frozen=True):
    """A release of the desktop application."""

    time: datetime
    version: str


class Releases(msgspec.Struct, frozen=True):
    """What ``GET /api/v1/app/releases`` answers."""

    latest: Release


class TermsOfService(msgspec.Struct, frozen=True, kw_only=True):
    """What ``GET /api/v1/users/{id}/tos`` answers."""

    type: str = "GetUserTos"
    id: UUID
    is_tos_accepted: bool
    acceptation_date: datetime | None


class Refusal(msgspec.Struct, frozen=True):
    """An error body without a code."""

    error: str


class CodedRefusal(msgspec.Struct, frozen=True):
    """An error body with a code, such as ``Q1009``."""

    code: str
    message: str
    extra: object = None
