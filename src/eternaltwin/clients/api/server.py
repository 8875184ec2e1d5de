"""What a server tells about itself, and what follows from its version."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from eternaltwin import models
from eternaltwin.clients.endpoints import CLOCK, CONFIG, RELEASES, SERVER
from eternaltwin.exceptions import EternalTwinError, ForbiddenError, InvalidArgumentError, UnsupportedByServerError
from eternaltwin.responses import decode_json

if TYPE_CHECKING:
    from datetime import datetime

    from eternaltwin.clients.api.calls import Calls
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.responses import Response


class Capability(StrEnum):
    """What servers newer than 0.16.4 can."""

    LIST_USERS = "list users"
    WRITE_WITH_TOKENS = "write to the forum with a game's tokens"
    EDIT_POSTS = "change the text of posts"
    SHOW_SOURCES = "show the sources of posts"
    SET_CLOCK = "have its clock set"


#: The newest version that cannot, by what it cannot.
_LAST_WITHOUT = dict.fromkeys(Capability, (0, 16, 4))


class ServerInfo(msgspec.Struct, frozen=True):
    """What is known about a server.

    Attributes:
        version: such as `0.16.4`.
    """

    version: str

    @property
    def release(self) -> tuple[int, ...] | None:
        """The version in numbers, such as `(0, 16, 4)`; None if it is not made of numbers."""
        parts = self.version.partition("-")[0].split(".")
        return tuple(map(int, parts)) if all(part.isascii() and part.isdigit() for part in parts) else None

    def supports(self, capability: Capability) -> bool:
        """Whether a server of this version can do something; of an unknown version, it is assumed."""
        return self.release is None or self.release > _LAST_WITHOUT[capability]


class ServerApi:
    """The calls about the server. Version and configuration are asked for once a connection."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._info: tuple[ServerInfo, Response] | None = None
        self._config: models.Config | None = None

    async def info(self, refresh: bool = False, identity: Identifiable | None = None) -> ServerInfo:
        """The version: `GET /api/v1`."""
        return (await self._versioned(refresh, identity))[0]

    async def config(self, refresh: bool = False, identity: Identifiable | None = None) -> models.Config:
        """The configuration: `GET /api/v1/config`."""
        if self._config is None or refresh:
            self._config = await self._calls.read(CONFIG, models.Config, identity)
        return self._config

    async def clock(self, identity: Identifiable | None = None) -> datetime:
        """The server's time: `GET /api/v1/clock`."""
        return (await self._calls.read(CLOCK, models.Clock, identity)).time

    async def set_clock(self, time: datetime, identity: Identifiable | None = None) -> datetime:
        """Set the time of a server with a virtual clock: `PUT /api/v1/clock`."""
        if time.utcoffset() is None:
            raise InvalidArgumentError("time must have a time zone, as in datetime.now(UTC)")
        try:
            response = await self._calls.send("PUT", CLOCK, identity, body=models.Clock(time))
            return decode_json(response, models.Clock).time
        except ForbiddenError as exc:
            refused = exc.response
        raise await self.inability(Capability.SET_CLOCK, refused) or UnsupportedByServerError(
            refused, f'{refused.url}: this server has the clock of its machine; start it with backend.clock = "Virtual"'
        )

    async def release(self, identity: Identifiable | None = None) -> models.Release:
        """The newest release of the desktop application: `GET /api/v1/app/releases`."""
        return (await self._calls.read(RELEASES, models.Releases, identity)).latest

    async def require(self, capability: Capability) -> None:
        """Make sure that the server can do something, before it is asked to.

        Raises:
            UnsupportedByServerError: its version cannot; the message names it.
        """
        failure = await self.inability(capability)
        if failure is not None:
            raise failure

    async def inability(
        self, capability: Capability, refused: Response | None = None
    ) -> UnsupportedByServerError | None:
        """The error that says that the server's version cannot do something; None if it may be able to.

        Args:
            capability: what it should do.
            refused: what it answered, if it was asked.
        """
        try:
            info, response = await self._versioned()
        except EternalTwinError:  # what was asked for may still work
            return None
        if info.supports(capability):
            return None
        last = ".".join(map(str, _LAST_WITHOUT[capability]))
        return UnsupportedByServerError(
            refused or response,
            f"{(refused or response).url}: this server is Eternaltwin {info.version}, which cannot {capability};"
            f" versions after {last} can",
        )

    async def _versioned(
        self, refresh: bool = False, identity: Identifiable | None = None
    ) -> tuple[ServerInfo, Response]:
        if self._info is None or refresh:
            response = await self._calls.send("GET", SERVER, identity)
            version = decode_json(response, models.ServerVersion).eternaltwin.version
            self._info = ServerInfo(version), response
        return self._info
