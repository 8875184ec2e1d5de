"""`/_dev/clock`: reads, sets and advances the server's clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import msgspec

from eternaltwin.devserver.api.operations import Operation
from eternaltwin.devserver.api.responses import Instant, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint
from eternaltwin.devserver.domain.clock import VirtualClock, movable_clock

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Clock"

#: Maximum number of seconds by which one request moves the clock: a thousand years.
MAX_SECONDS = 1000 * 365 * 86_400


class ControlClock(msgspec.Struct, kw_only=True):
    """The clock of the server.

    Attributes:
        time: The time.
        is_movable: Whether the clock stands still until it is moved. The machine's clock cannot be moved.
    """

    time: datetime
    is_movable: bool


class ClockTime(msgspec.Struct, kw_only=True):
    """The time to set the clock to.

    Attributes:
        time: A time with a time zone, earlier or later than the clock's (RFC 3339).
    """

    time: Annotated[datetime, msgspec.Meta(tz=True)]


class ClockStep(msgspec.Struct, kw_only=True):
    """The step by which to move the clock.

    Attributes:
        seconds: Number of seconds. A negative one moves the clock back.
    """

    seconds: Annotated[float, msgspec.Meta(ge=-MAX_SECONDS, le=MAX_SECONDS)]


def _clock(request: ApiRequest) -> ApiResponse:
    clock = request.world.clock
    return json_response(ControlClock(time=Instant.at(clock.now()), is_movable=isinstance(clock, VirtualClock)))


@control_endpoint("GET", "/_dev/clock", Operation(tag=_TAG, summary="The server's time", responses={200: ControlClock}))
def _get_control_clock(request: ApiRequest) -> ApiResponse:
    return _clock(request)


@control_endpoint(
    "PUT",
    "/_dev/clock",
    Operation(tag=_TAG, summary="Set the clock", responses={200: ControlClock}, request_body=ClockTime),
)
def _put_clock(request: ApiRequest) -> ApiResponse:
    time = body_of(request, ClockTime).time
    movable_clock(request.world.clock).set(time)
    return _clock(request)


@control_endpoint(
    "POST",
    "/_dev/clock/advance",
    Operation(tag=_TAG, summary="Move the clock", responses={200: ControlClock}, request_body=ClockStep),
)
def _advance_clock(request: ApiRequest) -> ApiResponse:
    seconds = body_of(request, ClockStep).seconds
    movable_clock(request.world.clock).advance(seconds)
    return _clock(request)


ENDPOINTS = (_get_control_clock, _put_clock, _advance_clock)
