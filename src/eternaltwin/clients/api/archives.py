"""Archived accounts of older games."""

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
from eternaltwin.clients.validation.archives import check_archive_id
from eternaltwin.clients.validation.values import check_choice, check_integer
from eternaltwin.rules.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, SITES, TWINOID

if TYPE_CHECKING:
    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.auth import Identifiable

Kind = TypeVar("Kind")
ArchiveId = str | int

_TWINOID_IDS = SITES[TWINOID].ids


class ArchivesApi:
    """The calls about archived accounts. Each raises a `NotFoundError` for what is not archived.

    Args:
        client: Sends the calls.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def dinoparc_user(
        self, kind: type[Kind], server: str, user_id: ArchiveId, identity: Identifiable | None = None
    ) -> Kind:
        """Read a Dinoparc user: `GET /api/v1/archive/dinoparc/{server}/users/{id}`.

        Args:
            kind: Type of the result.
            server: Server of the game, such as `dinoparc.com`.
            user_id: Number of the user there.
            identity: Whose credentials to send.

        Returns:
            An instance of `kind`.
        """
        site = SITES[check_choice("server", server, DINOPARC_SERVERS)]
        endpoint = DINOPARC_USER.format(server=site.name, id=check_archive_id("user_id", user_id, site.ids))
        return await self._client.fetch("GET", endpoint, kind, identity)

    async def dinoparc_dinoz(
        self, kind: type[Kind], server: str, dinoz_id: ArchiveId, identity: Identifiable | None = None
    ) -> Kind:
        """Read a dinoz: `GET /api/v1/archive/dinoparc/{server}/dinoz/{id}`.

        Args:
            kind: Type of the result.
            server: Server of the game, such as `dinoparc.com`.
            dinoz_id: Number of the dinoz there.
            identity: Whose credentials to send.

        Returns:
            An instance of `kind`.
        """
        site = SITES[check_choice("server", server, DINOPARC_SERVERS)]
        endpoint = DINOPARC_DINOZ.format(server=site.name, id=check_archive_id("dinoz_id", dinoz_id, site.ids))
        return await self._client.fetch("GET", endpoint, kind, identity)

    async def hammerfest_user(
        self, kind: type[Kind], server: str, user_id: ArchiveId, identity: Identifiable | None = None
    ) -> Kind:
        """Read a Hammerfest user: `GET /api/v1/archive/hammerfest/{server}/users/{id}`.

        Args:
            kind: Type of the result.
            server: Server of the game, such as `hammerfest.fr`.
            user_id: Number of the user there.
            identity: Whose credentials to send.

        Returns:
            An instance of `kind`.
        """
        site = SITES[check_choice("server", server, HAMMERFEST_SERVERS)]
        endpoint = HAMMERFEST_USER.format(server=site.name, id=check_archive_id("user_id", user_id, site.ids))
        return await self._client.fetch("GET", endpoint, kind, identity)

    async def twinoid_user(self, kind: type[Kind], user_id: ArchiveId, identity: Identifiable | None = None) -> Kind:
        """Read a Twinoid user: `GET /api/v1/archive/twinoid/users/{id}`.

        Args:
            kind: Type of the result.
            user_id: Number of the user on Twinoid.
            identity: Whose credentials to send.

        Returns:
            An instance of `kind`.
        """
        endpoint = TWINOID_USER.format(id=check_archive_id("user_id", user_id, _TWINOID_IDS))
        return await self._client.fetch("GET", endpoint, kind, identity)

    async def twinoid_scores(
        self, user_id: ArchiveId, identity: Identifiable | None = None
    ) -> list[models.TwinoidScore]:
        """Read the scores of a Twinoid user: `GET /api/v1/archive/twinoid/users/{id}/scores`.

        Args:
            user_id: Number of the user on Twinoid.
            identity: Whose credentials to send.

        Returns:
            The scores, one per game.
        """
        endpoint = TWINOID_SCORES.format(id=check_archive_id("user_id", user_id, _TWINOID_IDS))
        return await self._client.fetch("GET", endpoint, list[models.TwinoidScore], identity)

    async def twinoid_rewards(
        self, user_id: ArchiveId, site_id: int, identity: Identifiable | None = None
    ) -> models.TwinoidRewards:
        """Read the rewards of a Twinoid user in a game: `GET /api/v1/archive/twinoid/users/{id}/rewards/{site}`.

        Args:
            user_id: Number of the user on Twinoid.
            site_id: Number of the game on Twinoid.
            identity: Whose credentials to send.

        Returns:
            The rewards.
        """
        endpoint = TWINOID_REWARDS.format(
            id=check_archive_id("user_id", user_id, _TWINOID_IDS), site=check_integer("site_id", site_id, 0)
        )
        return await self._client.fetch("GET", endpoint, models.TwinoidRewards, identity)
