"""The configuration of a server: `eternaltwin.toml`, applied to the built-in settings of a profile.

Keys, defaults and the order of files are those of the official server 0.16.4.
"""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from eternaltwin.devserver.config.archived_users import DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed
from eternaltwin.devserver.config.conversion import ServerConfigWarning, config_over
from eternaltwin.devserver.config.files import find_file, possible_files, read_chain
from eternaltwin.devserver.config.old_spelling import translate
from eternaltwin.devserver.config.seeds import BUILT_IN_SEEDS
from eternaltwin.devserver.config.types import (
    CLOCK_KINDS,
    STORE_KINDS,
    AppSeed,
    BackendConfig,
    ForumSectionSeed,
    FrontendConfig,
    GrammarSeed,
    PostgresConfig,
    SeedConfig,
    ServerConfig,
    SqliteConfig,
    UserSeed,
)
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eternaltwin.devserver.config.types import ClockKind, StoreKind

__all__ = [
    "AppSeed",
    "BackendConfig",
    "ConfigSource",
    "DinoparcUserSeed",
    "ForumSectionSeed",
    "FrontendConfig",
    "GrammarSeed",
    "HammerfestUserSeed",
    "PostgresConfig",
    "SeedConfig",
    "ServerConfig",
    "ServerConfigWarning",
    "SqliteConfig",
    "TwinoidUserSeed",
    "UserSeed",
    "config_of",
    "default_config",
    "load_config",
    "reconfigured",
    "watched_files",
]

#: Profiles with settings of their own, as `official config` of 0.16.4 shows them.
_BUILT_IN_PROFILES = frozenset({"production", "dev", "test", "sdk"})


def default_config(profile: str = "dev") -> ServerConfig:
    """Return the settings of a profile without any file.

    Args:
        profile: Name of the profile. `production` and `test` have no seeds, `test` and `sdk` have a virtual clock, and
            `production` has a random secret. Every other profile is like `dev`: also `prod`, which the official server
            does not know either. Unlike there, `production` and `test` keep their data in memory.

    Returns:
        The settings.
    """
    built_in = profile if profile in _BUILT_IN_PROFILES else "dev"
    stage = "production" if built_in == "production" else "dev"
    return ServerConfig(
        backend=BackendConfig(
            secret=secrets.token_hex(32) if built_in == "production" else "dev",
            clock="Virtual" if built_in in ("test", "sdk") else "System",
        ),
        sqlite=SqliteConfig(file=f"./eternaltwin.{built_in}.sqlite"),
        postgres=PostgresConfig(name=f"eternaltwin.{stage}", user=f"eternaltwin.{stage}.main"),
        seed=SeedConfig() if built_in in ("production", "test") else BUILT_IN_SEEDS,
    )


def load_config(
    path: str | Path | None = None,
    *,
    folder: str | Path | None = None,
    profile: str = "dev",
    store: StoreKind | None = None,
) -> ServerConfig:
    """Read a configuration file and apply it to the settings of a profile.

    A key that the official server does not know, and tables of the servers of 2021 such as `clients.KEY`, cause a
    [`ServerConfigWarning`][eternaltwin.devserver.ServerConfigWarning]. `null`, which only JSON has, removes a seed.

    Args:
        path: Path of the file. None means the first of `eternaltwin.{profile}.local`, `eternaltwin.{profile}`,
            `eternaltwin.local` and `eternaltwin`, each with `.toml` before `.json`, in `folder` or the nearest folder
            above that has one; or else the nearest `etwin.toml`.
        folder: Where to look for a file. None means the working folder.
        profile: Name of the profile: which files to look for, and which settings to start from. `sdk` has no files.
        store: Where to keep data, whatever the file contains. None means `backend.store` of the file.

    Returns:
        The settings of the file, or those of the profile if there is no file.

    Raises:
        ConfigurationError: A file cannot be read, or a value is wrong. The message contains the file and the key.

    Example:
        >>> load_config(Path("eternaltwin.toml")).backend.port
        50320
    """
    source = find_file(None if folder is None else Path(folder), profile) if path is None else Path(path)
    config = default_config(profile)
    return _with_store(config if source is None else _file_over(config, source), store)


def watched_files(config: ServerConfig, path: str | Path | None = None, *, profile: str = "dev") -> tuple[Path, ...]:
    """List the files whose change can change what `load_config` returns.

    Args:
        config: What it has returned.
        path: The path that it was called with.
        profile: The profile that it was called with.

    Returns:
        The paths, of files that exist and of files that would take precedence if they did.
    """
    return (*(possible_files(None, profile) if path is None else [Path(path)]), *config.files)


def reconfigured(old: ServerConfig, new: ServerConfig) -> ServerConfig:
    """Return what a running server can take over from a changed configuration.

    Args:
        old: The settings that the server has.
        new: The changed settings.

    Returns:
        The new settings, with `backend`, `sqlite` and `postgres` of the old ones.
    """
    return msgspec.structs.replace(new, backend=old.backend, sqlite=old.sqlite, postgres=old.postgres)


def _file_over(config: ServerConfig, source: Path) -> ServerConfig:
    files = read_chain(source)
    contents = [(file, content) for file in files for content in _contents(file.content, file.path)]
    new = config
    for file, content in contents:
        new = config_over(new, content, file.path)
    own = _own_games(new, [content for _, content in contents])
    return msgspec.structs.replace(
        new,
        source=source,
        files=tuple(file.path for file in files),
        own_games=tuple(own),
        games_without_callback=tuple(key for key, has in own.items() if not has and key not in config.seed.app),
    )


def _contents(content: object, file: Path) -> Sequence[object]:
    """Return what a file contains in today's spelling, in order of increasing precedence."""
    translated = translate(content, file)
    if translated is None:
        return [content]
    warnings.warn(translated.warning, ServerConfigWarning, stacklevel=2)
    return [translated.content, translated.rest]


def _table_in(content: object, key: str) -> dict[str, object]:
    return cast("dict[str, dict[str, object] | None]", content).get(key) or {}


def _own_games(config: ServerConfig, contents: Sequence[object]) -> dict[str, bool]:
    """Return the keys of games in valid contents of files, and whether there is an `oauth_callback` for them."""
    own: dict[str, bool] = {}
    for content in contents:
        games = _table_in(_table_in(content, "seed"), "app")
        for key in games:
            own[key] = own.get(key, False) or "oauth_callback" in _table_in(games, key)
    return {key: has for key, has in own.items() if key in config.seed.app}


#: Settings of a server: complete, in a file, or as a mapping with the form of a file, applied to the built-in ones.
ConfigSource = ServerConfig | str | Path | Mapping[str, object] | None


def config_of(source: ConfigSource, clock: ClockKind | None = None) -> ServerConfig:
    """Convert any source of settings to settings.

    Args:
        source: Complete settings, the path of a file, a mapping with the form of a file, or None for the built-in
            settings.
        clock: Kind of clock, which replaces that of the source. None means that of the source, or else a virtual clock.

    Returns:
        The settings.

    Raises:
        ConfigurationError: A value is wrong, the file cannot be read, there is no such kind of clock, or the source has
            another type.
    """
    if isinstance(source, ServerConfig):
        config = source
    else:
        defaults = _with_clock(default_config(), "Virtual")
        config = defaults if source is None else _over(defaults, source)
    return config if clock is None else _with_clock(config, clock)


def _with_clock(config: ServerConfig, clock: ClockKind) -> ServerConfig:
    if clock not in CLOCK_KINDS:
        raise ConfigurationError(f"clock must be one of {', '.join(map(repr, CLOCK_KINDS))}", setting="clock")
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, clock=clock))


def _with_store(config: ServerConfig, store: StoreKind | None) -> ServerConfig:
    if store is None:
        return config
    if store not in STORE_KINDS:
        raise ConfigurationError(f"store must be one of {', '.join(map(repr, STORE_KINDS))}", setting="store")
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, store=store))


def _over(config: ServerConfig, source: object) -> ServerConfig:
    if isinstance(source, Mapping):
        place = Path("DevServer(config)")
        for content in _contents(dict(cast("Mapping[str, object]", source)), place):
            config = config_over(config, content, place)
        return config
    if isinstance(source, str | Path):
        return _file_over(config, Path(source))
    raise ConfigurationError(
        f"config must be the path of a file, a mapping or a ServerConfig, not {type(source).__name__}", setting="config"
    )
