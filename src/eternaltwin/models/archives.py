"""The JSON of archived accounts of older games. Source: `eternaltwin_core` 0.16.4.

Ids are decimal numbers, written as texts; those of Twinoid's sites are numbers.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Time
from eternaltwin.models.links import Owners, ShortArchiveUser

Value = TypeVar("Value")


class Period(msgspec.Struct, frozen=True):
    """From when to when, exclusively, something was so; `end` is null while it lasts."""

    start: Time
    end: Time | None = None


class Retrieved(msgspec.Struct, frozen=True):
    """When something was last read from the game."""

    latest: Time


class Snapshot(msgspec.Struct, Generic[Value], frozen=True):
    """A value, since when it is known, and when it was last read."""

    period: Period
    retrieved: Retrieved
    value: Value


class Latest(msgspec.Struct, Generic[Value], frozen=True):
    """The last that is known of something that changes."""

    latest: Snapshot[Value]

    @property
    def value(self) -> Value:
        """What it is, as far as is known."""
        return self.latest.value


class DinoparcDinozRef(msgspec.Struct, frozen=True, kw_only=True):
    """A dinoz where only the id is needed."""

    type: str = "DinoparcDinoz"
    server: str
    id: str


class DinoparcCollection(msgspec.Struct, frozen=True):
    """What a Dinoparc user has won: ids of rewards, and keys of epic ones."""

    rewards: list[str]
    epic_rewards: list[str]


class DinoparcUser(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/archive/dinoparc/{server}/users/{id}`. What is null was never read."""

    type: str = "DinoparcUser"
    server: str
    id: str
    archived_at: Time
    username: str
    coins: Latest[int] | None = None
    dinoz: Latest[list[DinoparcDinozRef]] | None = None
    inventory: Latest[dict[str, int]] | None = None
    collection: Latest[DinoparcCollection] | None = None
    etwin: Owners = msgspec.field(default_factory=Owners)


class DinoparcElements(msgspec.Struct, frozen=True, kw_only=True):
    """How strong a dinoz is in each element."""

    fire: int
    earth: int
    water: int
    thunder: int
    air: int


class DinoparcDinoz(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/archive/dinoparc/{server}/dinoz/{id}`. What is null was never read.

    `life` and `experience` are percentages.
    """

    type: str = "DinoparcDinoz"
    server: str
    id: str
    archived_at: Time
    name: Latest[str | None] | None = None
    owner: Latest[ShortArchiveUser] | None = None
    location: Latest[str] | None = None
    race: Latest[str] | None = None
    skin: Latest[str] | None = None
    life: Latest[int] | None = None
    level: Latest[int] | None = None
    experience: Latest[int] | None = None
    danger: Latest[int] | None = None
    in_tournament: Latest[bool] | None = None
    elements: Latest[DinoparcElements] | None = None
    skills: Latest[dict[str, int]] | None = None


class HammerfestProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a Hammerfest user's page said.

    Attributes:
        items: the ids of the items that they have unlocked.
        quests: by the id of a quest, `None`, `Pending` or `Complete`.
    """

    best_score: int
    best_level: int
    game_completed: bool
    items: list[str]
    quests: dict[str, str]


class HammerfestUser(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/archive/hammerfest/{server}/users/{id}`. What is null was never read."""

    type: str = "HammerfestUser"
    server: str
    id: str
    username: str
    archived_at: Time
    profile: Latest[HammerfestProfile] | None = None
    inventory: Latest[dict[str, int]] | None = None
    etwin: Owners = msgspec.field(default_factory=Owners)


class TwinoidSite(msgspec.Struct, frozen=True, kw_only=True):
    """A game of Twinoid; `host` is such as `www.hordes.fr`."""

    type: str = "TwinoidSite"
    id: int
    host: str | None | UnsetType = UNSET


class TwinoidSiteUser(msgspec.Struct, frozen=True, kw_only=True):
    """An account on a game of Twinoid."""

    type: str = "TwinoidSiteUser"
    id: int


class TwinoidLink(msgspec.Struct, frozen=True, kw_only=True):
    """A game of Twinoid, and which account there belongs to a Twinoid user; null for none."""

    site: TwinoidSite
    user: Latest[TwinoidSiteUser | None]


class TwinoidUser(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/archive/twinoid/users/{id}`."""

    type: str = "TwinoidUser"
    id: str
    archived_at: Time
    display_name: str
    links: list[TwinoidLink] = []
    etwin: Owners = msgspec.field(default_factory=Owners)


class TwinoidScore(msgspec.Struct, frozen=True, kw_only=True):
    """How many points a Twinoid user has on one game."""

    site: TwinoidSite
    points: float


class TwinoidStat(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is counted on a game of Twinoid."""

    stat_key: str
    score: int
    rarity: int


class TwinoidReward(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was achieved on a game of Twinoid."""

    achievement_key: str
    points: float


class TwinoidRewards(msgspec.Struct, frozen=True):
    """`GET /api/v1/archive/twinoid/users/{id}/rewards/{site}`."""

    stats: list[TwinoidStat]
    rewards: list[TwinoidReward]
