"""`/api/v1/archive`: archived accounts of older games, which everybody may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from eternaltwin.clients.endpoints import (
    DINOPARC_DINOZ,
    DINOPARC_USER,
    HAMMERFEST_USER,
    TWINOID_REWARDS,
    TWINOID_SCORES,
    TWINOID_USER,
)
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.operations import ERROR, TEXT, Operation, Schema
from eternaltwin.devserver.api.responses import Instant, json_error, json_response, text_error
from eternaltwin.devserver.api.views import short_archive_user
from eternaltwin.devserver.config.archived_users import (
    DinoparcUserSeed,
    HammerfestUserSeed,
    TwinoidGameSeed,
    TwinoidUserSeed,
)
from eternaltwin.devserver.domain.archives import account_number
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
from eternaltwin.rules.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, SITES, TWINOID

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiError, ApiResponse
    from eternaltwin.devserver.config.archived_users import DinozSeed
    from eternaltwin.rules.archives import Game

Value = TypeVar("Value")
Seed = TypeVar("Seed", DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed)

_TAG = "Older games"


def _ids(site: str) -> Schema:
    ids = SITES[site].ids
    return {"type": "integer", "minimum": ids.start, "maximum": ids.stop - 1}


_DINOPARC_PATH: dict[str, Schema] = {"server": {"enum": sorted(DINOPARC_SERVERS)}, "id": _ids("dinoparc.com")}
_HAMMERFEST_PATH: dict[str, Schema] = {
    "server": {"enum": sorted(HAMMERFEST_SERVERS)},
    "id": _ids("hammerfest.fr"),
}
_TWINOID_PATH: dict[str, Schema] = {
    "id": _ids(TWINOID),
    "site": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
}
_UNKNOWN_USER = "The status is 500 if the user does not exist."

#: Ids of the games of Twinoid: signed integers of 64 bits.
_SITE = re.compile(r"[+-]?[0-9]{1,20}")
_SITE_IDS = range(-(2**63), 2**63)


def _invalid(name: str) -> ApiError:
    return text_error(400, f"Invalid URL: Invalid {name}")


def _server(request: ApiRequest, game: Game) -> str:
    site = SITES.get(request.path_parameter("server"))
    if site is None or site.game != game:
        raise _invalid(f"{game}Server")
    return site.name


def _number(request: ApiRequest, server: str, kind: str) -> int:
    number = account_number(request.path_parameter("id"), SITES[server].ids)
    if number is None:
        raise _invalid(f"{kind}Id")
    return number


def _account(request: ApiRequest, server: str, seed_type: type[Seed]) -> Seed:
    """Return the account in the path."""
    kind = f"{SITES[server].game}User"
    found = request.world.archives.account(server, _number(request, server, kind))
    if not isinstance(found, seed_type):
        raise json_error(404, f"{kind}NotFound")
    return found


def _archived_at(request: ApiRequest) -> Instant:
    return Instant.at(request.world.archived_at)


def _latest(request: ApiRequest, value: Value) -> Latest[Value]:
    """Wrap a value that was archived when the server started and has not changed since."""
    time = _archived_at(request)
    return Latest(Snapshot(Period(time), Retrieved(time), value))


def _optional_latest(request: ApiRequest, value: Value | None) -> Latest[Value] | None:
    """Wrap a value that may never have been archived."""
    return None if value is None else _latest(request, value)


@endpoint(
    "GET",
    DINOPARC_USER,
    Operation(
        tag=_TAG,
        summary="A user of Dinoparc",
        responses={200: DinoparcUser, 400: TEXT, 404: ERROR},
        path=_DINOPARC_PATH,
    ),
)
def _get_dinoparc_user(request: ApiRequest) -> ApiResponse:
    seed = _account(request, _server(request, "Dinoparc"), DinoparcUserSeed)
    dinoz = [DinoparcDinozRef(server=seed.server, id=number) for number in seed.dinoz]
    user = DinoparcUser(
        server=seed.server,
        id=str(seed.id),
        archived_at=_archived_at(request),
        username=seed.name,
        coins=_latest(request, seed.coins),
        dinoz=_optional_latest(request, dinoz or None),
        inventory=_optional_latest(request, seed.inventory),
        collection=_optional_latest(request, seed.collection),
        etwin=LinkViews(request.world).owners(seed.server, seed.id),
    )
    return json_response(user)


@endpoint(
    "GET",
    DINOPARC_DINOZ,
    Operation(
        tag=_TAG,
        summary="A dinoz",
        responses={200: DinoparcDinoz, 400: TEXT, 404: ERROR},
        path=_DINOPARC_PATH,
    ),
)
def _get_dinoz(request: ApiRequest) -> ApiResponse:
    server = _server(request, "Dinoparc")
    number = _number(request, server, "DinoparcDinoz")
    found = request.world.archives.dinoz(server, number)
    if found is None:
        raise json_error(404, "DinoparcDinozNotFound")
    return json_response(_dinoz(request, str(number), *found))


def _dinoz(request: ApiRequest, number: str, owner: DinoparcUserSeed, seed: DinozSeed) -> DinoparcDinoz:
    return DinoparcDinoz(
        server=owner.server,
        id=number,
        archived_at=_archived_at(request),
        name=_optional_latest(request, seed.name),
        owner=_latest(request, short_archive_user(owner)),
        location=_optional_latest(request, seed.location),
        race=_optional_latest(request, seed.race),
        skin=_optional_latest(request, seed.skin),
        life=_optional_latest(request, seed.life),
        level=_optional_latest(request, seed.level),
        experience=_optional_latest(request, seed.experience),
        danger=_optional_latest(request, seed.danger),
        in_tournament=_optional_latest(request, seed.in_tournament),
        elements=_optional_latest(request, seed.elements),
        skills=_optional_latest(request, seed.skills),
    )


@endpoint(
    "GET",
    HAMMERFEST_USER,
    Operation(
        tag=_TAG,
        summary="A user of Hammerfest",
        responses={200: HammerfestUser, 400: TEXT, 404: ERROR},
        path=_HAMMERFEST_PATH,
    ),
)
def _get_hammerfest_user(request: ApiRequest) -> ApiResponse:
    seed = _account(request, _server(request, "Hammerfest"), HammerfestUserSeed)
    user = HammerfestUser(
        server=seed.server,
        id=str(seed.id),
        username=seed.name,
        archived_at=_archived_at(request),
        profile=_latest(request, _profile(seed)),
        inventory=_optional_latest(request, seed.inventory),
        etwin=LinkViews(request.world).owners(seed.server, seed.id),
    )
    return json_response(user)


def _profile(seed: HammerfestUserSeed) -> HammerfestProfile:
    return HammerfestProfile(
        best_score=seed.best_score,
        best_level=seed.best_level,
        game_completed=seed.game_completed,
        items=seed.items,
        quests=seed.quests,
    )


# --- Twinoid


@endpoint(
    "GET",
    TWINOID_USER,
    Operation(
        tag=_TAG,
        summary="A user of Twinoid",
        responses={200: TwinoidUser, 400: TEXT, 404: ERROR},
        path=_TWINOID_PATH,
    ),
)
def _get_twinoid_user(request: ApiRequest) -> ApiResponse:
    seed = _account(request, TWINOID, TwinoidUserSeed)
    user = TwinoidUser(
        id=str(seed.id),
        archived_at=_archived_at(request),
        display_name=seed.name,
        links=[_link(request, int(number), game) for number, game in seed.game.items()],
        etwin=LinkViews(request.world).owners(seed.server, seed.id),
    )
    return json_response(user)


def _link(request: ApiRequest, number: int, game: TwinoidGameSeed) -> TwinoidLink:
    """Build the link to a game of Twinoid and to the account that a user has there."""
    account = None if game.user_id is None else TwinoidSiteUser(id=game.user_id)
    return TwinoidLink(site=TwinoidSite(id=number, host=game.host), user=_latest(request, account))


def _games(request: ApiRequest) -> dict[str, TwinoidGameSeed]:
    """Return the games of the Twinoid user in the path. Unknown users are a 500, as on the official server."""
    number = _number(request, TWINOID, "TwinoidUser")
    seed = request.world.archives.account(TWINOID, number)
    if not isinstance(seed, TwinoidUserSeed):
        raise json_error(500, "InternalServerError")
    return seed.game


@endpoint(
    "GET",
    TWINOID_SCORES,
    Operation(
        tag=_TAG,
        summary="The scores of a user of Twinoid in each game",
        responses={200: list[TwinoidScore], 400: TEXT, 500: ERROR},
        description=_UNKNOWN_USER,
        path=_TWINOID_PATH,
    ),
)
def _get_twinoid_scores(request: ApiRequest) -> ApiResponse:
    scores = [
        TwinoidScore(site=TwinoidSite(id=int(number)), points=game.points)
        for number, game in _games(request).items()
        if game.points is not None
    ]
    return json_response(scores)


@endpoint(
    "GET",
    TWINOID_REWARDS,
    Operation(
        tag=_TAG,
        summary="The statistics and rewards of a user of Twinoid in a game",
        responses={200: TwinoidRewards, 400: TEXT, 500: ERROR},
        description=_UNKNOWN_USER,
        path=_TWINOID_PATH,
    ),
)
def _get_twinoid_rewards(request: ApiRequest) -> ApiResponse:
    site = request.path_parameter("site")
    if not _is_site(site):
        raise text_error(400, f"Invalid URL: Cannot parse value at index 1 with value `{site}` to a `i64`")
    game = _games(request).get(str(int(site)), TwinoidGameSeed())
    return json_response(TwinoidRewards(game.stats, game.rewards))


def _is_site(text: str) -> bool:
    return _SITE.fullmatch(text) is not None and int(text) in _SITE_IDS


ENDPOINTS = (
    _get_dinoparc_user,
    _get_dinoz,
    _get_hammerfest_user,
    _get_twinoid_user,
    _get_twinoid_scores,
    _get_twinoid_rewards,
)
