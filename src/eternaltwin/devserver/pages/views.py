"""The content of the pages, as values without secrets. Templates receive these and nothing else."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import msgspec

from eternaltwin.devserver.domain.clock import from_milliseconds
from eternaltwin.devserver.domain.differences import Difference
from eternaltwin.devserver.domain.records import RecentSignIn
from eternaltwin.devserver.domain.telemetry import LogLine, TracedSpan, in_order
from eternaltwin.devserver.pages.request_filter import RequestFilter
from eternaltwin.rules.forum import WRITE_SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.asgi.faults import Fault
    from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
    from eternaltwin.devserver.domain.telemetry import SpanRecord
    from eternaltwin.devserver.services.world import World

#: Number of colors that the style sheet has for players.
_TONES = 6

#: Number of indentations that the style sheet has for spans.
_MAX_DEPTH = 6

#: Width of the shortest span that is shown, in percent.
_MIN_WIDTH = 0.5

#: Nanoseconds in a millisecond.
_MILLISECOND = 1_000_000

#: What the scopes of OAuth permit, in words.
_PERMISSIONS = {"base": "your display name", WRITE_SCOPE: "to write in the forum as you"}


class PlayerView(msgspec.Struct, frozen=True):
    """A user.

    Attributes:
        id: The user's id, a UUID.
        display_name: The display name.
        username: The name to log in with, or None.
        is_administrator: Whether the user is an administrator.
        initial: The first letter of the display name, in upper case.
        tone: Number of the color behind the initial, from 0 to 5. It follows from the id.
    """

    id: str
    display_name: str
    username: str | None
    is_administrator: bool
    initial: str
    tone: int


class PlayerSearch(msgspec.Struct, frozen=True):
    """A search for users by display name.

    Attributes:
        query: Part of a display name. The empty string matches every user.
        players: The first users that match, in order of creation.
        count: Number of users that match.
    """

    query: str
    players: tuple[PlayerView, ...]
    count: int


class GameView(msgspec.Struct, frozen=True):
    """A game.

    Attributes:
        display_name: The display name.
        key: The key, such as `kingdom_dev@clients`.
        callback_host: Host and port of the callback URL.
        callback_path: Path of the callback URL.
    """

    display_name: str
    key: str
    callback_host: str
    callback_path: str


class RequestView(msgspec.Struct, frozen=True):
    """A request that the server received.

    Attributes:
        method: The method, such as `GET`.
        path: The path, without the query.
        status: Status of the response, or None before there is one.
        milliseconds: Time until the response began, or None before that.
        game: Name of the game that has sent the request, or None if the request names none.
        reason: Why the request was refused, where the response contains it, or None.
        key: A name that no other request of the page has.
    """

    method: str
    path: str
    status: int | None
    milliseconds: float | None
    game: str | None = None
    reason: str | None = None
    key: str = ""


class FaultView(msgspec.Struct, frozen=True):
    """Equal pending faults.

    Attributes:
        times: Number of requests.
        status: Status that these requests receive, or None if they are only delayed.
        delay: Seconds by which the response is delayed.
        path: Pattern of the paths, in which `*` matches any characters, or None for all paths.
    """

    times: int
    status: int | None
    delay: float
    path: str | None


class SpanView(msgspec.Struct, frozen=True):
    """A span, and its place in the time of its trace.

    Attributes:
        name: Name of the operation.
        depth: Number of spans around it, at most 6.
        milliseconds: Duration.
        is_error: Whether the operation failed.
        begin: Start, in percent of the duration of the trace.
        width: Duration, in percent of that of the trace, at least 0.5.
    """

    name: str
    depth: int
    milliseconds: float
    is_error: bool
    begin: float
    width: float


class TraceView(msgspec.Struct, frozen=True):
    """A trace that a game has sent.

    Attributes:
        name: Name of its first span.
        service: The game that sent its first span.
        time: Start, in UTC.
        milliseconds: Duration.
        is_error: Whether a span of it failed.
        trace_id: Its id, in hexadecimal.
        spans: Its spans, each after the one around it.
    """

    name: str
    service: str
    time: datetime
    milliseconds: float
    is_error: bool
    trace_id: str
    spans: tuple[SpanView, ...]


class HomeView(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the front page.

    Attributes:
        now: The server's time, in UTC.
        is_clock_movable: Whether the server's clock is virtual.
        user: The user as whom the browser is logged in, or None.
        search: The users that the page lists.
        deleted: The users who were deleted last, the last one first.
        games: Every game, in order of its key.
        sign_ins: The last sign-ins, the newest first.
        filter: Which requests are shown.
        requests: The last of these requests, the newest first.
        faults: The faults that are pending.
        traces: The last traces of games, the newest first.
        lines: The last log lines of games, the newest first.
        problem: Why the form that was submitted last was rejected, or None.
        submitted: The fields of that form, by name. The page shows them again, but no passwords.
        address: The path and the query of the page, with its search and its filter.
        nonce: The nonce of the script (CSP, section 2.3.1).
    """

    now: datetime
    is_clock_movable: bool
    user: PlayerView | None
    search: PlayerSearch
    deleted: tuple[PlayerView, ...]
    games: tuple[GameView, ...]
    sign_ins: tuple[RecentSignIn, ...]
    filter: RequestFilter
    requests: tuple[RequestView, ...]
    faults: tuple[FaultView, ...]
    traces: tuple[TraceView, ...]
    lines: tuple[LogLine, ...]
    problem: str | None
    submitted: dict[str, str]
    address: str
    nonce: str


class Advice(msgspec.Struct, frozen=True):
    """A way to mend the authorization request of a game.

    Attributes:
        text: What to do.
        snippet: What to copy: a table of `eternaltwin.toml`, or a value.
    """

    text: str
    snippet: str


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an authorization request.

    Attributes:
        game: The game that the request names, or None if there is none.
        parameter: Name of the parameter that is wrong, such as `redirect_uri`.
        provided: Its value in the request, with escapes for what cannot be seen, or None if it was not sent.
        callbacks: The registered callback and the one in the request, if they differ.
        advice: Ways to mend the request, each of which suffices.
    """

    game: GameView | None
    parameter: str
    provided: str | None
    callbacks: Difference | None
    advice: tuple[Advice, ...]


class RefusalView(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the page that refuses an authorization request.

    Attributes:
        status: Status of the response.
        code: The code of the error, such as `Q1003`, or None.
        message: The message of the error.
        explanation: What is wrong, and what to change.
        user: The user who is logged in, or None.
        terms: Path of the page on which the user accepts the terms of service, if that is what is missing, or None.
    """

    status: int
    code: str | None
    message: str
    explanation: Explanation
    user: PlayerView | None
    terms: str | None


class AuthorizationRequestView(msgspec.Struct, frozen=True):
    """The authorization request of a game that led a browser to the login page (RFC 6749, section 4.1.1).

    Attributes:
        game: The game, or None if the request is wrong.
        permissions: The scopes that the game requests, in words.
        problem: What is wrong with the request, for the developer of the game, or None.
        explanation: The details of that, or None.
    """

    game: GameView | None
    permissions: tuple[str, ...]
    problem: str | None
    explanation: Explanation | None = None


class RejectedForm(msgspec.Struct, frozen=True):
    """A form of the login page that was submitted and rejected.

    Attributes:
        form: Which form it is.
        problem: Why it was rejected, for the person who submitted it.
        username: The username that was submitted.
        display_name: The display name that was submitted.
    """

    form: Literal["player", "password", "register", "refuse"]
    problem: str
    username: str = ""
    display_name: str = ""


class LoginView(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the login page.

    Attributes:
        next: Where the browser goes after the login: a path on this server, or None.
        request: The authorization request of the game that sent the browser here, or None.
        user: The user who is logged in already, or None.
        search: The users that the page offers to log in as.
        rejected: The form that was rejected, or None.
    """

    next: str | None
    request: AuthorizationRequestView | None
    user: PlayerView | None
    search: PlayerSearch
    rejected: RejectedForm | None

    @property
    def others(self) -> list[PlayerView]:
        """The users that the page offers, without the one who is logged in."""
        return [player for player in self.search.players if player != self.user]


class TermsView(msgspec.Struct, frozen=True, kw_only=True):
    """The content of the page of the terms of service.

    Attributes:
        display_name: Display name of the player.
        has_accepted: Whether the player has accepted the terms.
        action: Path that the form is sent to.
    """

    display_name: str
    has_accepted: bool
    action: str


# --- views of records


def player_view(user: UserRecord) -> PlayerView:
    """Convert a user.

    Args:
        user: The user.

    Returns:
        The user as pages show it.
    """
    return PlayerView(
        id=str(user.id),
        display_name=user.display_name,
        username=user.username,
        is_administrator=user.is_administrator,
        initial=user.display_name[:1].upper(),
        tone=user.id.int % _TONES,
    )


def player_search(world: World, query: str, limit: int) -> PlayerSearch:
    """Search users by display name.

    Args:
        world: The state of the server.
        query: Part of a display name.
        limit: Maximum number of users that are shown.

    Returns:
        The first matching users, and the number of all of them.
    """
    players = tuple(player_view(user) for user in world.users(query, limit=limit))
    return PlayerSearch(query, players, world.count_users(query))


def game_view(client: ClientRecord) -> GameView:
    """Convert a game.

    Args:
        client: The game.

    Returns:
        The game as pages show it, without its secret.
    """
    callback = urlsplit(client.callback)
    return GameView(client.display_name, client.key, callback.netloc, callback.path)


def fault_views(faults: Iterable[Fault]) -> tuple[FaultView, ...]:
    """Convert faults.

    Args:
        faults: The pending faults, in the order in which requests meet them.

    Returns:
        The faults as pages show them. Equal faults that follow each other are one.
    """
    return tuple(FaultView(len(list(equal)), fault.status, fault.delay, fault.path) for fault, equal in groupby(faults))


def authorization_request_view(client: ClientRecord, scopes: Iterable[str]) -> AuthorizationRequestView:
    """Convert an authorization request that is in order.

    Args:
        client: The game that sent the request.
        scopes: The scopes that the game requests.

    Returns:
        The request as the login page shows it.
    """
    permissions = tuple(_PERMISSIONS.get(scope, scope) for scope in scopes)
    return AuthorizationRequestView(game_view(client), permissions, None)


def trace_view(spans: list[SpanRecord]) -> TraceView:
    """Convert the spans of a trace.

    Args:
        spans: Spans of one trace, at least one, in any order.

    Returns:
        The trace as the front page shows it.
    """
    ordered = in_order(spans)
    first = ordered[0].span
    start = min(span.start for span in spans)
    duration = max(max(span.end for span in spans) - start, 1)
    return TraceView(
        name=first.name,
        service=first.service,
        time=from_milliseconds(start // _MILLISECOND),
        milliseconds=duration / _MILLISECOND,
        is_error=any(span.is_error for span in spans),
        trace_id=first.trace_id,
        spans=tuple(_span_view(traced, start, duration) for traced in ordered),
    )


def _span_view(traced: TracedSpan, start: int, duration: int) -> SpanView:
    span = traced.span
    length = max(span.end - span.start, 0)
    begin = 100 * (span.start - start) / duration
    return SpanView(
        name=span.name,
        depth=min(traced.depth, _MAX_DEPTH),
        milliseconds=length / _MILLISECOND,
        is_error=span.is_error,
        begin=round(min(begin, 100 - _MIN_WIDTH), 2),
        width=round(max(100 * length / duration, _MIN_WIDTH), 2),
    )
