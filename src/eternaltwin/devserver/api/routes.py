"""Every endpoint of the API, in the order of the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.api import (
    actions,
    archives,
    auth,
    clients,
    forum,
    jobs,
    links,
    oauth,
    openapi,
    server,
    telemetry,
    users,
)

if TYPE_CHECKING:
    from eternaltwin.devserver.api.endpoints import Endpoint

API_ENDPOINTS: tuple[Endpoint, ...] = (
    *oauth.ENDPOINTS,
    *auth.ENDPOINTS,
    *users.ENDPOINTS,
    *forum.ENDPOINTS,
    *archives.ENDPOINTS,
    *links.ENDPOINTS,
    *server.ENDPOINTS,
    *telemetry.ENDPOINTS,
    *jobs.ENDPOINTS,
    *clients.ENDPOINTS,
    *actions.ENDPOINTS,
    *openapi.ENDPOINTS,
)
