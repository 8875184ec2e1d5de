"""Stores of used sign-ins, chosen by a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login import MemoryStore, RedisStore, SingleUseStore, SQLiteStore
from eternaltwin.redis_clients import URL_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable

#: The strings that every framework accepts as a store, for messages.
STORE_NAMES = "'memory', 'sqlite:PATH', a URL such as 'redis://localhost:6379/0'"


def find_store(
    setting: object, other_names: str = "", find_other: Callable[[str], SingleUseStore | None] | None = None
) -> SingleUseStore:
    """Return the store that a setting chooses.

    Args:
        setting: `"memory"`, `"sqlite:PATH"`, a URL such as `"redis://localhost:6379/0"`, or a store.
        other_names: The other strings that this framework accepts, for the message of the error.
        find_other: Function that returns the store for such a string, or None.

    Returns:
        A new store for a string, otherwise `setting` itself.

    Raises:
        ConfigurationError: `setting` is not a store, nor the name of one. The message does not contain it, since
            a URL may contain a password.
    """
    found = _named_store(setting) if isinstance(setting, str) else as_store(setting)
    if found is None and find_other is not None and isinstance(setting, str):
        found = find_other(setting)
    if found is None:
        names = f"{STORE_NAMES}, {other_names}" if other_names else STORE_NAMES
        raise ConfigurationError(f"store must be {names}, or a store", setting="store")
    return found


def as_store(value: object) -> SingleUseStore | None:
    """Return a value if it is a store, otherwise None.

    Args:
        value: Any object. A class of stores is not a store.

    Returns:
        The same object, or None.
    """
    return value if isinstance(value, SingleUseStore) and not isinstance(value, type) else None


def _named_store(name: str) -> SingleUseStore | None:
    if name == "memory":
        return MemoryStore()
    if name.startswith(URL_SCHEMES):
        return RedisStore(name)
    if name.startswith("sqlite:"):
        return SQLiteStore(name.removeprefix("sqlite:"))
    return None
