"""The cache of profiles: where they are kept, and for how long."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from uuid import UUID

from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError
from eternaltwin.hidden import clears_frames
from eternaltwin.profiles.memory import MemoryProfileStore
from eternaltwin.redis_clients import URL_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.profiles.entries import ProfileEntry
    from eternaltwin.profiles.stores import ProfileStore

#: Seconds for which it is remembered that the server does not know a user.
NOT_FOUND_FOR = 60

#: Seconds for which the server is not asked again for a profile that is kept, after asking has failed.
RETRY_AFTER = 30

#: Seconds for which a profile is kept after it was too old to be returned at once: seven days. It is returned while the
#: server cannot be reached.
LAST_RESORT = 7 * 86_400

_METHODS = ("read", "lease", "settle", "write", "forget", "aread", "alease", "asettle", "awrite", "aforget")

#: The longest time that can be set, in seconds: ten years.
_MAX_SECONDS = 10 * 366 * 86_400


class ProfileCache:
    """Keeps the public profiles of users, so that the server need not be asked for each of them at each visit.

    A profile is fresh for `fresh_for` seconds after it was read: it is returned without a request. For another
    `stale_for` seconds it is stale: it is returned at once, and read again behind the caller's back. After that, the
    server is asked; if it cannot be reached, the old profile is returned all the same, for seven days. An attribute of
    the user, `fetched_at`, is when the profile was read.

    That a user does not exist is remembered for a minute. What is read with an identity is never kept.

    One cache may serve several connections, and both variants of each. Caches are equal if their settings are.

    Args:
        store: `"memory"`, for this process, or the URL of a Redis or Valkey server, such as
            `redis://localhost:6379/0`, for all processes. Or an object that stores entries: see
            [`ProfileStore`][eternaltwin.profiles.ProfileStore].
        fresh_for: Seconds for which a profile is fresh, from 0 to ten years.
        stale_for: Seconds for which a profile is stale after that, from 0 to ten years.
        max_entries: Maximum number of profiles in memory, at least 1. Other stores have their own limits.
        clock: Returns the time in Unix seconds. Tests can give another one.

    Raises:
        ConfigurationError: An argument is wrong.
        MissingExtraError: `store` is a URL, and the package `redis` is not installed.

    Example:
        >>> configure(default={"profile_cache": ProfileCache("redis://localhost:6379/0", fresh_for=3600)})
    """

    @clears_frames
    def __init__(
        self,
        store: str | ProfileStore = "memory",
        *,
        fresh_for: float = 300,
        stale_for: float = 86_400,
        max_entries: int = 100_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.fresh_for = _check_seconds("fresh_for", fresh_for)
        self.stale_for = _check_seconds("stale_for", stale_for)
        self.clock = clock
        memory = MemoryProfileStore(max_entries, clock)
        self.store: ProfileStore = memory if store == "memory" else _open_store(store)
        # The store is only equal to itself, unless a string describes it.
        self._identity = (store, self.fresh_for, self.stale_for, max_entries, clock)

    @clears_frames
    def invalidate(self, user_id: str | UUID) -> None:
        """Forget what is kept about a user, so that the server is asked when the user is read next.

        Args:
            user_id: The id, in either case.

        Raises:
            InvalidArgumentError: The id is not a UUID.
            ProfileStoreError: The store cannot be used.
        """
        self.store.forget([_check_id(user_id)])

    @clears_frames
    async def ainvalidate(self, user_id: str | UUID) -> None:
        """Async variant of [`invalidate`][eternaltwin.profiles.ProfileCache.invalidate]."""
        await self.store.aforget([_check_id(user_id)])

    def is_settled(self, entry: ProfileEntry, now: float) -> bool:
        """Return whether there is no need to ask the server.

        Args:
            entry: An entry.
            now: The time in Unix seconds.

        Returns:
            True if it is fresh, or if asking again has just failed.
        """
        failed_at = entry.failed_at
        # A time in the future is that of another machine, whose clock is not right.
        if failed_at is not None and abs(now - failed_at) < RETRY_AFTER:
            return True
        return abs(now - entry.fetched_at) < (NOT_FOUND_FOR if entry.profile is None else self.fresh_for)

    def is_usable(self, entry: ProfileEntry, now: float) -> bool:
        """Return whether an entry may be returned at once.

        Args:
            entry: An entry.
            now: The time in Unix seconds.

        Returns:
            True if there is no need to ask the server, or if asking can wait, since the entry is stale.
        """
        if self.is_settled(entry, now):
            return True
        return entry.profile is not None and abs(now - entry.fetched_at) < self.fresh_for + self.stale_for

    def seconds_to_keep(self, entry: ProfileEntry) -> float:
        """Return for how long a store keeps an entry.

        Args:
            entry: An entry.

        Returns:
            The number of seconds, from when it is written.
        """
        return NOT_FOUND_FOR if entry.profile is None else self.fresh_for + self.stale_for + LAST_RESORT

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ProfileCache) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity[1:])

    def __repr__(self) -> str:  # without the store's URL, which may hold a password
        return f"<ProfileCache {self.store!r}, fresh for {self.fresh_for:g} s, stale for {self.stale_for:g} s>"


def as_profile_cache(value: object) -> ProfileCache | None:
    """Return the cache that a setting describes.

    Args:
        value: A cache, the store of one as a string, or None.

    Returns:
        The cache; None for None.

    Raises:
        ConfigurationError: It is something else.
        MissingExtraError: It is the URL of a server, and the package `redis` is not installed.
    """
    if value is None or isinstance(value, ProfileCache):
        return value
    problem = "profile_cache must be 'memory', a URL such as 'redis://localhost:6379/0', a ProfileCache, or None"
    if isinstance(value, str):
        try:
            return ProfileCache(value)
        except ConfigurationError as exc:
            problem = f"profile_cache: {exc.problem}"
    raise ConfigurationError(problem, setting="profile_cache")


def _open_store(store: object) -> ProfileStore:
    if isinstance(store, str) and store.startswith(URL_SCHEMES):
        from eternaltwin.profiles.redis import RedisProfileStore  # imports asyncio: slow, and of no use otherwise

        return RedisProfileStore(store)
    missing = [name for name in _METHODS if not callable(getattr(store, name, None))]
    if isinstance(store, str) or missing:
        raise ConfigurationError(
            "store must be 'memory', a URL such as 'redis://localhost:6379/0', or an object with the methods of a"
            " ProfileStore",
            setting="store",
        )
    return cast("ProfileStore", store)


def _check_seconds(setting: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MAX_SECONDS:
        return float(value)
    raise ConfigurationError(f"{setting} must be a number of seconds, from 0 to {_MAX_SECONDS}", setting=setting)


def _check_id(user_id: object) -> str:
    """Return an id as it is in keys: in lower case, with dashes."""
    if isinstance(user_id, UUID):
        return str(user_id)
    if isinstance(user_id, str):
        with suppress(ValueError):
            return str(UUID(user_id))
    raise InvalidArgumentError("user_id must be a UUID, such as '9f310484-963b-446b-af69-797feec6813f'")
