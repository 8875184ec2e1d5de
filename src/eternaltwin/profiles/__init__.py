"""A cache of profiles, for games that show many names: see the setting `profile_cache` of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.profiles.caches import ProfileCache
from eternaltwin.profiles.memory import MemoryProfileStore
from eternaltwin.profiles.stores import KeptEntry, Leases, ProfileStore

if TYPE_CHECKING:
    from eternaltwin.profiles.redis import RedisProfileStore

__all__ = ["KeptEntry", "Leases", "MemoryProfileStore", "ProfileCache", "ProfileStore", "RedisProfileStore"]


def __getattr__(name: str) -> object:
    """Import `RedisProfileStore` when it is used: it imports asyncio, which is slow."""
    if name == "RedisProfileStore":
        from eternaltwin.profiles.redis import RedisProfileStore

        return RedisProfileStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
