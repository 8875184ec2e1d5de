"""The server itself: version, configuration, clock, releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin import models
from eternaltwin.clients.api.bodies import json_body
from eternaltwin.clients.api.versions import Capability, ServerInfo
from eternaltwin.clients.endpoints import CLOCK, CONFIG, RELEASES
from eternaltwin.clients.validation.values import check_time
from eternaltwin.exceptions import ForbiddenError, UnsupportedByServerError

if TYPE_CHECKING:
    from datetime import datetime

    from eternaltwin.clients.api.client import ApiClient
    from eternaltwin.clients.auth import Identifiable

__all__ = ["Capability", "ServerApi", "ServerInfo"]


class ServerApi:
    """The calls about the server. Version and configuration are read once per connection.

    Args:
        client: Sends the calls.
    """

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._config: models.Config | None = None

    async def info(self, refresh: bool = False, identity: Identifiable | None = None) -> ServerInfo:
        """Read the version: `GET /api/v1`.

        Args:
            refresh: Whether to read it again.
            identity: Whose credentials to send.

        Returns:
            The server's version.
        """
        return await self._client.server_info(refresh, identity)

    async def config(self, refresh: bool = False, identity: Identifiable | None = None) -> models.Config:
        """Read the configuration: `GET /api/v1/config`.

        Args:
            refresh: Whether to read it again.
            identity: Whose credentials to send.

        Returns:
            The server's page sizes.
        """
        if self._config is None or refresh:
            self._config = await self._client.fetch("GET", CONFIG, models.Config, identity)
        return self._config

    async def clock(self, identity: Identifiable | None = None) -> datetime:
        """Read the server's time: `GET /api/v1/clock`.

        Args:
            identity: Whose credentials to send.

        Returns:
            The time, in UTC.
        """
        return (await self._client.fetch("GET", CLOCK, models.ServerTime, identity)).time

    async def set_clock(self, time: datetime, identity: Identifiable | None = None) -> datetime:
        """Set the time of a server with a virtual clock: `PUT /api/v1/clock`.

        Args:
            time: The new time, with a time zone.
            identity: Whose credentials to send.

        Returns:
            The server's time afterwards, in UTC.

        Raises:
            InvalidArgumentError: It is not a `datetime`, or has no time zone.
            UnsupportedByServerError: The server's clock cannot be set.
        """
        body = json_body(models.ServerTime(check_time("time", time)))
        try:
            changed = await self._client.fetch(
                "PUT", CLOCK, models.ServerTime, identity, body=body, capability=Capability.SET_CLOCK
            )
        except ForbiddenError as exc:
            refused = exc.response
        else:
            return changed.time
        raise UnsupportedByServerError(
            refused, f'{refused.url}: this server has the clock of its machine; start it with backend.clock = "Virtual"'
        )

    async def release(self, identity: Identifiable | None = None) -> models.Release:
        """Read the newest release of the desktop application: `GET /api/v1/app/releases`.

        Args:
            identity: Whose credentials to send.

        Returns:
            The release.
        """
        return (await self._client.fetch("GET", RELEASES, models.Releases, identity)).latest
