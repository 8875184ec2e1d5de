"""The file with the connections of the command line: `~/.config/eternaltwin/config.toml`."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec

from eternaltwin.exceptions import ConfigurationError


class CommandProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A connection with a name. Without the settings of a game, it only reads.

    Attributes:
        url: Where the server is reached.
        public_url: Where browsers reach it.
        client_id: The game's OAuth client.
        client_secret: Its secret.
        redirect_uri: Its callback.
        state_key: The secret of an HS256 key.
    """

    url: str | None = None
    public_url: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    redirect_uri: str | None = None
    state_key: str | None = None

    def __repr__(self) -> str:
        return f"<CommandProfile {self.url}>"


class CommandConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of the file.

    Attributes:
        default: Name of the profile that is used when none is named.
        profiles: The profiles by name.
    """

    default: str | None = None
    profiles: dict[str, CommandProfile] = {}


def config_folder() -> Path:
    """Return the folder with the files of the command line.

    Returns:
        `eternaltwin` in `$XDG_CONFIG_HOME`, in `%APPDATA%` on Windows, or in `~/.config`. Variables that contain a
        relative path are ignored, as the XDG Base Directory Specification demands.

    Raises:
        ConfigurationError: There is no home folder.
    """
    named = (Path(os.environ.get(variable, "")) for variable in ("XDG_CONFIG_HOME", "APPDATA"))
    folder = next((each for each in named if each.is_absolute()), None)
    return (_home() / ".config" if folder is None else folder) / "eternaltwin"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise ConfigurationError("you have no home folder: set HOME or XDG_CONFIG_HOME to your own") from None


def read_config() -> CommandConfig:
    """Read the file.

    Returns:
        Its content. Empty without a file.

    Raises:
        ConfigurationError: The file cannot be read, is not TOML, or has an unknown key or a wrong value.
    """
    path = config_folder() / "config.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), CommandConfig)
    except FileNotFoundError:
        return CommandConfig()
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror}"
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        problem = "is not TOML"
    except msgspec.ValidationError as exc:  # its message names keys and types, and no value
        problem = str(exc)
    raise ConfigurationError(f"{path}: {problem}")


def choose_profile(name: str | None) -> CommandProfile | None:
    """Return the profile with a name, or else the default one.

    Args:
        name: Name of the profile. None means the variable `ETERNALTWIN_CLI_PROFILE`, or else `default` of the file.

    Returns:
        The profile. None if none is named.

    Raises:
        ConfigurationError: There is no such profile, or the file is wrong.
    """
    config = read_config()
    chosen = name or os.environ.get("ETERNALTWIN_CLI_PROFILE") or config.default
    if chosen is None:
        return None
    if chosen not in config.profiles:
        known = ", ".join(config.profiles) or "none"
        raise ConfigurationError(
            f"there is no profile {chosen!r} in {config_folder() / 'config.toml'}; there are: {known}"
        )
    return config.profiles[chosen]
