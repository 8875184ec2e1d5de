"""Checks of where used sign-ins are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.checks.messages import caution, error
from eternaltwin.integrations.django.stores import store_of
from eternaltwin.login import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.core.checks import CheckMessage

    from eternaltwin.integrations.django.conf import LoginOptions

_SHARED = "Leave 'store' out, so that the database remembers, or use a cache or a Redis that all processes share."
_UNFIT = {
    "DummyCache": "holds nothing, so every callback could be replayed",
    "FileBasedCache": "may let two callbacks with the same state both win",
}

#: The caches that throw away what is still needed when they have more than `MAX_ENTRIES`.
_CULLING = ("DatabaseCache", "LocMemCache")

#: What Django takes for `MAX_ENTRIES` where it is not given, or no number.
_DEFAULT_ENTRIES = 300

#: From how many entries on a cache is large enough: sixteen sign-ins a second, each for ten minutes.
ENOUGH_ENTRIES = 10_000


def check_store(options: LoginOptions) -> Iterator[CheckMessage]:
    """What is wrong with a cache that shall remember."""
    alias = _cache_of(options)
    if alias is None:
        return
    if alias not in settings.CACHES:
        yield error(8, f"{conf.OPTIONS}['store'] names the cache {alias!r}, which CACHES does not have.", _SHARED)
        return
    for name, problem in _UNFIT.items():
        if name in _kinds(alias):
            yield error(8, f"{conf.OPTIONS}['store'] is the cache {alias!r}, a {name}: it {problem}.", _SHARED)
    yield from _check_size(alias)


def _check_size(alias: str) -> Iterator[CheckMessage]:
    entries = _max_entries(settings.CACHES[alias])
    kind = next((name for name in _CULLING if name in _kinds(alias)), None)
    if kind is not None and entries < ENOUGH_ENTRIES:
        yield caution(
            4,
            f"{conf.OPTIONS}['store'] is the cache {alias!r}, a {kind} that throws away entries, needed or not, when it"
            f" has more than {entries}: a sign-in that was used could be used again.",
            f"Let CACHES[{alias!r}]['OPTIONS'] have MAX_ENTRIES of at least {ENOUGH_ENTRIES}, use a cache that only"
            " forgets what has expired, such as Redis, or leave 'store' out, so that the database remembers.",
        )


def _max_entries(cache: Mapping[str, object]) -> int:
    """After how many entries a cache throws some away, as Django reads it."""
    options = cast("Mapping[str, object]", cache.get("OPTIONS", {}))
    given = cache.get("max_entries", options.get("MAX_ENTRIES", _DEFAULT_ENTRIES))
    try:
        return int(cast("int | str", given))
    except (TypeError, ValueError):
        return _DEFAULT_ENTRIES


def check_store_deployed(options: LoginOptions) -> Iterator[CheckMessage]:
    """What is wrong with a store where several processes serve the site."""
    alias = _cache_of(options)
    is_local_cache = alias is not None and alias in settings.CACHES and "LocMemCache" in _kinds(alias)
    if is_local_cache or (alias is None and isinstance(store_of(options.store), MemoryStore)):
        yield caution(
            101,
            f"{conf.OPTIONS}['store'] is {options.store!r}: each process remembers used sign-ins for itself, so a"
            " callback works once in each of them.",
            _SHARED,
        )


def _cache_of(options: LoginOptions) -> str | None:
    if not isinstance(options.store, str):
        return None
    kind, _, alias = options.store.partition(":")
    return (alias or "default") if kind == "cache" else None


def _kinds(alias: str) -> set[str]:
    backend = import_string(settings.CACHES[alias]["BACKEND"])
    return {base.__name__ for base in backend.__mro__}
