"""What a cache keeps about a user: the public profile, or that there is none, and when that was read."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import msgspec

from eternaltwin import models
from eternaltwin.hidden import HiddenBytes
from eternaltwin.models.common import Time
from eternaltwin.responses import decode_part

if TYPE_CHECKING:
    from collections.abc import Callable

#: Version of the entries. Those of another version are not read.
VERSION = 1

#: Number of bytes that tell the servers apart.
_SERVER_SIZE = 8

_NO_LINKS = models.Links()

#: A time in Unix seconds, before the year 10,000.
UnixTime = Annotated[float, msgspec.Meta(ge=0, lt=253_402_300_800)]


class PublicProfile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The fields of a user that everybody may read. Those that only the user may read have no place in it.

    Attributes:
        display_name: The current display name.
        created_at: When the user registered.
        deleted_at: When the user was deleted. None if not deleted.
        is_administrator: Whether the user administrates Eternaltwin.
        links: The linked accounts of older games. None if there are none.
    """

    display_name: str
    created_at: Time
    deleted_at: Time | None
    is_administrator: bool
    links: models.Links | None = None


class ProfileEntry(msgspec.Struct, frozen=True, array_like=True, tag=VERSION):
    """What is kept about one user.

    Attributes:
        server: Which server the user belongs to, as `server_digest` returns it.
        user_id: The UUID of the user.
        fetched_at: When the server was asked, in Unix seconds.
        profile: The profile. None if the server has no such user.
        failed_at: When asking again failed, in Unix seconds. None if it did not.
    """

    server: bytes
    user_id: UUID
    fetched_at: UnixTime
    profile: PublicProfile | None
    failed_at: UnixTime | None = None

    @classmethod
    def of(cls, server: bytes, user_id: str, fetched_at: float, user: models.LazyUser | None) -> ProfileEntry:
        """Build the entry for what a server has sent.

        Args:
            server: Which server it is.
            user_id: The UUID of the user.
            fetched_at: When the server was asked, in Unix seconds.
            user: The user. None if the server has no such user.

        Returns:
            The entry.

        Raises:
            UnexpectedResponseError: The server sent links of another shape.
        """
        return cls(server, UUID(user_id), fetched_at, None if user is None else _public(user))

    def failed(self, at: float) -> ProfileEntry:
        """Return the entry with the note that asking again has failed.

        Args:
            at: When it failed, in Unix seconds.

        Returns:
            A new entry; this one is unchanged.
        """
        return ProfileEntry(self.server, self.user_id, self.fetched_at, self.profile, at)

    @property
    def user(self) -> models.User | None:
        """The user, as a guest reads it. None if the server has no such user."""
        profile = self.profile
        if profile is None:
            return None
        return models.User(
            id=self.user_id,
            created_at=profile.created_at,
            deleted_at=profile.deleted_at,
            display_name=models.DisplayName.of(profile.display_name),
            is_administrator=profile.is_administrator,
            links=_NO_LINKS if profile.links is None else profile.links,
        )


_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")
_decoder = msgspec.msgpack.Decoder(ProfileEntry)

#: Encodes an entry.
encode_entry: Callable[[ProfileEntry], bytes] = _encoder.encode


def decode_entry(content: bytes, server: bytes, user_id: str) -> ProfileEntry | None:
    """Decode an entry.

    Args:
        content: Any bytes.
        server: The server to which the user must belong.
        user_id: The UUID of the user.

    Returns:
        The entry. None if the bytes are no entry of this version, or one of another user or server.
    """
    try:
        entry = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError, RecursionError):
        return None
    return entry if entry.server == server and str(entry.user_id) == user_id else None


def server_digest(url: str) -> bytes:
    """Return what tells a server from others in entries.

    Args:
        url: The URL of the server.

    Returns:
        8 bytes of the SHA-256 of the URL.
    """
    return sha256(url.encode()).digest()[:_SERVER_SIZE]


def as_time(seconds: float) -> datetime:
    """Return a time of an entry.

    Args:
        seconds: Unix seconds.

    Returns:
        The time, in UTC.
    """
    return datetime.fromtimestamp(seconds, UTC)


def _public(user: models.LazyUser) -> PublicProfile:
    links = decode_part(HiddenBytes(user.links), models.Links, f"the links of user {user.id}")
    return PublicProfile(
        display_name=user.display_name.current.value,
        created_at=user.created_at,
        deleted_at=user.deleted_at,
        is_administrator=user.is_administrator,
        links=None if links == _NO_LINKS else links,
    )
