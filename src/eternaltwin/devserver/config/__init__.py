"""The configuration of a server: `eternaltwin.toml`, applied to the built-in settings of a profile.

Keys, defaults and the order of files are those of the official server 0.16.4.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from eternaltwin.devserver.config.archived_users import DinoparcUserSeed, HammerfestUserSeed, TwinoidUserSeed
from eternaltwin.devserver.config.conversion import ServerConfigWarning, config_over
from eternaltwin.devserver.config.files import find_file, read_chain
from eternaltwin.devserver.config.seeds import BUILT_IN_SEEDS
from eternaltwin.devserver.config.types import (
    CLOCK_KINDS,
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
    from eternaltwin.devserver.config.types import ClockKind

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
]


def default_config(profile: str = "dev") -> ServerConfig:
    """Return the settings of a profile without any file.

    Args:
        profile: Name of the profile. `production` and `test` have no seeds, `test` and `sdk` have a virtual clock, and
            `production` has a random secret. Every other profile is like `dev`.

    Returns:
        The settings.
    """
    return ServerConfig(
        backend=BackendConfig(
            secret=secrets.token_hex(32) if profile == "production" else "dev",
            clock="Virtual" if profile in ("test", "sdk") else "System",
        ),
        seed=SeedConfig() if profile in ("production", "test") else BUILT_IN_SEEDS,
    )


def load_config(
    path: str | Path | None = None, *, folder: str | Path | None = None, profile: str = "dev"
) -> ServerConfig:
    """Read a configuration file and apply it to the settings of a profile.

    A key that the official server does not know causes a
    [`ServerConfigWarning`][eternaltwin.devserver.ServerConfigWarning]. `null`, which only JSON has, removes a seed.

    Args:
        path: Path of the file. None means the first of `eternaltwin.{profile}.local`, `eternaltwin.{profile}`,
            `eternaltwin.local` and `eternaltwin`, each with `.toml` before `.json`, in `folder` or the nearest folder
            above that has one.
        folder: Where to look for a file. None means the working folder.
        profile: Name of the profile: which files to look for, and which settings to start from. `sdk` has no files.

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
    return config if source is None else _file_over(config, source)


def _file_over(config: ServerConfig, source: Path) -> ServerConfig:
    for file in read_chain(source):
        config = config_over(config, file.content, file.path)
    return msgspec.structs.replace(config, source=source)


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


def _over(config: ServerConfig, source: object) -> ServerConfig:
    if isinstance(source, Mapping):
        return config_over(config, dict(cast("Mapping[str, object]", source)), Path("DevServer(config)"))
    if isinstance(source, str | Path):
        return _file_over(config, Path(source))
    raise ConfigurationError(
        f"config must be the path of a file, a mapping or a ServerConfig, not {type(source).__name__}", setting="config"
    )
