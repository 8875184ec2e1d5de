"""`/api/v1`: the version, the configuration and the clock of the server, and the releases."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from eternaltwin.clients.endpoints import CLOCK, CONFIG, RELEASES, SERVER
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.operations import MALFORMED_BODY, TEXT, Operation
from eternaltwin.devserver.api.requests import BODY_PROBLEM
from eternaltwin.devserver.api.responses import Instant, json_response, text_error
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.models import Config, ForumConfig, Release, Releases, ServerTime, ServerVersion, Version

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Server"

_LATEST_RELEASE = Release(time=Instant(2023, 2, 10, 23, tzinfo=UTC), version="0.6.6")


@endpoint(
    "GET",
    SERVER,
    Operation(
        tag=_TAG,
        summary="The version of the server",
        responses={200: ServerVersion},
    ),
)
def _get_server_info(request: ApiRequest) -> ApiResponse:
    return json_response(ServerVersion(Version(request.world.behaviour.version)))


@endpoint(
    "GET",
    CONFIG,
    Operation(
        tag=_TAG,
        summary="Page sizes of the forum",
        responses={200: Config},
    ),
)
def _get_config(request: ApiRequest) -> ApiResponse:
    frontend = request.world.config.frontend
    sizes = ForumConfig(threads_per_page=frontend.forum_threads_per_page, posts_per_page=frontend.forum_posts_per_page)
    return json_response(Config(sizes))


@endpoint(
    "GET",
    CLOCK,
    Operation(
        tag=_TAG,
        summary="The server's time",
        responses={200: ServerTime},
    ),
)
def _get_clock(request: ApiRequest) -> ApiResponse:
    return json_response(ServerTime(Instant.at(request.world.clock.now())))


@endpoint(
    "PUT",
    CLOCK,
    Operation(
        tag=_TAG,
        summary="Set the server's clock, if it is a virtual one",
        responses=MALFORMED_BODY | {200: ServerTime, 403: TEXT},
        request_body=ServerTime,
        description="The official server always refuses this. The development server refuses it for the system clock.",
    ),
)
def _set_clock(request: ApiRequest) -> ApiResponse:
    time = request.json(ServerTime).time
    clock = request.world.clock
    if not isinstance(clock, VirtualClock):
        raise text_error(403, "dev clock API is disabled")
    try:
        now = clock.set(time)
    except InvalidArgumentError as exc:
        raise text_error(422, f"{BODY_PROBLEM}: {exc}") from None
    return json_response(ServerTime(Instant.at(now)))


@endpoint(
    "GET",
    RELEASES,
    Operation(
        tag=_TAG,
        summary="The newest desktop application",
        responses={200: Releases},
    ),
)
def _get_releases(_: ApiRequest) -> ApiResponse:
    return json_response(Releases(_LATEST_RELEASE))


ENDPOINTS = (_get_server_info, _get_config, _get_clock, _set_clock, _get_releases)
