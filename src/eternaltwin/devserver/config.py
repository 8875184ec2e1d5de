"""The settings of a server: ``eternaltwin.toml`` over the seeds that every development server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

ClockKind = Literal["System", "Virtual"]
StoreKind = Literal["Memory", "Sqlite", "Postgres"]


class ServerConfigWarning(UserWarning):
    """A configuration file has a key that means nothing to this server."""


class BackendConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``backend``."""

    listen: str = "[::]:50320"
    port: int = 50320
    secret: str = "dev"
    clock: ClockKind = "System"
    store: StoreKind = "Memory"


class UserSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.user.KEY``: a user that exists from the start."""

    display_name: str
    username: str | None = None
    password: str | None = None
    is_administrator: bool = False
    id: UUID | None = None


class AppSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.app.KEY``: a game, that is an OAuth client."""

    display_name: str
    uri: str
    oauth_callback: str
    secret: str = "dev"


class ForumSectionSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.forum_section.KEY``."""

    display_name: str
    locale: str | None = None


class SeedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``seed``, each part by its keys."""

    user: dict[str, UserSeed] = {}
    app: dict[str, AppSeed] = {}
    forum_section: dict[str, ForumSectionSeed] = {}


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a server. ``source`` is the file they came from, if there is one."""

    backend: BackendConfig = msgspec.field(default_factory=BackendConfig)
    seed: SeedConfig = msgspec.field(default_factory=SeedConfig)
    source: Path | None = None


def default_config() -> ServerConfig:
    """The settings without any file."""
    return ServerConfig()


def load_config(path: Path | None = None, *, folder: Path | None = None, profile: str = "dev") -> ServerConfig:
    """Read the settings: from ``path``, or else from the first file found in ``folder``."""
    raise NotImplementedError
