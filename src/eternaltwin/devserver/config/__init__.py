"""The settings of a server: `eternaltwin.toml` over the seeds that every development server has.

Keys, defaults and search order are those of the official server 0.16.4.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

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
    "with_clock",
]


def default_config(profile: str = "dev") -> ServerConfig:
    """The settings without any file.

    The profiles `production` and `test` have no seeds, `test` and `sdk` a virtual clock, and
    `production` another secret each time; every other profile is as `dev`.
    """
    return ServerConfig(
        backend=BackendConfig(
            secret=secrets.token_hex(32) if profile == "production" else "dev",
            clock="Virtual" if profile in ("test", "sdk") else "System",
        ),
        seed=SeedConfig() if profile in ("production", "test") else BUILT_IN_SEEDS,
    )


def load_config(path: Path | None = None, *, folder: Path | None = None, profile: str = "dev") -> ServerConfig:
    """Read the settings from a file, over the ones that a profile has without one.

    A key that the official server does not know is a `ServerConfigWarning`. `null`, which JSON
    has and TOML has not, removes a seed.

    Args:
        path: the file; when absent, the first of `eternaltwin.{profile}.local`, `eternaltwin.{profile}`,
            `eternaltwin.local` and `eternaltwin`, each `.toml` before `.json`, in `folder` or the
            nearest folder above that has one. Having none is fine.
        folder: where to look; the working folder when absent.
        profile: which files to look for, and which defaults to start from.

    Raises:
        ConfigurationError: a file cannot be read, or a value is wrong; it names the file and the key.
    """
    source = path if path is not None else find_file(folder, profile)
    config = default_config(profile)
    return config if source is None else _file_over(config, source)


def _file_over(config: ServerConfig, source: Path) -> ServerConfig:
    for file in read_chain(source):
        config = config_over(config, file.content, file.path)
    return msgspec.structs.replace(config, source=source)


#: The settings of a server: all of them, the file that holds them, or what goes over the built-in ones.
ConfigSource = ServerConfig | Path | Mapping[str, object] | None


def config_of(source: ConfigSource, clock: ClockKind | None = None) -> ServerConfig:
    """The settings that a source means.

    Args:
        source: see `ConfigSource`.
        clock: the kind of the clock, whatever the source says; when absent, it is virtual unless the source says.

    Raises:
        ConfigurationError: a value is wrong, or the file cannot be read.
    """
    if isinstance(source, ServerConfig):
        config = source
    else:
        defaults = with_clock(default_config(), "Virtual")
        config = defaults if source is None else _over(defaults, source)
    return config if clock is None else with_clock(config, clock)


def with_clock(config: ServerConfig, clock: ClockKind) -> ServerConfig:
    """The same settings with a clock of this kind.

    Raises:
        ConfigurationError: there is no such kind.
    """
    if clock not in CLOCK_KINDS:
        raise ConfigurationError(f"clock must be one of {', '.join(map(repr, CLOCK_KINDS))}", setting="clock")
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, clock=clock))


def _over(config: ServerConfig, source: Path | Mapping[str, object]) -> ServerConfig:
    if isinstance(source, Mapping):
        return config_over(config, dict(source), Path("DevServer(config)"))
    return _file_over(config, source)
