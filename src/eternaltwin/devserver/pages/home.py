"""The front page, `/`: it shows developers the state of the server, and lets them change it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import is_same_origin
from eternaltwin.devserver.api.responses import ApiResponse, redirect
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.pages.forms import query_fields, submitted_fields
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.views import (
    HomeView,
    fault_views,
    game_view,
    player_search,
    request_view,
    trace_view,
)
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.asgi.faults import Faults
    from eternaltwin.devserver.asgi.request_log import RecordedRequest, RequestLog

#: Path of the page. Faults do not apply to it, and the list of requests leaves it out.
HOME = "/"

#: Maximum number of seconds by which one request moves the clock: ten years.
MAX_STEP = 10 * 365 * 86_400

#: How many entries of each list are shown.
PLAYERS_SHOWN, SIGN_INS_SHOWN, REQUESTS_SHOWN, TRACES_SHOWN, LINES_SHOWN = 20, 8, 30, 10, 20


@endpoint("GET", HOME)
def show_home(request: ApiRequest) -> ApiResponse:
    """Show the page.

    Args:
        request: The request.

    Returns:
        The page.
    """
    return _page(request, {})


@endpoint("POST", HOME)
def change(request: ApiRequest) -> ApiResponse:
    """Run the action of a submitted form, which its field `action` names.

    Args:
        request: The request.

    Returns:
        A redirect to the page, or the page with a message if the form was rejected.
    """
    fields = submitted_fields(request)
    if not is_same_origin(request):
        return _page(request, fields, "This came from another site. Try again from here.", 403)
    action = _ACTIONS.get(fields.get("action", ""))
    if action is None:
        return _page(request, fields, "There is no such button.", 422)
    try:
        action(request, fields)
    except InvalidArgumentError as exc:
        return _page(request, fields, f"This does not work: {exc}.", 422)
    return redirect(HOME)


ENDPOINTS = (show_home, change)


# --- actions


def _whole_number(fields: dict[str, str], name: str) -> int:
    try:
        return int(fields.get(name, ""))
    except ValueError:
        raise InvalidArgumentError(f"{name} must be a whole number") from None


def _add_player(request: ApiRequest, fields: dict[str, str]) -> None:
    request.world.add_user(
        fields.get("username", ""), fields.get("display_name") or None, fields.get("password") or None
    )


def _rename(request: ApiRequest, fields: dict[str, str]) -> None:
    request.world.rename(fields.get("player", ""), fields.get("display_name", ""))


def _delete(request: ApiRequest, fields: dict[str, str]) -> None:
    request.world.delete_user(fields.get("player", ""))


def _movable_clock(request: ApiRequest) -> VirtualClock:
    clock = request.world.clock
    if not isinstance(clock, VirtualClock):
        raise InvalidArgumentError("the clock is the machine's, which cannot be moved")
    return clock


def _advance(request: ApiRequest, fields: dict[str, str]) -> None:
    clock = _movable_clock(request)
    seconds = _whole_number(fields, "seconds")
    if not 0 < seconds <= MAX_STEP:
        raise InvalidArgumentError("the clock moves forward, ten years at the most")
    clock.advance(seconds)


def _set_clock(request: ApiRequest, fields: dict[str, str]) -> None:
    clock = _movable_clock(request)
    try:
        time = datetime.fromisoformat(fields.get("time", ""))
    except ValueError:
        raise InvalidArgumentError("time must be a time such as 2030-12-31T23:59") from None
    clock.set(time)


def _put_game(request: ApiRequest, fields: dict[str, str]) -> None:
    request.world.put_client(fields.get("game", ""), fields.get("callback", ""))


def _fail(request: ApiRequest, fields: dict[str, str]) -> None:
    status = _whole_number(fields, "status") if fields.get("status") else None
    times = _whole_number(fields, "times")
    if times > REQUESTS_SHOWN:
        raise InvalidArgumentError(f"times must be at most {REQUESTS_SHOWN}")
    try:
        delay = float(fields.get("delay") or 0)
    except ValueError:
        raise InvalidArgumentError("delay must be a number of seconds") from None
    _faults(request).fail_next(status, times, delay, fields.get("path") or None)


def _clear_faults(request: ApiRequest, fields: dict[str, str]) -> None:
    del fields
    _faults(request).clear()


def _reset(request: ApiRequest, fields: dict[str, str]) -> None:
    _clear_faults(request, fields)
    request.world.reset()
    _request_log(request).clear()


_ACTIONS = {
    "add_player": _add_player,
    "rename": _rename,
    "delete": _delete,
    "advance": _advance,
    "set_clock": _set_clock,
    "put_game": _put_game,
    "fail": _fail,
    "clear_faults": _clear_faults,
    "reset": _reset,
}


# --- the page


def _faults(request: ApiRequest) -> Faults:
    return cast("Faults", request.scope["state"]["faults"])


def _request_log(request: ApiRequest) -> RequestLog:
    return cast("RequestLog", request.scope["state"]["request_log"])


def _requests(request: ApiRequest) -> list[RecordedRequest]:
    """Return the last requests of games and players, the newest first; those for this page are left out."""
    found = [entry for entry in reversed(_request_log(request).requests) if entry.path != HOME]
    return found[:REQUESTS_SHOWN]


def _page(request: ApiRequest, fields: dict[str, str], problem: str | None = None, status: int = 200) -> ApiResponse:
    world = request.world
    view = HomeView(
        now=world.clock.now(),
        is_clock_movable=isinstance(world.clock, VirtualClock),
        search=player_search(world, query_fields(request).get("q", "").strip(), PLAYERS_SHOWN),
        games=tuple(map(game_view, world.clients())),
        sign_ins=tuple(world.sign_in.recent(SIGN_INS_SHOWN)),
        requests=tuple(map(request_view, _requests(request))),
        faults=fault_views(_faults(request).pending),
        traces=tuple(map(trace_view, world.telemetry.traces(TRACES_SHOWN))),
        lines=tuple(world.telemetry.lines(LINES_SHOWN)),
        problem=problem,
        submitted=fields,
    )
    return page_response("home.html", view, status)
