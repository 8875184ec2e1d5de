"""Transports whose responses depend on the user that is asked for, and which count the calls under way."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from eternaltwin.connections import async_connections, connections
from tests.support.fakes import changed_settings, full_user, json_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.responses import Response
    from tests.support.variants import Variant


def user_id(number: int) -> str:
    """Return the id of the user with a number."""
    return f"00000000-0000-4000-8000-{number:012}"


def user_response(number: int, deleted_at: str | None = None) -> Response:
    """Return the response about the user with a number."""
    status = 200 if deleted_at is None else 410
    return json_response(status, full_user(f"User {number}", user_id(number), deleted_at))


NOT_FOUND = json_response(404, {"error": "user not found"})


class Directory:
    """Responds about users by their ids, and about all others that there is no such user.

    Args:
        responses: The responses, by id.
        crowd: How many calls must be under way before the first one gets its response.
        held: Ids whose calls get no response until `may_respond` is set.

    Attributes:
        asked: The ids that were asked for, in order.
        most: The largest number of calls that were under way at a time.
        cancelled: The ids whose calls were cancelled.
    """

    def __init__(self, responses: Mapping[str, Response], crowd: int = 1, held: frozenset[str] = frozenset()) -> None:
        self.responses = responses
        self.asked: list[str] = []
        self.most = 0
        self.cancelled: list[str] = []
        self.may_respond = self.new_event()
        self._crowd = crowd
        self._held = held
        self._under_way = 0
        self._is_crowded = self.new_event()
        self._lock = threading.Lock()

    @staticmethod
    def new_event() -> Any:
        """Return an event of the variant."""
        return threading.Event()

    def enter(self, request: HTTPRequest) -> str:
        """Count a call, and return the id that it asks for."""
        with self._lock:
            self.asked.append(request.target.rpartition("/")[2])
            self._under_way += 1
            self.most = max(self.most, self._under_way)
            if self._under_way == self._crowd:
                self._is_crowded.set()
            return self.asked[-1]

    def leave(self, wanted: str) -> Response:
        """Count the end of a call, and return its response."""
        with self._lock:
            self._under_way -= 1
        return self.responses.get(wanted, NOT_FOUND)

    def awaited(self, wanted: str) -> list[Any]:
        """Return the events after which a call gets its response."""
        return [self._is_crowded, *([self.may_respond] if wanted in self._held else [])]


class SyncDirectory(Directory):
    """A directory as a sync transport."""

    def send(self, request: HTTPRequest) -> Response:
        wanted = self.enter(request)
        assert all(event.wait(10) for event in self.awaited(wanted))
        return self.leave(wanted)

    def close(self) -> None:
        """Nothing is open."""


class AsyncDirectory(Directory):
    """A directory as an asyncio transport."""

    @staticmethod
    def new_event() -> Any:
        return asyncio.Event()

    async def send(self, request: HTTPRequest) -> Response:
        wanted = self.enter(request)
        try:
            for event in self.awaited(wanted):
                await event.wait()
        except asyncio.CancelledError:
            self.cancelled.append(wanted)
            raise
        return self.leave(wanted)

    async def close(self) -> None:
        """Nothing is open."""

    def discard(self) -> None:
        """Nothing is open."""


def serve_directory(
    variant: Variant,
    responses: Mapping[str, Response],
    *,
    crowd: int = 1,
    held: frozenset[str] = frozenset(),
    pool_size: int = 10,
) -> Directory:
    """Configure the connection `default` over a directory, and return that."""
    directory = (SyncDirectory if variant.is_sync else AsyncDirectory)(responses, crowd, held)
    registry = connections if variant.is_sync else async_connections
    registry["default"] = changed_settings(transport=directory, retries=0, pool_size=pool_size)
    return directory
