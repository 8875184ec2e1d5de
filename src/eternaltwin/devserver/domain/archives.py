"""The older games whose accounts can be linked to users, and how their accounts are numbered."""

from __future__ import annotations

from typing import Literal, NamedTuple

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
