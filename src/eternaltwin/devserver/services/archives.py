"""The archived accounts of older games that the configuration names, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from eternaltwin.devserver.domain.errors import NameTakenError
from eternaltwin.models import ShortArchiveUser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.config.types import ArchivedUserSeed, DinoparcUserSeed, DinozSeed, SeedConfig

Game = Literal["Dinoparc", "Hammerfest", "Twinoid"]


class Site(NamedTuple):
    """A server whose accounts can be linked.

    Attributes:
        name: such as `hammerfest.fr`.
        game: what is played there.
        field: where the links of a user have it.
        ids: what numbers accounts have there.
    """

    name: str
    game: Game
    field: str
    ids: range


_FROM_0 = range(1_000_000_000)
_FROM_1 = range(1, 1_000_000_000)

#: Every site, by its name.
SITES = {
    site.name: site
    for site in (
        Site("dinoparc.com", "Dinoparc", "dinoparc_com", _FROM_0),
        Site("en.dinoparc.com", "Dinoparc", "en_dinoparc_com", _FROM_0),
        Site("sp.dinoparc.com", "Dinoparc", "sp_dinoparc_com", _FROM_0),
        Site("hammerfest.fr", "Hammerfest", "hammerfest_fr", _FROM_1),
        Site("hfest.net", "Hammerfest", "hfest_net", _FROM_1),
        Site("hammerfest.es", "Hammerfest", "hammerfest_es", _FROM_1),
        Site("twinoid.com", "Twinoid", "twinoid", _FROM_1),
    )
}


def servers_of(game: Game) -> tuple[str, ...]:
    """The names of the sites of a game."""
    return tuple(site.name for site in SITES.values() if site.game == game)


def account_number(text: str, ids: range = _FROM_1) -> int | None:
    """The number that a text spells, if accounts have such numbers; leading zeros are fine."""
    if not (text.isascii() and text.isdigit() and len(text) <= 100):
        return None
    number = int(text)
    return number if number in ids else None


def short_archive_user(seed: ArchivedUserSeed) -> ShortArchiveUser:
    """An archived account where only a name is needed."""
    game = SITES[seed.server].game
    if game == "Twinoid":
        return ShortArchiveUser(type=f"{game}User", id=str(seed.id), display_name=seed.name)
    return ShortArchiveUser(type=f"{game}User", server=seed.server, id=str(seed.id), username=seed.name)


class Archives:
    """Finds archived accounts by their site and number.

    Raises:
        NameTakenError: two of the configured accounts, or two dinoz, have the same site and number.
    """

    def __init__(self, seeds: SeedConfig) -> None:
        self._accounts: dict[tuple[str, int], ArchivedUserSeed] = {}
        self._dinoz: dict[tuple[str, int], tuple[DinoparcUserSeed, DinozSeed]] = {}
        self._add(seeds.dinoparc_user.values())
        self._add(seeds.hammerfest_user.values())
        self._add(seeds.twinoid_user.values())
        for seed in seeds.dinoparc_user.values():
            self._add_dinoz_of(seed)

    def _add(self, seeds: Iterable[ArchivedUserSeed]) -> None:
        for seed in seeds:
            if self._accounts.setdefault((seed.server, seed.id), seed) is not seed:
                raise NameTakenError(f"there are two archived accounts {seed.id} of {seed.server}")

    def _add_dinoz_of(self, owner: DinoparcUserSeed) -> None:
        for number, seed in owner.dinoz.items():
            entry = (owner, seed)
            if self._dinoz.setdefault((owner.server, int(number)), entry) is not entry:
                raise NameTakenError(f"there are two archived dinoz {number} of {owner.server}")

    def all(self) -> list[ArchivedUserSeed]:
        """Every account."""
        return list(self._accounts.values())

    def account(self, site: str, number: int) -> ArchivedUserSeed | None:
        """The account with this number on a site."""
        return self._accounts.get((site, number))

    def dinoz(self, server: str, number: int) -> tuple[DinoparcUserSeed, DinozSeed] | None:
        """The dinoz with this number on a server, after whose it is."""
        return self._dinoz.get((server, number))
