"""The settings of a server, as values; names are those of the keys in ``eternaltwin.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from uuid import UUID

import msgspec

ClockKind = Literal["System", "Virtual"]
StoreKind = Literal["Memory", "Sqlite", "Postgres"]


class BackendConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``backend``; ``host`` and ``port`` are what ``listen`` and ``port`` come to."""

    host: str = "::"
    port: int = 50320
    secret: str = "dev"
    clock: ClockKind = "System"
    store: StoreKind = "Memory"

    def __repr__(self) -> str:
        return f"BackendConfig(host={self.host!r}, port={self.port}, clock={self.clock!r}, store={self.store!r})"


class SqliteConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``sqlite``: where ``backend.store = "Sqlite"`` keeps everything, seen from the working folder."""

    file: str = "./eternaltwin.dev.sqlite"


class PostgresConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``postgres``: which database ``backend.store = "Postgres"`` uses.

    ``host`` may be the folder of a socket.
    """

    host: str = "localhost"
    port: int = 5432
    name: str = "eternaltwin.dev"
    user: str = "eternaltwin.dev.main"
    password: str = "dev"

    def __repr__(self) -> str:
        return f"PostgresConfig(host={self.host!r}, port={self.port}, name={self.name!r}, user={self.user!r})"


class FrontendConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``frontend``: page sizes of the forum."""

    forum_posts_per_page: int = 10
    forum_threads_per_page: int = 20


class UserSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.user.KEY``: a user that exists from the start.

    ``must_accept_terms``, which the official server does not know, keeps them from signing in to games until they do.
    """

    display_name: str
    username: str | None = None
    password: str | None = None
    is_administrator: bool = False
    must_accept_terms: bool = False
    id: UUID | None = None

    def __repr__(self) -> str:
        return f"UserSeed({self.display_name!r})"


class AppSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.app.KEY``: a game, that is an OAuth client."""

    display_name: str
    uri: str
    oauth_callback: str
    secret: str = "dev"

    def __repr__(self) -> str:
        return f"AppSeed({self.display_name!r})"


class ForumSectionSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of ``seed.forum_section.KEY``."""

    display_name: str
    locale: str | None = None


class ArchivedUserSeed(msgspec.Struct, frozen=True, kw_only=True):
    """An account of an older game that is in the archive from the start.

    Attributes:
        server: where it is, such as ``hammerfest.fr``.
        id: its number there.
        name: how it is called there.
        linked_to: the username of the user that it is linked to.
    """

    server: str
    id: int
    name: str
    linked_to: str | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class DinoparcUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of ``seed.dinoparc_user.KEY``."""

    server: str = "dinoparc.com"
    coins: int = 0


class HammerfestUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of ``seed.hammerfest_user.KEY``."""

    server: str = "hammerfest.fr"
    best_score: int = 0
    best_level: int = 0
    game_completed: bool = False


class TwinoidUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of ``seed.twinoid_user.KEY``."""

    server: str = "twinoid.com"


class SeedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table ``seed``, each part by its keys."""

    user: dict[str, UserSeed] = {}
    app: dict[str, AppSeed] = {}
    forum_section: dict[str, ForumSectionSeed] = {}
    dinoparc_user: dict[str, DinoparcUserSeed] = {}
    hammerfest_user: dict[str, HammerfestUserSeed] = {}
    twinoid_user: dict[str, TwinoidUserSeed] = {}


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a server. ``source`` is the file they came from, if there is one."""

    backend: BackendConfig = msgspec.field(default_factory=BackendConfig)
    frontend: FrontendConfig = msgspec.field(default_factory=FrontendConfig)
    sqlite: SqliteConfig = msgspec.field(default_factory=SqliteConfig)
    postgres: PostgresConfig = msgspec.field(default_factory=PostgresConfig)
    seed: SeedConfig = msgspec.field(default_factory=SeedConfig)
    source: Path | None = None
