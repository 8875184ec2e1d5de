"""The JSON of the server: version, configuration, clock, releases and errors."""

from __future__ import annotations

import msgspec

from eternaltwin.models.common import Time


class Version(msgspec.Struct, frozen=True):
    """The version of a server.

    Attributes:
        version: The version, such as `0.16.4`.
    """

    version: str


class ServerVersion(msgspec.Struct, frozen=True):
    """The response of `GET /api/v1`.

    Attributes:
        eternaltwin: The version of the server.
    """

    eternaltwin: Version


class ForumConfig(msgspec.Struct, frozen=True):
    """The page sizes of the forum.

    Attributes:
        threads_per_page: Number of threads on a page of a section: 20 on 0.16.4.
        posts_per_page: Number of posts on a page of a thread: 10 on 0.16.4.
    """

    threads_per_page: int
    posts_per_page: int


class Config(msgspec.Struct, frozen=True):
    """The response of `GET /api/v1/config`.

    Attributes:
        forum: The page sizes of the forum.
    """

    forum: ForumConfig


class ServerTime(msgspec.Struct, frozen=True):
    """The response of `GET /api/v1/clock`.

    Attributes:
        time: The time of the server, in UTC.
    """

    time: Time


class Release(msgspec.Struct, frozen=True):
    """A release of the desktop application.

    Attributes:
        time: When it was released.
        version: The version, such as `0.6.6`.
    """

    time: Time
    version: str


class Releases(msgspec.Struct, frozen=True):
    """The response of `GET /api/v1/app/releases`.

    Attributes:
        latest: The newest release.
    """

    latest: Release


class Refusal(msgspec.Struct, frozen=True):
    """The body of an error without a code.

    Attributes:
        error: The message, or a name such as `UserNotFound`.
    """

    error: str


class CodedRefusal(msgspec.Struct, frozen=True):
    """The body of an error with a code.

    Attributes:
        code: The code, such as `Q1009`.
        message: The message.
        extra: Details of any type, mostly null.
    """

    code: str
    message: str
    extra: object = None
