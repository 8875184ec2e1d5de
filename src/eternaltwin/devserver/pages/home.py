"""The front page, `/`: it shows developers the state of the server, and lets them change it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.responses import ApiResponse, redirect
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.pages.forms import is_same_origin, query_fields, submitted_fields
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.views import HomeView, fault_views, game_view, player_search, request_view
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
PLAYERS_SHOWN, SIGN_INS_SHOWN, REQUESTS_SHOWN = 20, 8, 30


@endpoint("GET", HOME)
def show_home(call: ApiRequest) -> ApiResponse:
    """Show the page.

    Args:
        call: The request.

    Returns:
        The page.
    """
    return _page(call, {})


@endpoint("POST", HOME)
def change(call: ApiRequest) -> ApiResponse:
    """Do what a form of the page is for, named by its field `action`.

    Args:
        call: The request.

    Returns:
        A redirect to the page, or the page with a message if the form was rejected.
    """
    fields = submitted_fields(call)
    if not is_same_origin(call):
        return _page(call, fields, "This came from another site. Try again from here.", 403)
    action = _ACTIONS.get(fields.get("action", ""))
    if action is None:
        return _page(call, fields, "There is no such button.", 422)
    try:
        action(call, fields)
    except (InvalidArgumentError, ValueError, OverflowError) as exc:
        return _page(call, fields, f"This does not work: {exc}.", 422)
    return redirect(HOME)


ENDPOINTS = (show_home, change)


# --- actions


def _add_player(call: ApiRequest, fields: dict[str, str]) -> None:
    call.world.add_user(fields.get("username", ""), fields.get("display_name") or None, fields.get("password") or None)


def _rename(call: ApiRequest, fields: dict[str, str]) -> None:
    call.world.rename(fields.get("player", ""), fields.get("display_name", ""))


def _delete(call: ApiRequest, fields: dict[str, str]) -> None:
    call.world.delete_user(fields.get("player", ""))


def _movable_clock(call: ApiRequest) -> VirtualClock:
    clock = call.world.clock
    if not isinstance(clock, VirtualClock):
        raise InvalidArgumentError("the clock is the machine's, which cannot be moved")
    return clock


def _advance(call: ApiRequest, fields: dict[str, str]) -> None:
    clock = _movable_clock(call)
    seconds = int(fields.get("seconds", ""))
    if not 0 < seconds <= MAX_STEP:
        raise InvalidArgumentError("the clock moves forward, ten years at the most")
    clock.advance(seconds)


def _set_clock(call: ApiRequest, fields: dict[str, str]) -> None:
    _movable_clock(call).set(datetime.fromisoformat(fields.get("time", "")))


def _put_game(call: ApiRequest, fields: dict[str, str]) -> None:
    call.world.put_client(fields.get("game", ""), fields.get("callback", ""))


def _fail(call: ApiRequest, fields: dict[str, str]) -> None:
    status = fields.get("status", "")
    times = int(fields.get("times", ""))
    if times > REQUESTS_SHOWN:
        raise InvalidArgumentError(f"times must be at most {REQUESTS_SHOWN}")
    _faults(call).fail_next(
        None if status == "" else int(status), times, float(fields.get("delay") or 0), fields.get("path") or None
    )


def _clear_faults(call: ApiRequest, fields: dict[str, str]) -> None:
    del fields
    _faults(call).clear()


def _reset(call: ApiRequest, fields: dict[str, str]) -> None:
    _clear_faults(call, fields)
    call.world.reset()
    _journal(call).clear()


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


def _faults(call: ApiRequest) -> Faults:
    return cast("Faults", call.scope["state"]["faults"])


def _journal(call: ApiRequest) -> RequestLog:
    return cast("RequestLog", call.scope["state"]["request_log"])


def _requests(call: ApiRequest) -> list[RecordedRequest]:
    """Return the last requests of games and players, the newest first; those for this page are left out."""
    found = [request for request in reversed(_journal(call).requests) if request.path != HOME]
    return found[:REQUESTS_SHOWN]


def _page(call: ApiRequest, fields: dict[str, str], problem: str | None = None, status: int = 200) -> ApiResponse:
    world = call.world
    view = HomeView(
        now=world.clock.now(),
        is_clock_movable=isinstance(world.clock, VirtualClock),
        search=player_search(world, query_fields(call).get("q", "").strip(), PLAYERS_SHOWN),
        games=tuple(map(game_view, world.clients())),
        sign_ins=tuple(world.sign_in.recent(SIGN_INS_SHOWN)),
        requests=tuple(map(request_view, _requests(call))),
        faults=fault_views(_faults(call).pending),
        problem=problem,
        submitted=fields,
    )
    return page_response("home.html", view, status)
