"""Stores of used sign-ins, as one string of a game's configuration names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login import MemoryStore, RedisStore, SingleUseStore, SQLiteStore
from eternaltwin.login.shared_stores import URL_SCHEMES

if TYPE_CHECKING:
    from collections.abc import Callable

#: The strings that name a store in every framework, for messages.
STORE_NAMES = "'memory', 'sqlite:PATH', a URL such as 'redis://localhost:6379/0'"


def find_store(
    setting: object, other_names: str = "", find_other: Callable[[str], SingleUseStore | None] | None = None
) -> SingleUseStore:
    """Return the store that a setting means.

    Args:
        setting: `"memory"`, `"sqlite:PATH"`, a URL such as `"redis://localhost:6379/0"`, or a store.
        other_names: The strings that only this framework knows, for the message of the error.
        find_other: Returns the store that such a string means, or None.

    Returns:
        The store: a new one for a string, otherwise `setting` itself.

    Raises:
        ConfigurationError: `setting` does not name a store. The message does not show it, since a
            URL may hold a password.
    """
    found = _named_store(setting) if isinstance(setting, str) else as_store(setting)
    if found is None and find_other is not None and isinstance(setting, str):
        found = find_other(setting)
    if found is None:
        names = f"{STORE_NAMES}, {other_names}" if other_names else STORE_NAMES
        raise ConfigurationError(f"store must be {names}, or a store", setting="store")
    return found


def as_store(value: object) -> SingleUseStore | None:
    """Return a value if it is a store.

    Args:
        value: Anything. A class of stores is not a store.

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
