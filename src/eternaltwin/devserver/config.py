"""The settings of a server: ``eternaltwin.toml`` over the seeds that every development server has.

Keys, defaults and search order are those of the official server 0.16.4.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.config_files import find_file, read_chain
from eternaltwin.devserver.config_reading import config_over
from eternaltwin.devserver.config_types import (
    AppSeed,
    BackendConfig,
    DinoparcUserSeed,
    ForumSectionSeed,
    FrontendConfig,
    HammerfestUserSeed,
    PostgresConfig,
    SeedConfig,
    ServerConfig,
    SqliteConfig,
    TwinoidUserSeed,
    UserSeed,
)
from eternaltwin.devserver.config_values import ServerConfigWarning, Table
from eternaltwin.devserver.seeds import BUILT_IN_SEEDS

if TYPE_CHECKING:
    from eternaltwin.devserver.config_types import ClockKind

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
]


def default_config(profile: str = "dev") -> ServerConfig:
    """The settings without any file.

    The profiles ``production`` and ``test`` have no seeds, ``test`` and ``sdk`` a virtual clock, and
    ``production`` another secret each time; every other profile is as ``dev``.
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

    A key that the official server does not know is a :class:`ServerConfigWarning`. ``null``, which JSON
    has and TOML has not, removes a seed.

    Args:
        path: the file; when absent, the first of ``eternaltwin.{profile}.local``, ``eternaltwin.{profile}``,
            ``eternaltwin.local`` and ``eternaltwin``, each ``.toml`` before ``.json``, in ``folder`` or the
            nearest folder above that has one. Having none is fine.
        folder: where to look; the working folder when absent.
        profile: which files to look for, and which defaults to start from.

    Raises:
        ConfigurationError: a file cannot be read, or a value is wrong; it names the file and the key.
    """
    source = path if path is not None else find_file(folder, profile)
    config = default_config(profile)
    for file in read_chain(source) if source is not None else ():
        config = config_over(config, Table(file.path, "", file.content))
    return msgspec.structs.replace(config, source=source)


#: The settings of a server: all of them, the file that holds them, or what goes over the built-in ones.
ConfigSource = ServerConfig | Path | Mapping[str, object] | None


def config_of(source: ConfigSource, clock: ClockKind) -> ServerConfig:
    """The settings that a source means, with a clock of this kind.

    Raises:
        ConfigurationError: a value is wrong, or the file cannot be read.
    """
    config = _config_of(source)
    return msgspec.structs.replace(config, backend=msgspec.structs.replace(config.backend, clock=clock))


def _config_of(source: ConfigSource) -> ServerConfig:
    if source is None:
        return default_config()
    if isinstance(source, ServerConfig):
        return source
    if isinstance(source, Mapping):
        return config_over(default_config(), Table(Path("DevServer(config)"), "", dict(source)))
    return load_config(source)
