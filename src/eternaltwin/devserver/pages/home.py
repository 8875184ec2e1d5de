"""The front page, `/`: it shows developers the state of the server, and lets them change it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, cast

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import is_same_origin
from eternaltwin.devserver.api.responses import ApiResponse, redirect, with_session, without_session
from eternaltwin.devserver.domain.addresses import with_query
from eternaltwin.devserver.domain.changes import AccountChanges
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.pages.forms import query_fields, submitted_fields
from eternaltwin.devserver.pages.paths import HOME
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.request_filter import filter_of
from eternaltwin.devserver.pages.request_list import shown_requests
from eternaltwin.devserver.pages.views import (
    HomeView,
    fault_views,
    game_view,
    player_search,
    player_view,
    trace_view,
)
from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.asgi.faults import Faults
    from eternaltwin.devserver.asgi.request_log import RequestLog

#: Maximum number of seconds by which one request moves the clock: ten years.
MAX_STEP = 10 * 365 * 86_400

#: How many entries of each list are shown.
PLAYERS_SHOWN, DELETED_SHOWN, SIGN_INS_SHOWN, REQUESTS_SHOWN, TRACES_SHOWN, LINES_SHOWN = 20, 20, 8, 30, 10, 20


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
        response = action(request, fields)
    except InvalidArgumentError as exc:
        return _page(request, fields, f"This does not work: {exc}.", 422)
    return redirect(_address(request)) if response is None else response


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


def _restore(request: ApiRequest, fields: dict[str, str]) -> None:
    request.world.administration.change(fields.get("player", ""), AccountChanges(is_deleted=False))


def _switch(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    """Log the browser in as another player."""
    sid = request.world.open_session(fields.get("player", ""))
    return with_session(redirect(_address(request)), sid)


def _log_out(request: ApiRequest, fields: dict[str, str]) -> ApiResponse:
    del fields
    return without_session(redirect(_address(request)))


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


_ACTIONS: dict[str, Callable[[ApiRequest, dict[str, str]], ApiResponse | None]] = {
    "add_player": _add_player,
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "switch": _switch,
    "log_out": _log_out,
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


def _address(request: ApiRequest) -> str:
    """Return path and query of the page with the search and the filter of a request."""
    fields = query_fields(request)
    wanted = {"q": fields.get("q", "").strip(), **msgspec.structs.asdict(filter_of(fields))}
    found = [(name, value) for name, value in wanted.items() if value]
    return with_query(HOME, found) if found else HOME


def _page(request: ApiRequest, fields: dict[str, str], problem: str | None = None, status: int = 200) -> ApiResponse:
    world, query, identity = request.world, query_fields(request), request.identity()
    wanted = filter_of(query)
    nonce = secrets.token_urlsafe(16)
    view = HomeView(
        now=world.clock.now(),
        is_clock_movable=isinstance(world.clock, VirtualClock),
        user=player_view(identity) if isinstance(identity, UserRecord) else None,
        search=player_search(world, query.get("q", "").strip(), PLAYERS_SHOWN),
        deleted=tuple(map(player_view, world.accounts.deleted(DELETED_SHOWN))),
        games=tuple(map(game_view, world.clients())),
        sign_ins=tuple(world.sign_in.recent(SIGN_INS_SHOWN)),
        filter=wanted,
        requests=shown_requests(world, _request_log(request), wanted, REQUESTS_SHOWN),
        faults=fault_views(_faults(request).pending),
        traces=tuple(map(trace_view, world.telemetry.traces(TRACES_SHOWN))),
        lines=tuple(world.telemetry.lines(LINES_SHOWN)),
        problem=problem,
        submitted=fields,
        address=_address(request),
        nonce=nonce,
    )
    return page_response("home.html", view, status, nonce)
