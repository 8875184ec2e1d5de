"""`/api/v1/archive`: accounts of older games, for everybody to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from litestar import HttpMethod

from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.requests import endpoint
from eternaltwin.devserver.api.responses import Instant, json_answer, refused, refused_text
from eternaltwin.devserver.config.types import DinoparcUserSeed, HammerfestUserSeed, TwinoidGameSeed, TwinoidUserSeed
from eternaltwin.devserver.domain.archives import SITES, account_number
from eternaltwin.devserver.services.archives import short_archive_user
from eternaltwin.models import (
    DinoparcDinoz,
    DinoparcDinozRef,
    DinoparcUser,
    HammerfestProfile,
    HammerfestUser,
    Latest,
    Period,
    Retrieved,
    Snapshot,
    TwinoidLink,
    TwinoidRewards,
    TwinoidScore,
    TwinoidSite,
    TwinoidSiteUser,
    TwinoidUser,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer, RefusedError
    from eternaltwin.devserver.config.types import DinozSeed
    from eternaltwin.devserver.domain.archives import Game

Value = TypeVar("Value")
Seed = TypeVar("Seed", DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed)

_DINOPARC = "/api/v1/archive/dinoparc/{server:str}"
_HAMMERFEST = "/api/v1/archive/hammerfest/{server:str}"
_TWINOID_USER = "/api/v1/archive/twinoid/users/{id:str}"

_TWINOID = "twinoid.com"

#: The number of a game of Twinoid has 64 bits.
_SITE = re.compile(r"[+-]?[0-9]{1,20}")
_WHOLE_NUMBERS = range(-(2**63), 2**63)


def _invalid(what: str) -> RefusedError:
    return refused_text(400, f"Invalid URL: Invalid {what}")


def _parameter(call: Call, name: str) -> str:
    return str(call.scope["path_params"][name])


def _server(call: Call, game: Game) -> str:
    site = SITES.get(_parameter(call, "server"))
    if site is None or site.game != game:
        raise _invalid(f"{game}Server")
    return site.name


def _number(call: Call, server: str, kind: str) -> int:
    number = account_number(_parameter(call, "id"), SITES[server].ids)
    if number is None:
        raise _invalid(f"{kind}Id")
    return number


def _account(call: Call, server: str, shape: type[Seed]) -> Seed:
    """The account that the path names."""
    kind = f"{SITES[server].game}User"
    found = call.world.archives.account(server, _number(call, server, kind))
    if not isinstance(found, shape):
        raise refused(404, f"{kind}NotFound")
    return found


def _archived_at(call: Call) -> Instant:
    return Instant.at(call.world.archived_at)


def _latest(call: Call, value: Value) -> Latest[Value]:
    """A value that was read when the server started, and has not changed since."""
    time = _archived_at(call)
    return Latest(Snapshot(Period(time), Retrieved(time), value))


def _read(call: Call, value: Value | None) -> Latest[Value] | None:
    """A value that may never have been read."""
    return None if value is None else _latest(call, value)


@endpoint(f"{_DINOPARC}/users/{{id:str}}", HttpMethod.GET)
def get_dinoparc_user(call: Call) -> Answer:
    """A user of Dinoparc."""
    seed = _account(call, _server(call, "Dinoparc"), DinoparcUserSeed)
    user = DinoparcUser(
        server=seed.server,
        id=str(seed.id),
        archived_at=_archived_at(call),
        username=seed.name,
        coins=_latest(call, seed.coins),
        dinoz=_read(call, [DinoparcDinozRef(server=seed.server, id=number) for number in seed.dinoz] or None),
        inventory=_read(call, seed.inventory),
        collection=_read(call, seed.collection),
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


@endpoint(f"{_DINOPARC}/dinoz/{{id:str}}", HttpMethod.GET)
def get_dinoz(call: Call) -> Answer:
    """A dinoz."""
    server = _server(call, "Dinoparc")
    number = _number(call, server, "DinoparcDinoz")
    found = call.world.archives.dinoz(server, number)
    if found is None:
        raise refused(404, "DinoparcDinozNotFound")
    return json_answer(_dinoz(call, str(number), *found))


def _dinoz(call: Call, number: str, owner: DinoparcUserSeed, seed: DinozSeed) -> DinoparcDinoz:
    return DinoparcDinoz(
        server=owner.server,
        id=number,
        archived_at=_archived_at(call),
        name=_read(call, seed.name),
        owner=_latest(call, short_archive_user(owner)),
        location=_read(call, seed.location),
        race=_read(call, seed.race),
        skin=_read(call, seed.skin),
        life=_read(call, seed.life),
        level=_read(call, seed.level),
        experience=_read(call, seed.experience),
        danger=_read(call, seed.danger),
        in_tournament=_read(call, seed.in_tournament),
        elements=_read(call, seed.elements),
        skills=_read(call, seed.skills),
    )


@endpoint(f"{_HAMMERFEST}/users/{{id:str}}", HttpMethod.GET)
def get_hammerfest_user(call: Call) -> Answer:
    """A user of Hammerfest."""
    seed = _account(call, _server(call, "Hammerfest"), HammerfestUserSeed)
    user = HammerfestUser(
        server=seed.server,
        id=str(seed.id),
        username=seed.name,
        archived_at=_archived_at(call),
        profile=_latest(call, _profile(seed)),
        inventory=_read(call, seed.inventory),
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


def _profile(seed: HammerfestUserSeed) -> HammerfestProfile:
    return HammerfestProfile(
        best_score=seed.best_score,
        best_level=seed.best_level,
        game_completed=seed.game_completed,
        items=seed.items,
        quests=seed.quests,
    )


# --- Twinoid


@endpoint(_TWINOID_USER, HttpMethod.GET)
def get_twinoid_user(call: Call) -> Answer:
    """A user of Twinoid."""
    seed = _account(call, _TWINOID, TwinoidUserSeed)
    user = TwinoidUser(
        id=str(seed.id),
        archived_at=_archived_at(call),
        display_name=seed.name,
        links=[_link(call, int(number), game) for number, game in seed.game.items()],
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


def _link(call: Call, number: int, game: TwinoidGameSeed) -> TwinoidLink:
    """A game of Twinoid, and the account that a user has there."""
    account = None if game.user_id is None else TwinoidSiteUser(id=game.user_id)
    return TwinoidLink(site=TwinoidSite(id=number, host=game.host), user=_latest(call, account))


def _games(call: Call) -> dict[str, TwinoidGameSeed]:
    """The games of the Twinoid user that the path names; the official server fails where there is none."""
    number = _number(call, _TWINOID, "TwinoidUser")
    seed = call.world.archives.account(_TWINOID, number)
    if not isinstance(seed, TwinoidUserSeed):
        raise refused(500, "InternalServerError")
    return seed.game


@endpoint(f"{_TWINOID_USER}/scores", HttpMethod.GET)
def get_twinoid_scores(call: Call) -> Answer:
    """The scores of a user of Twinoid, game by game."""
    scores = [
        TwinoidScore(site=TwinoidSite(id=int(number)), points=game.points)
        for number, game in _games(call).items()
        if game.points is not None
    ]
    return json_answer(scores)


@endpoint(f"{_TWINOID_USER}/rewards/{{site:str}}", HttpMethod.GET)
def get_twinoid_rewards(call: Call) -> Answer:
    """What a user of Twinoid has won on a game."""
    site = _parameter(call, "site")
    if not _is_site(site):
        raise refused_text(400, f"Invalid URL: Cannot parse value at index 1 with value `{site}` to a `i64`")
    game = _games(call).get(str(int(site)), TwinoidGameSeed())
    return json_answer(TwinoidRewards(game.stats, game.rewards))


def _is_site(text: str) -> bool:
    return _SITE.fullmatch(text) is not None and int(text) in _WHOLE_NUMBERS


route_handlers = [
    get_dinoparc_user,
    get_dinoz,
    get_hammerfest_user,
    get_twinoid_user,
    get_twinoid_scores,
    get_twinoid_rewards,
]
