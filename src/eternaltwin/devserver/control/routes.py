"""Every endpoint of the control API, in the order of its OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.control import archives, clock, faults, forum, games, server, sign_ins, users

if TYPE_CHECKING:
    from eternaltwin.devserver.api.endpoints import Endpoint

CONTROL_ENDPOINTS: tuple[Endpoint, ...] = (
    *server.ENDPOINTS,
    *users.ENDPOINTS,
    *games.ENDPOINTS,
    *sign_ins.ENDPOINTS,
    *faults.ENDPOINTS,
    *clock.ENDPOINTS,
    *archives.ENDPOINTS,
    *forum.ENDPOINTS,
)
