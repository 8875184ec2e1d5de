"""Public profiles of users, from the cache of the connection or from the server."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from eternaltwin.clients.auth import identify
from eternaltwin.clients.endpoints import USER
from eternaltwin.clients.http.observation import count_lookups
from eternaltwin.clients.validation.accounts import check_user_id, check_user_ids
from eternaltwin.clients.validation.values import check_integer
from eternaltwin.exceptions import EternalTwinError, NotFoundError, RateLimitedError, ServerError, TransportError
from eternaltwin.profiles.entries import ProfileEntry, as_time
from eternaltwin.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from eternaltwin import models
    from eternaltwin.clients.api.profile_stores import GuardedStore
    from eternaltwin.clients.api.users import UsersApi
    from eternaltwin.clients.auth import Identifiable
    from eternaltwin.clients.http.transports import Sleep
    from eternaltwin.profiles import ProfileCache

#: Runs a coroutine function behind the caller's back, once more if it is running already.
Behind: TypeAlias = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

#: What is called for each user that the server has sent, or of whom it said that there is none.
Receiver: TypeAlias = Callable[[str, "models.LazyUser | None"], None]

#: Asks the server for users.
Ask: TypeAlias = Callable[["Sequence[str]", Receiver], Awaitable[None]]

#: The errors of a server that cannot be reached. An old profile is better than one of them.
_UNREACHABLE = (TransportError, ServerError, RateLimitedError)

#: Maximum number of requests at a time behind the caller's back.
_MOST_BEHIND = 10

#: The longest lease, in seconds.
_MAX_LEASE = 600.0

#: The first and the longest pause, in seconds, of a call that waits for another one that asks for the same user.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05

logger = logging.getLogger("eternaltwin.profiles")


class FetchedUser(NamedTuple):
    """A user, and when it was read.

    Attributes:
        user: The user.
        fetched_at: When it was read, in UTC. None if the connection has no cache, or if it was read with an identity.
    """

    user: models.User | models.LazyUser
    fetched_at: datetime | None


class ProfilesApi(Protocol):
    """Reads users."""

    async def fetch(self, user_id: str | UUID, identity: Identifiable | None, *, fresh: bool) -> FetchedUser:
        """Read a user, deleted or not.

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The user.

        Raises:
            NotFoundError: The server has no such user.
        """
        ...

    async def fetch_many(
        self, user_ids: Iterable[str | UUID], concurrency: int, identity: Identifiable | None, *, fresh: bool
    ) -> dict[str, FetchedUser]:
        """Read many users, deleted or not.

        Args:
            user_ids: Ids of the users, UUIDs.
            concurrency: Maximum number of calls at a time, at least 1.
            identity: Whose credentials to send.
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The users by id, in the order of their ids, without those that the server does not know.
        """
        ...

    async def note_name(self, user: models.ShortUser) -> None:
        """Forget the profile of a user whose name is another one than that of the cache.

        Args:
            user: The user, as just read with an identity. Nothing of it is kept.
        """
        ...

    async def forget(self, user_id: str | UUID) -> None:
        """Forget the profile of a user who was just changed.

        Args:
            user_id: Id of the user, a UUID.
        """
        ...

    def stop(self) -> None:
        """Give up what is to be read behind the caller's back."""
        ...


class UncachedProfiles:
    """Reads users from the server.

    Args:
        users: Sends the calls.
    """

    def __init__(self, users: UsersApi) -> None:
        self._users = users

    async def fetch(self, user_id: str | UUID, identity: Identifiable | None, *, fresh: bool) -> FetchedUser:
        """Read a user; see [`fetch`][eternaltwin.clients.api.profiles.ProfilesApi.fetch].

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.
            fresh: Of no effect.

        Returns:
            The user.
        """
        del fresh
        return FetchedUser(await self._users.fetch(user_id, identity), None)

    async def fetch_many(
        self, user_ids: Iterable[str | UUID], concurrency: int, identity: Identifiable | None, *, fresh: bool
    ) -> dict[str, FetchedUser]:
        """Read many users; see [`fetch_many`][eternaltwin.clients.api.profiles.ProfilesApi.fetch_many].

        Args:
            user_ids: Ids of the users, UUIDs.
            concurrency: Maximum number of calls at a time, at least 1.
            identity: Whose credentials to send.
            fresh: Of no effect.

        Returns:
            The users by id.
        """
        del fresh
        users = await self._users.fetch_many(user_ids, concurrency, identity)
        return {user_id: FetchedUser(user, None) for user_id, user in users.items()}

    async def note_name(self, user: models.ShortUser) -> None:
        """Do nothing.

        Args:
            user: The user.
        """

    async def forget(self, user_id: str | UUID) -> None:
        """Do nothing.

        Args:
            user_id: Id of the user.
        """

    def stop(self) -> None:
        """Do nothing."""


class CachedProfiles:
    """Reads users from the cache of the connection where it has them, and from the server otherwise.

    Whoever asks the server takes the lease of the user first, in the store of the cache. Others who need the user wait
    until the lease has ended, and find it in the cache then.

    Args:
        users: Sends the calls.
        cache: For how long profiles are fresh and stale.
        store: Where they are kept.
        server: Which server the users belong to.
        sleep: Waits for a number of seconds.
        behind: Runs what refreshes stale profiles.
    """

    def __init__(
        self,
        users: UsersApi,
        cache: ProfileCache,
        store: GuardedStore,
        server: ServerOfUsers,
        sleep: Sleep,
        behind: Behind,
    ) -> None:
        self._users = users
        self._cache = cache
        self._store = store
        self._server = server
        self._sleep = sleep
        self._behind = behind
        self._most_behind = max(1, min(_MOST_BEHIND, server.pool_size // 2))
        self._stale: dict[str, None] = {}  # to be refreshed
        self._refreshing: dict[str, float] = {}  # until when, in case that a task never ends
        self._process = os.getpid()
        users.receiver = self._keep

    async def fetch(self, user_id: str | UUID, identity: Identifiable | None, *, fresh: bool) -> FetchedUser:
        """Read a user; see [`fetch`][eternaltwin.clients.api.profiles.ProfilesApi.fetch].

        Args:
            user_id: Id of the user, a UUID.
            identity: Whose credentials to send.
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The user.

        Raises:
            NotFoundError: The server has no such user, or had none within the last minute.
        """
        if identify(identity).headers:
            return FetchedUser(await self._users.fetch(user_id, identity), None)
        key, refusals = check_user_id(user_id), list[NotFoundError]()

        async def ask(ids: Sequence[str], receive: Receiver) -> None:
            try:
                user = await self._users.fetch(ids[0])
            except NotFoundError as exc:
                refusals.append(exc.with_traceback(None))
                user = None
            receive(ids[0], user)

        found = _fetched((await self._load([key], ask, fresh=fresh))[key])
        if found is None:
            raise refusals[0] if refusals else self._unknown(key)
        return found

    async def fetch_many(
        self, user_ids: Iterable[str | UUID], concurrency: int, identity: Identifiable | None, *, fresh: bool
    ) -> dict[str, FetchedUser]:
        """Read many users; see [`fetch_many`][eternaltwin.clients.api.profiles.ProfilesApi.fetch_many].

        Args:
            user_ids: Ids of the users, UUIDs.
            concurrency: Maximum number of calls at a time, at least 1.
            identity: Whose credentials to send.
            fresh: Whether to ask the server, whatever the cache has.

        Returns:
            The users by id.
        """
        if identify(identity).headers:
            users = await self._users.fetch_many(user_ids, concurrency, identity)
            return {user_id: FetchedUser(user, None) for user_id, user in users.items()}
        keys, limit = check_user_ids(user_ids), check_integer("concurrency", concurrency, 1)

        async def ask(ids: Sequence[str], receive: Receiver) -> None:
            await self._users.fetch_many(ids, limit, None, receive)

        entries = await self._load(keys, ask, fresh=fresh) if keys else {}
        found = ((key, _fetched(entries[key])) for key in keys)
        return {key: fetched for key, fetched in found if fetched is not None}

    async def note_name(self, user: models.ShortUser) -> None:
        """Forget the profile of a user whose name is another one than that of the cache.

        Args:
            user: The user, as just read with an identity. Nothing of it is kept.
        """
        user_id = str(user.id)
        entry = (await self._store.read([user_id])).get(user_id)
        profile = None if entry is None else entry.profile
        name = None if profile is None else profile.display_name
        if entry is not None and name != user.display_name.current.value:
            await self._store.forget([user_id])

    async def forget(self, user_id: str | UUID) -> None:
        """Forget the profile of a user who was just changed.

        Args:
            user_id: Id of the user, a UUID.
        """
        await self._store.forget([check_user_id(user_id)])

    def stop(self) -> None:
        """Give up what is to be read behind the caller's back."""
        self._stale.clear()

    async def _keep(self, users: Iterable[models.LazyUser]) -> None:
        """Keep users that the server has sent to a guest."""
        now = self._cache.clock()
        entries = {f"{user.id}": ProfileEntry.of(self._server.digest, f"{user.id}", now, user) for user in users}
        if entries:
            await self._store.write(entries)

    async def _load(self, keys: Sequence[str], ask: Ask, *, fresh: bool) -> dict[str, ProfileEntry]:
        """Return the entries of all users, also of those that do not exist."""
        if fresh:
            return await self._request(keys, None, {}, ask)
        known = await self._store.read(keys)
        now = self._cache.clock()
        usable = {key: entry for key, entry in known.items() if self._cache.is_usable(entry, now)}
        stale = [key for key, entry in usable.items() if not self._cache.is_settled(entry, now)]
        if stale:
            self._refresh_soon(stale)
        _count(usable, len(stale))
        wanted = [key for key in keys if key not in usable]
        if not wanted:
            return usable
        obtained = await self._obtain(wanted, known, ask)
        expired = sum(entry.failed_at is not None for entry in obtained.values())
        count_lookups("expired", expired)
        count_lookups("miss", len(wanted) - expired)
        return usable | obtained

    async def _obtain(
        self, wanted: Sequence[str], known: Mapping[str, ProfileEntry], ask: Ask
    ) -> dict[str, ProfileEntry]:
        """Ask the server for those whose lease can be taken, and wait for the others."""
        token, found = token_hex(8), dict[str, ProfileEntry]()
        for pause in _pauses(self._server.timeout):
            leases = await self._store.lease(wanted, token, self._lease_time(wanted))
            if leases is None:
                break
            known, now = leases.entries, self._cache.clock()
            found |= {key: entry for key, entry in known.items() if self._cache.is_usable(entry, now)}
            found |= await self._request_leased(leases.granted, token, found, known, ask)
            wanted = [key for key in wanted if key not in found]
            if not wanted:
                return found
            await self._sleep(pause)
        return found | await self._request(wanted, None, known, ask)

    async def _request_leased(
        self,
        granted: Sequence[str],
        token: str,
        found: Mapping[str, ProfileEntry],
        known: Mapping[str, ProfileEntry],
        ask: Ask,
        excused: tuple[type[Exception], ...] = _UNREACHABLE,
    ) -> dict[str, ProfileEntry]:
        """Ask for the users whose leases were taken, except for those that another call has found meanwhile."""
        unneeded: dict[str, None] = {key: None for key in granted if key in found}
        if unneeded:
            await self._store.settle(token, unneeded)
        due = [key for key in granted if key not in found]
        return await self._request(due, token, known, ask, excused) if due else {}

    async def _request(
        self,
        keys: Sequence[str],
        token: str | None,
        known: Mapping[str, ProfileEntry],
        ask: Ask,
        excused: tuple[type[Exception], ...] = _UNREACHABLE,
    ) -> dict[str, ProfileEntry]:
        """Ask the server, and keep what it sends, also if it fails before it has sent everything.

        After an excused error, the known entries are returned where there are some.
        """
        found: dict[str, ProfileEntry] = {}

        def receive(key: str, user: models.LazyUser | None) -> None:
            found[key] = ProfileEntry.of(self._server.digest, key, self._cache.clock(), user)

        try:
            await ask(keys, receive)
        except excused as exc:
            missing = [key for key in keys if key not in found]
            found.update(self._marked(missing, known))
            if any(key not in found for key in keys):
                raise
            logger.info("%s; %d profiles are those of the cache", exc, len(missing))
        finally:
            await self._settle(token, {key: found.get(key) for key in keys})
        return found

    def _marked(self, keys: Iterable[str], known: Mapping[str, ProfileEntry]) -> dict[str, ProfileEntry]:
        """Return the known profiles, with the note that asking again has just failed."""
        now = self._cache.clock()
        entries = ((key, known.get(key)) for key in keys)
        return {key: entry.failed(now) for key, entry in entries if entry is not None and entry.profile is not None}

    async def _settle(self, token: str | None, entries: Mapping[str, ProfileEntry | None]) -> None:
        if token is not None:
            await self._store.settle(token, entries)
            return
        present = {key: entry for key, entry in entries.items() if entry is not None}
        if present:
            await self._store.write(present)

    def _refresh_soon(self, keys: Iterable[str]) -> None:
        now = self._cache.clock()
        if self._process != os.getpid():  # what was being refreshed is left to the process that has forked
            self._process, self._refreshing = os.getpid(), {}
        waiting = dict.fromkeys(key for key in keys if self._refreshing.get(key, now) <= now)
        if waiting:
            self._stale.update(waiting)
            self._behind(self._refresh_all)

    async def _refresh_all(self) -> None:
        while keys := self._taken():
            self._refreshing |= dict.fromkeys(keys, self._cache.clock() + self._lease_time(keys))
            try:
                await self._refresh(keys)
            finally:
                for key in keys:
                    self._refreshing.pop(key, None)

    def _taken(self) -> list[str]:
        """Take as many of the stale profiles as are read at a time, the oldest request first."""
        keys = list(self._stale)[: self._most_behind]
        return [key for key in keys if self._stale.pop(key, self) is None]

    async def _refresh(self, keys: Sequence[str]) -> None:
        token = token_hex(8)
        leases = await self._store.lease(keys, token, self._lease_time(keys))
        if leases is None:
            return
        now = self._cache.clock()
        settled = {key: entry for key, entry in leases.entries.items() if self._cache.is_settled(entry, now)}

        async def ask(ids: Sequence[str], receive: Receiver) -> None:
            await self._users.fetch_many(ids, self._most_behind, None, receive)

        try:
            await self._request_leased(leases.granted, token, settled, leases.entries, ask, (EternalTwinError,))
        except EternalTwinError as exc:  # for a profile that was forgotten meanwhile
            logger.info("%s; a profile is not refreshed", exc)

    def _lease_time(self, keys: Sequence[str]) -> float:
        return min(_MAX_LEASE, max(1.0, 2 * self._server.timeout * (1 + len(keys) // self._most_behind)))

    def _unknown(self, key: str) -> NotFoundError:
        url = f"{self._server.base_url}{USER.format(user_id=key)}"
        response = Response(url, 404, b'{"error":"user not found"}', [("Content-Type", "application/json")])
        return NotFoundError(response, f"{url}: there was no such user less than a minute ago")


class ServerOfUsers(NamedTuple):
    """What the cache must know about the server and the connection.

    Attributes:
        digest: Which server it is, in entries.
        base_url: Its URL, without a final `/`.
        timeout: Seconds that a call may take.
        pool_size: Maximum number of connections in use at a time.
    """

    digest: bytes
    base_url: str
    timeout: float
    pool_size: int


def _fetched(entry: ProfileEntry) -> FetchedUser | None:
    user = entry.user
    return None if user is None else FetchedUser(user, as_time(entry.fetched_at))


def _pauses(limit: float) -> Iterator[float]:
    """Yield pauses that grow, until their sum reaches a limit in seconds."""
    pause, total = _FIRST_PAUSE, 0.0
    while total < limit:
        yield pause
        total += pause
        pause = min(2 * pause, _LONGEST_PAUSE)


def _count(usable: Mapping[str, ProfileEntry], stale: int) -> None:
    """Count what the cache had that could be used."""
    absent = sum(entry.profile is None for entry in usable.values())
    count_lookups("absent", absent)
    count_lookups("stale", stale)
    count_lookups("fresh", len(usable) - absent - stale)
