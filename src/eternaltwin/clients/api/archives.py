"""The archives of older games, as the API knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from eternaltwin import models
from eternaltwin.clients.endpoints import (
    DINOPARC_DINOZ,
    DINOPARC_USER,
    HAMMERFEST_USER,
    TWINOID_REWARDS,
    TWINOID_SCORES,
    TWINOID_USER,
)
from eternaltwin.clients.validation.arguments import check_whole
from eternaltwin.clients.validation.fields import DINOPARC_SERVERS, HAMMERFEST_SERVERS, check_choice, check_number

if TYPE_CHECKING:
    from eternaltwin.clients.api.calls import Calls
    from eternaltwin.clients.auth import Identifiable

Kind = TypeVar("Kind")
Number = str | int


class ArchivesApi:
    """The calls about archived accounts; `kind` is the struct to answer."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def dinoparc_user(
        self, kind: type[Kind], server: str, user_id: Number, identity: Identifiable | None = None
    ) -> Kind:
        """A Dinoparc user: `GET /api/v1/archive/dinoparc/{server}/users/{id}`."""
        site = check_choice("server", server, DINOPARC_SERVERS)
        endpoint = DINOPARC_USER.format(server=site, user_id=check_number("user_id", user_id, 0))
        return await self._calls.read(endpoint, kind, identity)

    async def dinoparc_dinoz(
        self, kind: type[Kind], server: str, dinoz_id: Number, identity: Identifiable | None = None
    ) -> Kind:
        """A dinoz: `GET /api/v1/archive/dinoparc/{server}/dinoz/{id}`."""
        site = check_choice("server", server, DINOPARC_SERVERS)
        endpoint = DINOPARC_DINOZ.format(server=site, dinoz_id=check_number("dinoz_id", dinoz_id, 0))
        return await self._calls.read(endpoint, kind, identity)

    async def hammerfest_user(
        self, kind: type[Kind], server: str, user_id: Number, identity: Identifiable | None = None
    ) -> Kind:
        """A Hammerfest user: `GET /api/v1/archive/hammerfest/{server}/users/{id}`."""
        site = check_choice("server", server, HAMMERFEST_SERVERS)
        endpoint = HAMMERFEST_USER.format(server=site, user_id=check_number("user_id", user_id))
        return await self._calls.read(endpoint, kind, identity)

    async def twinoid_user(self, kind: type[Kind], user_id: Number, identity: Identifiable | None = None) -> Kind:
        """A Twinoid user: `GET /api/v1/archive/twinoid/users/{id}`."""
        endpoint = TWINOID_USER.format(user_id=check_number("user_id", user_id))
        return await self._calls.read(endpoint, kind, identity)

    async def twinoid_scores(self, user_id: Number, identity: Identifiable | None = None) -> list[models.TwinoidScore]:
        """The scores of a Twinoid user: `GET /api/v1/archive/twinoid/users/{id}/scores`."""
        endpoint = TWINOID_SCORES.format(user_id=check_number("user_id", user_id))
        return await self._calls.read(endpoint, list[models.TwinoidScore], identity)

    async def twinoid_rewards(
        self, user_id: Number, site_id: int, identity: Identifiable | None = None
    ) -> models.TwinoidRewards:
        """What a Twinoid user has won on a game: `GET /api/v1/archive/twinoid/users/{id}/rewards/{site}`."""
        endpoint = TWINOID_REWARDS.format(
            user_id=check_number("user_id", user_id), site_id=check_whole("site_id", site_id, 0)
        )
        return await self._calls.read(endpoint, models.TwinoidRewards, identity)
