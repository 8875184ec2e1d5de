"""The JSON that a server tells about itself, and its refusals."""

from __future__ import annotations

import msgspec

from eternaltwin.models.common import Time


class Version(msgspec.Struct, frozen=True):
    """The version of a server, such as `0.16.4`."""

    version: str


class ServerVersion(msgspec.Struct, frozen=True):
    """What `GET /api/v1` answers."""

    eternaltwin: Version


class ForumConfig(msgspec.Struct, frozen=True):
    """Page sizes of the forum."""

    threads_per_page: int
    posts_per_page: int


class Config(msgspec.Struct, frozen=True):
    """What `GET /api/v1/config` answers."""

    forum: ForumConfig


class Clock(msgspec.Struct, frozen=True):
    """What `GET /api/v1/clock` answers."""

    time: Time


class Release(msgspec.Struct, frozen=True):
    """A release of the desktop application."""

    time: Time
    version: str


class Releases(msgspec.Struct, frozen=True):
    """What `GET /api/v1/app/releases` answers."""

    latest: Release


class Refusal(msgspec.Struct, frozen=True):
    """An error body without a code."""

    error: str


class CodedRefusal(msgspec.Struct, frozen=True):
    """An error body with a code, such as `Q1009`."""

    code: str
    message: str
    extra: object = None
