"""A server whose users change and which can be stopped, a clock that tests set, and clients with a cache over them."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from eternaltwin import User
from eternaltwin.clients.asyncio.clients import Eternaltwin as AsyncEternaltwin
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConnectError
from tests.support.fakes import SETTINGS, URL, full_user, json_response, self_response
from tests.support.many_calls import NOT_FOUND

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.profiles import ProfileCache
    from eternaltwin.responses import Response

#: The name of the threads and tasks that refresh stale profiles.
REFRESHING = "eternaltwin-profiles"


class Clock:
    """A clock that stands still until it is advanced."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class World:
    """The users of a server.

    Attributes:
        names: The display names by id. A user without one does not exist.
        deleted: Ids of deleted users.
        is_down: Whether the server cannot be reached.
        asked: The ids that were asked for, in order.
        requests: All requests.
        failure: The response about every user, instead of the user.
        myself: The response about the caller.
        has_request: Set by each request about a user.
        holds: Whether requests of asyncio clients get no response.
        is_held: Set by such a request.
        may_respond: A request about a user waits for it.
    """

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names
        self.deleted: set[str] = set()
        self.is_down = False
        self.asked: list[str] = []
        self.requests: list[HTTPRequest] = []
        self.failure: Response | None = None
        self.myself = self_response()
        self.holds = False
        self.is_held = asyncio.Event()
        self.has_request = threading.Event()
        self.may_respond = threading.Event()
        self.may_respond.set()

    def respond(self, request: HTTPRequest) -> Response:
        """Return the response to a request."""
        self.requests.append(request)
        path, _, query = request.target.partition("?")
        user_id = path.rpartition("/")[2]
        if user_id == "users":
            return self._page(query)
        if user_id == "self":
            return self.myself
        self.asked.append(user_id)
        self.has_request.set()
        assert self.may_respond.wait(10)
        if self.is_down:
            raise ConnectError("the server is down")
        if self.failure is not None:
            return self.failure
        return self.user(user_id)

    def user(self, user_id: str) -> Response:
        """Return the response about a user."""
        if user_id not in self.names:
            return NOT_FOUND
        deleted_at = "2026-11-24T08:00:00.000Z" if user_id in self.deleted else None
        user: dict[str, Any] = full_user(self.names[user_id], user_id, deleted_at)
        return json_response(200 if deleted_at is None else 410, {**user, "username": "secret", "has_password": True})

    def _page(self, query: str) -> Response:
        del query
        items = [full_user(name, user_id) for user_id, name in self.names.items()]
        return json_response(200, {"offset": 0, "limit": 100, "count": len(items), "items": items})


class SyncWorldTransport:
    """A world as a sync transport."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send(self, request: HTTPRequest) -> Response:
        return self._world.respond(request)

    def close(self) -> None:
        """Nothing is open."""


class AsyncWorldTransport:
    """A world as an asyncio transport."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def send(self, request: HTTPRequest) -> Response:
        await asyncio.sleep(0)
        if self._world.holds:
            self._world.is_held.set()
            await asyncio.Event().wait()  # until the task is cancelled
        return self._world.respond(request)

    async def close(self) -> None:
        """Nothing is open."""

    def discard(self) -> None:
        """Nothing is open."""


class Player:
    """Reads users through a client with a cache, in one of the two variants, and waits for what is refreshed behind.

    Args:
        world: The server.
        cache: The cache.
        is_sync: Which variant.
        url: The URL of the server.
        timeout: Seconds that a call may take.
    """

    def __init__(self, world: World, cache: ProfileCache, *, is_sync: bool, url: str = URL, timeout: float = 5) -> None:
        self.is_sync = is_sync
        self._runner = asyncio.Runner()
        settings: Any = {**SETTINGS, "url": url, "retries": 0, "timeout": timeout, "profile_cache": cache}
        self.sync = Eternaltwin(**settings, transport=SyncWorldTransport(world))
        self.asyncio = AsyncEternaltwin(**settings, transport=AsyncWorldTransport(world))

    def call(self, name: str, *args: object, **kwargs: object) -> Any:
        """Call a class method of `User`, and wait until nothing is refreshed any more."""
        if self.is_sync:
            try:
                return getattr(User, name)(*args, using=self.sync, **kwargs)
            finally:
                wait_for_threads()
        return self._runner.run(_settled(getattr(User, f"a{name}")(*args, using=self.asyncio, **kwargs)))

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on the loop of the player."""
        return self._runner.run(coroutine)

    def get(self, user_id: str, **kwargs: object) -> User:
        """Read a user."""
        user: User = self.call("get", user_id, **kwargs)
        return user

    def names(self, user_ids: Sequence[str], **kwargs: object) -> dict[str, str]:
        """Read the names of users."""
        return {user_id: user.username for user_id, user in self.call("get_many", user_ids, **kwargs).items()}

    def end(self) -> None:
        """Close the client and the loop."""
        self.sync.close()
        self._runner.run(self.asyncio.close())
        self._runner.close()


def wait_for_threads() -> None:
    """Wait until no thread refreshes profiles any more, or reads users for a call that has failed meanwhile."""
    for thread in threading.enumerate():
        if thread.name == REFRESHING or thread.name.startswith("eternaltwin_"):
            thread.join(10)
            assert not thread.is_alive()


async def wait_for_tasks() -> None:
    """Wait until no task of the running loop refreshes profiles any more."""
    tasks = [task for task in asyncio.all_tasks() if task.get_name() == REFRESHING]
    await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def _settled(call: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await call
    finally:
        await wait_for_tasks()
