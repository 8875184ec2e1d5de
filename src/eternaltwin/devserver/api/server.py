"""What the server says of itself: version, configuration, clock, releases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
from litestar import HttpMethod

from eternaltwin.devserver.api.requests import endpoint
from eternaltwin.devserver.api.responses import Instant, json_answer, refused_text
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.models import Clock, Config, ForumConfig, Release, Releases, ServerVersion, Version

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer

_LATEST_RELEASE = Release(time=Instant(2023, 2, 10, 23, tzinfo=UTC), version="0.6.6")


class _Time(msgspec.Struct, frozen=True):
    time: Annotated[datetime, msgspec.Meta(tz=True)]


@endpoint("/api/v1", HttpMethod.GET)
def get_server_info(call: Call) -> Answer:
    """The version of the server."""
    return json_answer(ServerVersion(Version(call.world.behaviour.version)))


@endpoint("/api/v1/config", HttpMethod.GET)
def get_config(call: Call) -> Answer:
    """Page sizes of the forum."""
    frontend = call.world.config.frontend
    sizes = ForumConfig(threads_per_page=frontend.forum_threads_per_page, posts_per_page=frontend.forum_posts_per_page)
    return json_answer(Config(sizes))


@endpoint("/api/v1/clock", HttpMethod.GET)
def get_clock(call: Call) -> Answer:
    """The server's time."""
    return json_answer(Clock(Instant.at(call.world.clock.now())))


@endpoint("/api/v1/clock", HttpMethod.PUT)
def set_clock(call: Call) -> Answer:
    """Move the server's clock, where it is a virtual one."""
    time = call.json(_Time).time
    clock = call.world.clock
    if not isinstance(clock, VirtualClock):
        raise refused_text(403, "dev clock API is disabled")
    return json_answer(Clock(Instant.at(clock.set(time))))


@endpoint("/api/v1/app/releases", HttpMethod.GET)
def get_releases(_: Call) -> Answer:
    """The newest desktop application."""
    return json_answer(Releases(_LATEST_RELEASE))


route_handlers = [get_server_info, get_config, get_clock, set_clock, get_releases]
