"""The older games whose accounts are archived and can be linked to users, and the numbers of these accounts."""

from __future__ import annotations

from typing import Literal, NamedTuple

Game = Literal["Dinoparc", "Hammerfest", "Twinoid"]


class Site(NamedTuple):
    """A server of an older game, whose accounts can be linked to users.

    Attributes:
        name: Host name, such as `hammerfest.fr`.
        game: The game.
        field: Name of the field for this site in the links of a user.
        ids: Possible numbers of what is archived there.
    """

    name: str
    game: Game
    field: str
    ids: range


_DIGITS = 9
_FROM_0 = range(10**_DIGITS)
_FROM_1 = range(1, 10**_DIGITS)

#: Regular expression, without anchors, for the numbers of accounts in JSON.
ACCOUNT_NUMBER_PATTERN = f"[0-9]{{1,{_DIGITS}}}"

TWINOID = "twinoid.com"

#: All sites, by name.
SITES = {
    site.name: site
    for site in (
        Site("dinoparc.com", "Dinoparc", "dinoparc_com", _FROM_0),
        Site("en.dinoparc.com", "Dinoparc", "en_dinoparc_com", _FROM_0),
        Site("sp.dinoparc.com", "Dinoparc", "sp_dinoparc_com", _FROM_0),
        Site("hammerfest.fr", "Hammerfest", "hammerfest_fr", _FROM_1),
        Site("hfest.net", "Hammerfest", "hfest_net", _FROM_1),
        Site("hammerfest.es", "Hammerfest", "hammerfest_es", _FROM_1),
        Site(TWINOID, "Twinoid", "twinoid", _FROM_1),
    )
}


def _servers_of(game: Game) -> tuple[str, ...]:
    return tuple(site.name for site in SITES.values() if site.game == game)


DINOPARC_SERVERS = _servers_of("Dinoparc")
HAMMERFEST_SERVERS = _servers_of("Hammerfest")

#: The sites whose archived accounts a user can link.
LINK_SITES = tuple(SITES)
