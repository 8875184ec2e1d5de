"""The list of requests: those that the filter leaves in, and which game has sent each."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.devserver.api.requests import basic_credentials
from eternaltwin.devserver.domain.refusals import reason_of
from eternaltwin.devserver.pages.paths import OWN_PATHS
from eternaltwin.devserver.pages.views import RequestView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.asgi.request_log import RecordedRequest, RequestLog
    from eternaltwin.devserver.domain.records import ClientRecord
    from eternaltwin.devserver.pages.request_filter import RequestFilter
    from eternaltwin.devserver.services.world import World


class SendingGames:
    """Finds out which game has sent a request, by its credentials and its parameters. They may be wrong.

    Args:
        world: The state of the server.
    """

    def __init__(self, world: World) -> None:
        self._sign_in = world.sign_in
        self._known: dict[str, ClientRecord | None] = {}

    def game_of(self, request: RecordedRequest) -> ClientRecord | None:
        """Return the game that has sent a request.

        Args:
            request: The request.

        Returns:
            The game, or None if the request names none.
        """
        if request.path == AUTHORIZATION:
            return self._sign_in.client_named(request.query.get("client_id", ""))
        field = request.headers.get("authorization")
        if field not in self._known:
            self._known[field] = self._of_credentials(field)
        return self._known[field]

    def _of_credentials(self, field: str) -> ClientRecord | None:
        scheme, _, value = field.partition(" ")
        if scheme.lower() == "bearer":
            holder = self._sign_in.holder_of_token(value.strip())
            return None if holder is None else holder.client
        credentials = basic_credentials(value) if scheme.lower() == "basic" else None
        return None if credentials is None else self._sign_in.client_named(credentials[0])


def shown_requests(world: World, log: RequestLog, wanted: RequestFilter, limit: int) -> tuple[RequestView, ...]:
    """Return the last requests of games and players. Those for the pages of developers are left out.

    Args:
        world: The state of the server.
        log: The log of requests.
        wanted: Which requests to return.
        limit: Maximum number of requests.

    Returns:
        The requests, the newest first.
    """
    return tuple(islice(_matching(world, log, wanted), limit))


def _matching(world: World, log: RequestLog, wanted: RequestFilter) -> Iterator[RequestView]:
    games = SendingGames(world)
    for number, request in reversed(list(enumerate(log.requests))):
        if request.path in OWN_PATHS or not wanted.matches(request):
            continue
        game = games.game_of(request)
        if wanted.game in ("", None if game is None else game.key):
            yield request_view(number, request, None if game is None else game.display_name)


def request_view(number: int, request: RecordedRequest, game: str | None) -> RequestView:
    """Convert a request.

    Args:
        number: Its place in the log.
        request: The request.
        game: Name of the game that has sent it, or None.

    Returns:
        The request as pages show it, without query, headers and body.
    """
    return RequestView(
        method=request.method,
        path=request.path,
        status=request.status,
        milliseconds=None if request.duration is None else request.duration * 1000,
        game=game,
        reason=reason_of(request.refusal),
        key=f"request-{number}",
    )
