"""Checks of the store of used sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.stores import cache_alias, store_of
from eternaltwin.integrations.shared.checks import SettingProblem
from eternaltwin.login import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eternaltwin.integrations.django.conf import LoginOptions

_SHARED = "Leave 'store' out to use the database, or use a cache or a Redis server that all processes share."
_UNSUITABLE = {
    "DummyCache": "stores nothing, so every callback could be replayed",
    "FileBasedCache": "may accept two simultaneous callbacks with the same state",
}

#: The caches that remove unexpired entries when they have more than `MAX_ENTRIES`.
_CULLING = ("DatabaseCache", "LocMemCache")

#: Django's default for `MAX_ENTRIES`, also used where the value is not a number.
_DEFAULT_ENTRIES = 300

#: Number of entries from which a cache is large enough: sixteen sign-ins a second, each stored for ten minutes.
ENOUGH_ENTRIES = 10_000


def check_store(options: LoginOptions) -> Iterator[SettingProblem]:
    """Check the cache that stores used sign-ins, if a cache is configured.

    Args:
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    alias = cache_alias(options.store)
    if alias is None:
        return
    if alias not in settings.CACHES:
        yield SettingProblem(
            "E008", f"{conf.OPTIONS}['store'] names the cache {alias!r}, which CACHES does not have.", _SHARED
        )
        return
    for name, problem in _UNSUITABLE.items():
        if name in _kinds(alias):
            yield SettingProblem(
                "E008", f"{conf.OPTIONS}['store'] is the cache {alias!r}, a {name}: it {problem}.", _SHARED
            )
    yield from _check_size(alias)


def _check_size(alias: str) -> Iterator[SettingProblem]:
    entries = _max_entries(settings.CACHES[alias])
    kind = next((name for name in _CULLING if name in _kinds(alias)), None)
    if kind is not None and entries < ENOUGH_ENTRIES:
        yield SettingProblem(
            "W004",
            f"{conf.OPTIONS}['store'] is the cache {alias!r}, a {kind} that removes unexpired entries when it has"
            f" more than {entries}: a used sign-in could be used again.",
            f"Set CACHES[{alias!r}]['OPTIONS']['MAX_ENTRIES'] to at least {ENOUGH_ENTRIES}, use a cache that removes"
            " expired entries only, such as Redis, or leave 'store' out to use the database.",
        )


def _max_entries(cache: Mapping[str, object]) -> int:
    """Return the number of entries above which a cache removes some, read as Django reads it."""
    options = cast("Mapping[str, object]", cache.get("OPTIONS", {}))
    given = cache.get("max_entries", options.get("MAX_ENTRIES", _DEFAULT_ENTRIES))
    try:
        return int(cast("int | str", given))
    except (TypeError, ValueError):
        return _DEFAULT_ENTRIES


def check_store_deployed(options: LoginOptions) -> Iterator[SettingProblem]:
    """Check that the store can be shared by several processes.

    Args:
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    alias = cache_alias(options.store)
    is_local_cache = alias is not None and alias in settings.CACHES and "LocMemCache" in _kinds(alias)
    if is_local_cache or (alias is None and isinstance(store_of(options.store), MemoryStore)):
        yield SettingProblem(
            "W101",
            f"{conf.OPTIONS}['store'] is {options.store!r}, which processes do not share: a callback works once in each"
            " process.",
            _SHARED,
        )


def _kinds(alias: str) -> set[str]:
    backend = import_string(settings.CACHES[alias]["BACKEND"])
    return {base.__name__ for base in backend.__mro__}
