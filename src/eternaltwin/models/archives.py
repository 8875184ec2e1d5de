"""The JSON of archived accounts of older games. Source: `eternaltwin_core` 0.16.4.

Ids are decimal numbers in strings, except those of Twinoid's sites and their accounts, which are numbers. A field that
is null was never read from the game.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Time
from eternaltwin.models.links import Owners, ShortArchiveUser

Value = TypeVar("Value")


class Period(msgspec.Struct, frozen=True):
    """A period of time.

    Attributes:
        start: When it began.
        end: When it ended, exclusively. Null if it has not ended.
    """

    start: Time
    end: Time | None = None


class Retrieved(msgspec.Struct, frozen=True):
    """When a value was read from the game.

    Attributes:
        latest: The time of the last reading.
    """

    latest: Time


class Snapshot(msgspec.Struct, Generic[Value], frozen=True):
    """A value of one period.

    Attributes:
        period: The period in which this was known to be the value.
        retrieved: When it was read from the game.
        value: The value.
    """

    period: Period
    retrieved: Retrieved
    value: Value


class Latest(msgspec.Struct, Generic[Value], frozen=True):
    """The last known value of something that changes.

    Attributes:
        latest: The last value, with its times.
    """

    latest: Snapshot[Value]

    @property
    def value(self) -> Value:
        """The last known value itself."""
        return self.latest.value


class DinoparcDinozRef(msgspec.Struct, frozen=True, kw_only=True):
    """A reference to a dinoz.

    Attributes:
        type: The kind of object: `DinoparcDinoz`.
        server: The server, such as `dinoparc.com`.
        id: The number of the dinoz on its server.
    """

    type: str = "DinoparcDinoz"
    server: str
    id: str


class DinoparcCollection(msgspec.Struct, frozen=True):
    """The collection of a Dinoparc user.

    Attributes:
        rewards: The ids of the rewards.
        epic_rewards: The keys of the epic rewards.
    """

    rewards: list[str]
    epic_rewards: list[str]


class DinoparcUser(msgspec.Struct, frozen=True, kw_only=True):
    """A Dinoparc user: the response of `GET /api/v1/archive/dinoparc/{server}/users/{id}`.

    Attributes:
        type: The kind of object: `DinoparcUser`.
        server: The server, such as `dinoparc.com`.
        id: The number of the user on its server.
        archived_at: When the account was archived.
        username: The name of the user.
        coins: Number of gold coins.
        dinoz: The user's dinoz.
        inventory: Number of items, by their ids.
        collection: The collection.
        etwin: The Eternaltwin users that the account is and was linked to.
    """

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
    """The strength of a dinoz in each element.

    Attributes:
        fire: The strength in fire.
        earth: The strength in earth.
        water: The strength in water.
        thunder: The strength in thunder.
        air: The strength in air.
    """

    fire: int
    earth: int
    water: int
    thunder: int
    air: int


class DinoparcDinoz(msgspec.Struct, frozen=True, kw_only=True):
    """A dinoz: the response of `GET /api/v1/archive/dinoparc/{server}/dinoz/{id}`.

    Attributes:
        type: The kind of object: `DinoparcDinoz`.
        server: The server, such as `dinoparc.com`.
        id: The number of the dinoz on its server.
        archived_at: When the dinoz was archived.
        name: The name. Its value is null for a dinoz without a name.
        owner: The user whom the dinoz belongs to.
        location: The place where the dinoz is.
        race: The name of the race.
        skin: The code of the appearance.
        life: The life, in percent.
        level: The level.
        experience: The experience, in percent.
        danger: The danger.
        in_tournament: Whether the dinoz is in a tournament.
        elements: The strength in each element.
        skills: The levels of the skills, by their names.
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
    """The profile of a Hammerfest user.

    Attributes:
        best_score: The highest score, in points.
        best_level: The deepest level.
        game_completed: Whether the user has completed the game.
        items: The ids of the unlocked items.
        quests: The state of each quest by its id: `None`, `Pending` or `Complete`.
    """

    best_score: int
    best_level: int
    game_completed: bool
    items: list[str]
    quests: dict[str, str]


class HammerfestUser(msgspec.Struct, frozen=True, kw_only=True):
    """A Hammerfest user: the response of `GET /api/v1/archive/hammerfest/{server}/users/{id}`.

    Attributes:
        type: The kind of object: `HammerfestUser`.
        server: The server, such as `hammerfest.fr`.
        id: The number of the user on its server.
        username: The name of the user.
        archived_at: When the account was archived.
        profile: The profile.
        inventory: Number of items, by their ids.
        etwin: The Eternaltwin users that the account is and was linked to.
    """

    type: str = "HammerfestUser"
    server: str
    id: str
    username: str
    archived_at: Time
    profile: Latest[HammerfestProfile] | None = None
    inventory: Latest[dict[str, int]] | None = None
    etwin: Owners = msgspec.field(default_factory=Owners)


class TwinoidSite(msgspec.Struct, frozen=True, kw_only=True):
    """A game of Twinoid.

    Attributes:
        type: The kind of object: `TwinoidSite`.
        id: The number of the game.
        host: The host of the game, such as `www.hordes.fr`. Null if unknown. Scores do not have it.
    """

    type: str = "TwinoidSite"
    id: int
    host: str | None | UnsetType = UNSET


class TwinoidSiteUser(msgspec.Struct, frozen=True, kw_only=True):
    """An account on a game of Twinoid.

    Attributes:
        type: The kind of object: `TwinoidSiteUser`.
        id: The number of the account on the game.
    """

    type: str = "TwinoidSiteUser"
    id: int


class TwinoidLink(msgspec.Struct, frozen=True, kw_only=True):
    """The account of a Twinoid user on one game.

    Attributes:
        site: The game.
        user: The account on the game. Its value is null if there is none.
    """

    site: TwinoidSite
    user: Latest[TwinoidSiteUser | None]


class TwinoidUser(msgspec.Struct, frozen=True, kw_only=True):
    """A Twinoid user: the response of `GET /api/v1/archive/twinoid/users/{id}`.

    Attributes:
        type: The kind of object: `TwinoidUser`.
        id: The number of the user.
        archived_at: When the account was archived.
        display_name: The name of the user.
        links: The accounts on Twinoid's games.
        etwin: The Eternaltwin users that the account is and was linked to.
    """

    type: str = "TwinoidUser"
    id: str
    archived_at: Time
    display_name: str
    links: list[TwinoidLink] = []
    etwin: Owners = msgspec.field(default_factory=Owners)


class TwinoidScore(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a Twinoid user on one game.

    Attributes:
        site: The game.
        points: Number of points.
    """

    site: TwinoidSite
    points: float


class TwinoidStat(msgspec.Struct, frozen=True, kw_only=True):
    """A statistic of a Twinoid user on one game.

    Attributes:
        stat_key: The name of the statistic.
        score: The value of the statistic.
        rarity: The rarity, as the game defines it.
    """

    stat_key: str
    score: int
    rarity: int


class TwinoidReward(msgspec.Struct, frozen=True, kw_only=True):
    """An achievement of a Twinoid user on one game.

    Attributes:
        achievement_key: The name of the achievement.
        points: Number of points for it.
    """

    achievement_key: str
    points: float


class TwinoidRewards(msgspec.Struct, frozen=True):
    """The response of `GET /api/v1/archive/twinoid/users/{id}/rewards/{site}`.

    Attributes:
        stats: The statistics.
        rewards: The achievements.
    """

    stats: list[TwinoidStat]
    rewards: list[TwinoidReward]
