"""Where used sign-ins are remembered, as one text of a game's configuration."""

from __future__ import annotations

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login import MemoryStore, RedisStore, SingleUseStore, SQLiteStore

_URL_SCHEMES = ("redis://", "rediss://", "unix://", "valkey://", "valkeys://")


def store_of(setting: object) -> SingleUseStore:
    """The store that a setting means.

    Args:
        setting: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store.

    Raises:
        ConfigurationError: it means none.
    """
    if setting is None or setting == "memory":
        return MemoryStore()
    if isinstance(setting, SingleUseStore):
        return setting
    if isinstance(setting, str) and setting.startswith(_URL_SCHEMES):
        return RedisStore(setting)
    if isinstance(setting, str) and setting.startswith("sqlite:"):
        return SQLiteStore(setting.removeprefix("sqlite:"))
    raise ConfigurationError(
        "store must be 'memory', 'sqlite:PATH', a URL such as 'redis://localhost:6379/0', or a store", setting="store"
    )
