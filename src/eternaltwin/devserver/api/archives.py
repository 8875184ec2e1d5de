"""``/api/v1/archive``: accounts of older games, for everybody to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from litestar import HttpMethod

from eternaltwin.devserver.api.answers import Instant, json_answer, refused, refused_text
from eternaltwin.devserver.api.calls import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.archives import SITES, account_number
from eternaltwin.devserver.config_types import DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed
from eternaltwin.models import (
    DinoparcUser,
    HammerfestProfile,
    HammerfestUser,
    Latest,
    Period,
    Retrieved,
    Snapshot,
    TwinoidRewards,
    TwinoidUser,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.api.answers import Answer, RefusedError
    from eternaltwin.devserver.api.calls import Call
    from eternaltwin.devserver.archives import Game

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
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


@endpoint(f"{_DINOPARC}/dinoz/{{id:str}}", HttpMethod.GET)
def get_dinoz(call: Call) -> Answer:
    """A dinoz; none is archived here."""
    _number(call, _server(call, "Dinoparc"), "DinoparcDinoz")
    raise refused(404, "DinoparcDinozNotFound")


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
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


def _profile(seed: HammerfestUserSeed) -> HammerfestProfile:
    return HammerfestProfile(
        best_score=seed.best_score,
        best_level=seed.best_level,
        game_completed=seed.game_completed,
        items=[],
        quests={},
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
        etwin=LinkViews(call.world).owners(seed.server, seed.id),
    )
    return json_answer(user)


def _check_twinoid_user(call: Call) -> None:
    """Checks that there is a Twinoid user; the official server fails where there is none."""
    number = _number(call, _TWINOID, "TwinoidUser")
    if call.world.archives.account(_TWINOID, number) is None:
        raise refused(500, "InternalServerError")


@endpoint(f"{_TWINOID_USER}/scores", HttpMethod.GET)
def get_twinoid_scores(call: Call) -> Answer:
    """The scores of a user of Twinoid; none are archived here."""
    _check_twinoid_user(call)
    return json_answer([])


@endpoint(f"{_TWINOID_USER}/rewards/{{site:str}}", HttpMethod.GET)
def get_twinoid_rewards(call: Call) -> Answer:
    """What a user of Twinoid has won on a game; nothing is archived here."""
    site = _parameter(call, "site")
    if not _is_site(site):
        raise refused_text(400, f"Invalid URL: Cannot parse value at index 1 with value `{site}` to a `i64`")
    _check_twinoid_user(call)
    return json_answer(TwinoidRewards([], []))


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
