"""Archived accounts of older games, as tables of a configuration. The official server does not know these tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from eternaltwin.devserver.config.fields import ConfigTable, Int32, Rule, Title, one_of, whole_number_in
from eternaltwin.devserver.domain.archives import account_number
from eternaltwin.devserver.domain.names import parse_username
from eternaltwin.models import DinoparcCollection, DinoparcElements, TwinoidReward, TwinoidStat
from eternaltwin.rules.accounts import USERNAME_RULE
from eternaltwin.rules.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, SITES, TWINOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Total = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

#: Possible numbers of Twinoid's games.
_GAMES = range(1, 2**31)

#: The number of a new account until the file's is known. No account can have it.
_NO_NUMBER = -1


def _key_problems(name: str, keys: Iterable[str], numbers: range) -> Iterator[tuple[str, str]]:
    for key in keys:
        if str(account_number(key, numbers)) != key:
            yield f"{name}.{key}", f"the key must be {whole_number_in(numbers)}"


class ArchivedUserSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """An archived account of an older game that exists from the start.

    Attributes:
        server: Server of the game, such as `hammerfest.fr`.
        id: Number of the account on that server.
        name: Name of the account: the key `username`, for Twinoid `display_name`. The key of the table by default.
        linked_to: Username of the user that the account is linked to. None if it is linked to nobody.
    """

    server: str
    id: int
    name: str
    linked_to: Annotated[str | None, Rule(parse_username, USERNAME_RULE, or_null=True)] = None

    @classmethod
    def defaults(cls, key: str) -> dict[str, object]:
        """Return the name of a new account, and a number that must be replaced.

        Args:
            key: The key of the account.

        Returns:
            The key as name, and an impossible number.
        """
        return {"name": key, "id": _NO_NUMBER}

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Check the number of the account, whose range depends on the server.

        Args:
            key: The key of the account.

        Yields:
            The key of a wrong value within this table, and the problem.
        """
        del key
        ids = SITES[self.server].ids
        if self.id not in ids:
            yield "id", f"must be {whole_number_in(ids)}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class DinozSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.dinoparc_user.KEY.dinoz.NUMBER`. None means that the value was never read from the game.

    Attributes:
        name: Name of the dinoz.
        location: Where the dinoz is.
        race: Race, such as `Pteroz`.
        skin: Code of its appearance.
        life: Life, in percent.
        level: Level.
        experience: Experience, in percent.
        danger: Danger.
        in_tournament: Whether the dinoz takes part in a tournament.
        elements: Strength in each element.
        skills: Levels of skills, by name.
    """

    name: str | None = None
    location: str | None = None
    race: str | None = None
    skin: str | None = None
    life: Int32 | None = None
    level: Int32 | None = None
    experience: Int32 | None = None
    danger: Int32 | None = None
    in_tournament: bool | None = None
    elements: DinoparcElements | None = None
    skills: dict[str, Int32] | None = None


class DinoparcUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of the tables `seed.dinoparc_user.KEY`.

    Attributes:
        server: Server of the game.
        name: Name of the account: the key `username`.
        coins: Number of coins.
        dinoz: Dinoz of the account, by number.
        inventory: Quantities of items, by the item's number. None means never read from the game.
        collection: What the account has won. None means never read from the game.
    """

    server: Annotated[str, one_of(DINOPARC_SERVERS)] = "dinoparc.com"
    name: Title = msgspec.field(name="username")
    coins: _Total = 0
    dinoz: dict[str, DinozSeed] = {}
    inventory: dict[str, Int32] | None = None
    collection: DinoparcCollection | None = None

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Check the numbers of the account and its dinoz, whose ranges depend on the server.

        Args:
            key: The key of the account.

        Yields:
            The key of a wrong value within this table, and the problem.
        """
        yield from ArchivedUserSeed.problems(self, key)
        yield from _key_problems("dinoz", self.dinoz, SITES[self.server].ids)


class HammerfestUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of the tables `seed.hammerfest_user.KEY`; see [`HammerfestProfile`][eternaltwin.models.HammerfestProfile].

    Attributes:
        server: Server of the game.
        name: Name of the account: the key `username`.
        best_score: Best score.
        best_level: Highest level reached.
        game_completed: Whether the game was completed.
        items: Numbers of the items that were unlocked.
        quests: States of quests, by number.
        inventory: Quantities of items, by the item's number. None means never read from the game.
    """

    server: Annotated[str, one_of(HAMMERFEST_SERVERS)] = "hammerfest.fr"
    name: Title = msgspec.field(name="username")
    best_score: _Total = 0
    best_level: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    game_completed: bool = False
    items: list[str] = []
    quests: dict[str, str] = {}
    inventory: dict[str, Int32] | None = None


class TwinoidGameSeed(ConfigTable, msgspec.Struct, frozen=True, kw_only=True):
    """One of the tables `seed.twinoid_user.KEY.game.NUMBER`: what an account has on one of Twinoid's games.

    Attributes:
        host: Host name of the game, such as `mush.vg`.
        user_id: Number of the player's account on the game. None if there is none.
        points: Number of points. None if no score is known.
        stats: Statistics.
        rewards: Achievements.
    """

    host: str | None = None
    user_id: Int32 | None = None
    points: Annotated[float, msgspec.Meta(ge=-1e15, le=1e15)] | None = None
    stats: list[TwinoidStat] = []
    rewards: list[TwinoidReward] = []


class TwinoidUserSeed(ArchivedUserSeed, frozen=True, kw_only=True):
    """One of the tables `seed.twinoid_user.KEY`.

    Attributes:
        server: Always `twinoid.com`. No key sets it.
        name: Name of the account: the key `display_name`.
        game: Games of Twinoid that the account has played, by the game's number.
    """

    server: str = TWINOID
    name: Title = msgspec.field(name="display_name")
    game: dict[str, TwinoidGameSeed] = {}

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Check the numbers of the account and its games.

        Args:
            key: The key of the account.

        Yields:
            The key of a wrong value within this table, and the problem.
        """
        yield from ArchivedUserSeed.problems(self, key)
        yield from _key_problems("game", self.game, _GAMES)
