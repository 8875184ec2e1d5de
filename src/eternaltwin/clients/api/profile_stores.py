"""The store of a cache of profiles, as the calls of a client use it: a store that fails fails no call."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from eternaltwin.clients.driver import blocking
from eternaltwin.exceptions import ProfileStoreError
from eternaltwin.profiles.entries import decode_entry, encode_entry
from eternaltwin.profiles.stores import KeptEntry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from eternaltwin.profiles import Leases, ProfileCache, ProfileStore
    from eternaltwin.profiles.entries import ProfileEntry

Returned = TypeVar("Returned")

#: Seconds for which a store is not used after it could not be read, so that not every call waits for it.
STORE_RETRY_AFTER = 5

logger = logging.getLogger("eternaltwin.profiles")


class StoreCalls(NamedTuple):
    """The calls of a store, as coroutine functions; see [`ProfileStore`][eternaltwin.profiles.ProfileStore].

    Attributes:
        read: Returns entries.
        lease: Takes leases, and returns entries.
        settle: Writes entries, and ends their leases.
        write: Writes entries without a lease.
        forget: Removes entries.
    """

    read: Callable[[Sequence[str]], Awaitable[Sequence[bytes | None]]]
    lease: Callable[[Sequence[str], str, float], Awaitable[Leases]]
    settle: Callable[[str, Mapping[str, KeptEntry | None]], Awaitable[None]]
    write: Callable[[Mapping[str, KeptEntry]], Awaitable[None]]
    forget: Callable[[Sequence[str]], Awaitable[None]]


def sync_calls(store: ProfileStore) -> StoreCalls:
    """Return the sync calls of a store.

    Args:
        store: The store.

    Returns:
        Its calls, which never suspend.
    """
    methods = (store.read, store.lease, store.settle, store.write, store.forget)
    read, lease, settle, write, forget = methods
    return StoreCalls(blocking(read), blocking(lease), blocking(settle), blocking(write), blocking(forget))


def asyncio_calls(store: ProfileStore) -> StoreCalls:
    """Return the asyncio calls of a store.

    Args:
        store: The store.

    Returns:
        Its calls.
    """
    return StoreCalls(store.aread, store.alease, store.asettle, store.awrite, store.aforget)


class FoundLeases(NamedTuple):
    """The leases that were taken, and the entries that are kept.

    Attributes:
        granted: The users whose leases were taken.
        entries: The entries by user.
    """

    granted: list[str]
    entries: dict[str, ProfileEntry]


class GuardedStore:
    """A store whose failures are logged, once, and not raised. Junk in it is ignored.

    Args:
        calls: The calls of the store.
        cache: For how long entries are kept.
        server: Which server the users belong to.
    """

    def __init__(self, calls: StoreCalls, cache: ProfileCache, server: bytes) -> None:
        self._calls = calls
        self._cache = cache
        self._server = server
        self._failing: set[str] = set()
        self._failed_at: float | None = None

    async def read(self, user_ids: Sequence[str]) -> dict[str, ProfileEntry]:
        """Return what is kept about users.

        Args:
            user_ids: Ids of the users.

        Returns:
            The entries by id. Empty if the store cannot be used.
        """
        contents = await self._attempt("reading", lambda: self._calls.read(user_ids))
        return {} if contents is None else self._decoded(user_ids, contents)

    async def lease(self, user_ids: Sequence[str], token: str, seconds: float) -> FoundLeases | None:
        """Take the leases of users, and read their entries.

        Args:
            user_ids: Ids of the users.
            token: A random string.
            seconds: Seconds after which the leases end.

        Returns:
            The leases that were taken, and the entries. None if the store cannot be used.
        """
        leases = await self._attempt("writing", lambda: self._calls.lease(user_ids, token, seconds))
        if leases is None:
            return None
        granted = [user_id for user_id, is_mine in zip(user_ids, leases.granted, strict=True) if is_mine]
        return FoundLeases(granted, self._decoded(user_ids, leases.entries))

    async def settle(self, token: str, entries: Mapping[str, ProfileEntry | None]) -> None:
        """Write entries, and end their leases.

        Args:
            token: The token of the leases.
            entries: The entries by id. None only ends the lease.
        """
        kept = {user_id: None if entry is None else self._kept(entry) for user_id, entry in entries.items()}
        await self._attempt("writing", lambda: self._calls.settle(token, kept))

    async def write(self, entries: Mapping[str, ProfileEntry]) -> None:
        """Write entries without a lease.

        Args:
            entries: The entries by id. There is at least one.
        """
        kept = {user_id: self._kept(entry) for user_id, entry in entries.items()}
        await self._attempt("writing", lambda: self._calls.write(kept))

    async def forget(self, user_ids: Sequence[str]) -> None:
        """Remove entries.

        Args:
            user_ids: Ids of the users.
        """
        await self._attempt("writing", lambda: self._calls.forget(user_ids))

    async def _attempt(self, action: str, call: Callable[[], Awaitable[Returned]]) -> Returned | None:
        now = self._cache.clock()
        if self._failed_at is not None and abs(now - self._failed_at) < STORE_RETRY_AFTER:
            return None
        try:
            result = await call()
        except ProfileStoreError as exc:
            self._note_failure(action, now, exc)
            return None
        if self._failing:
            self._note_success(action)
        return result

    def _note_failure(self, action: str, now: float, failure: ProfileStoreError) -> None:
        if not self._failing:
            logger.warning("%s; %s profiles: calls go to the server", failure, action)
        self._failing.add(action)
        if action == "reading":  # a server that is full or a replica can still be read
            self._failed_at = now

    def _note_success(self, action: str) -> None:
        self._failing.discard(action)
        if action == "reading":
            self._failed_at = None
        if not self._failing:
            logger.info("the cache of profiles can be used again")

    def _kept(self, entry: ProfileEntry) -> KeptEntry:
        return KeptEntry(encode_entry(entry), self._cache.seconds_to_keep(entry))

    def _decoded(self, user_ids: Sequence[str], contents: Sequence[bytes | None]) -> dict[str, ProfileEntry]:
        found: dict[str, ProfileEntry] = {}
        for user_id, content in zip(user_ids, contents, strict=True):
            entry = None if content is None else decode_entry(content, self._server, user_id)
            if entry is not None:
                found[user_id] = entry
        return found
