"""What the server says of itself: version, configuration, clock, releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.responses import Instant, json_response, text_error
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.models import Clock, Config, ForumConfig, Release, Releases, ServerInfo, Version

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_LATEST_RELEASE = Release(time=Instant(2023, 2, 10, 23, tzinfo=UTC), version="0.6.6")


class _Time(msgspec.Struct, frozen=True):
    time: Annotated[datetime, msgspec.Meta(tz=True)]


@endpoint("GET", "/api/v1")
def get_server_info(call: ApiRequest) -> ApiResponse:
    """The version of the server."""
    return json_response(ServerInfo(Version(call.world.behaviour.version)))


@endpoint("GET", "/api/v1/config")
def get_config(call: ApiRequest) -> ApiResponse:
    """Page sizes of the forum."""
    frontend = call.world.config.frontend
    sizes = ForumConfig(threads_per_page=frontend.forum_threads_per_page, posts_per_page=frontend.forum_posts_per_page)
    return json_response(Config(sizes))


@endpoint("GET", "/api/v1/clock")
def get_clock(call: ApiRequest) -> ApiResponse:
    """The server's time."""
    return json_response(Clock(Instant.at(call.world.clock.now())))


@endpoint("PUT", "/api/v1/clock")
def set_clock(call: ApiRequest) -> ApiResponse:
    """Move the server's clock, where it is a virtual one."""
    time = call.json(_Time).time
    clock = call.world.clock
    if not isinstance(clock, VirtualClock):
        raise text_error(403, "dev clock API is disabled")
    return json_response(Clock(Instant.at(clock.set(time))))


@endpoint("GET", "/api/v1/app/releases")
def get_releases(_: ApiRequest) -> ApiResponse:
    """The newest desktop application."""
    return json_response(Releases(_LATEST_RELEASE))


route_handlers = [get_server_info, get_config, get_clock, set_clock, get_releases]
