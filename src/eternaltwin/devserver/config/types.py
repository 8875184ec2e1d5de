"""The settings of a server, as values; names are those of the keys in `eternaltwin.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args
from uuid import UUID

import msgspec

from eternaltwin.models import DinoparcCollection, DinoparcElements, TwinoidReward, TwinoidStat

#: A number of an older game, which has 32 bits.
Count = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]

ClockKind = Literal["System", "Virtual"]
CLOCK_KINDS: tuple[ClockKind, ...] = get_args(ClockKind)
StoreKind = Literal["Memory", "Sqlite", "Postgres"]


class BackendConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table `backend`; `host` and `port` are what `listen` and `port` come to."""

    host: str = "::"
    port: int = 50320
    secret: str = "dev"
    clock: ClockKind = "System"
    store: StoreKind = "Memory"

    def __repr__(self) -> str:
        return f"BackendConfig(host={self.host!r}, port={self.port}, clock={self.clock!r}, store={self.store!r})"


class SqliteConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table `sqlite`: where `backend.store = "Sqlite"` keeps everything, seen from the working folder."""

    file: str = "./eternaltwin.dev.sqlite"


class PostgresConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table `postgres`: which database `backend.store = "Postgres"` uses.

    `host` may be the folder of a socket.
    """

    host: str = "localhost"
    port: int = 5432
    name: str = "eternaltwin.dev"
    user: str = "eternaltwin.dev.main"
    password: str = "dev"

    def __repr__(self) -> str:
        return f"PostgresConfig(host={self.host!r}, port={self.port}, name={self.name!r}, user={self.user!r})"


class FrontendConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table `frontend`: page sizes of the forum."""

    forum_posts_per_page: int = 10
    forum_threads_per_page: int = 20


class UserSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of `seed.user.KEY`: a user that exists from the start.

    `must_accept_terms`, which the official server does not know, keeps them from signing in to games until they do.
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
    """One of `seed.app.KEY`: a game, that is an OAuth client."""

    display_name: str
    uri: str
    oauth_callback: str
    secret: str = "dev"

    def __repr__(self) -> str:
        return f"AppSeed({self.display_name!r})"


class ForumSectionSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of `seed.forum_section.KEY`."""

    display_name: str
    locale: str | None = None


class ArchivedUserSeed(msgspec.Struct, frozen=True, kw_only=True):
    """An account of an older game that is in the archive from the start.

    Attributes:
        server: where it is, such as `hammerfest.fr`.
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


class DinozSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of `seed.dinoparc_user.KEY.dinoz.NUMBER`. What is None counts as never read from the game."""

    name: str | None = None
    location: str | None = None
    race: str | None = None
    skin: str | None = None
    life: Count | None = None
    level: Count | None = None
    experience: Count | None = None
    danger: Count | None = None
    in_tournament: bool | None = None
    elements: DinoparcElements | None = None
    skills: dict[str, Count] | None = None


class DinoparcUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of `seed.dinoparc_user.KEY`; `dinoz` are by their number, `inventory` counts things by theirs."""

    server: str = "dinoparc.com"
    coins: int = 0
    dinoz: dict[str, DinozSeed] = {}
    inventory: dict[str, int] | None = None
    collection: DinoparcCollection | None = None


class HammerfestUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of `seed.hammerfest_user.KEY`; see [`HammerfestProfile`][eternaltwin.models.HammerfestProfile]."""

    server: str = "hammerfest.fr"
    best_score: int = 0
    best_level: int = 0
    game_completed: bool = False
    items: list[str] = []
    quests: dict[str, str] = {}
    inventory: dict[str, int] | None = None


class TwinoidGameSeed(msgspec.Struct, frozen=True, kw_only=True):
    """One of `seed.twinoid_user.KEY.game.NUMBER`: what a user of Twinoid has on one of its games.

    Attributes:
        host: where the game is, such as `mush.vg`.
        user_id: the number of their account there; None for none.
        points: how many points they have; None where no score is known.
        stats: what is counted there.
        rewards: what they achieved there.
    """

    host: str | None = None
    user_id: Count | None = None
    points: Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)] | None = None
    stats: list[TwinoidStat] = []
    rewards: list[TwinoidReward] = []


class TwinoidUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of `seed.twinoid_user.KEY`; `game` has Twinoid's games by their number."""

    server: str = "twinoid.com"
    game: dict[str, TwinoidGameSeed] = {}


class SeedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The table `seed`, each part by its keys."""

    user: dict[str, UserSeed] = {}
    app: dict[str, AppSeed] = {}
    forum_section: dict[str, ForumSectionSeed] = {}
    dinoparc_user: dict[str, DinoparcUserSeed] = {}
    hammerfest_user: dict[str, HammerfestUserSeed] = {}
    twinoid_user: dict[str, TwinoidUserSeed] = {}


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a server. `source` is the file they came from, if there is one."""

    backend: BackendConfig = msgspec.field(default_factory=BackendConfig)
    frontend: FrontendConfig = msgspec.field(default_factory=FrontendConfig)
    sqlite: SqliteConfig = msgspec.field(default_factory=SqliteConfig)
    postgres: PostgresConfig = msgspec.field(default_factory=PostgresConfig)
    seed: SeedConfig = msgspec.field(default_factory=SeedConfig)
    source: Path | None = None
