"""Finds and reads configuration files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import NamedTuple, cast

from eternaltwin.exceptions import ConfigurationError


class ConfigFile(NamedTuple):
    """A configuration file.

    Attributes:
        path: Path of the file.
        content: Its content, as read from TOML or JSON: a table, unless the file is wrong.
    """

    path: Path
    content: object


def file_names(profile: str) -> list[str]:
    """List the possible names of a configuration file.

    Args:
        profile: Name of the profile, such as `dev`.

    Returns:
        The names, in order of precedence.
    """
    stems = (f"eternaltwin.{profile}.local", f"eternaltwin.{profile}", "eternaltwin.local", "eternaltwin")
    return [f"{stem}{suffix}" for stem in stems for suffix in (".toml", ".json")]


def find_file(folder: Path | None, profile: str) -> Path | None:
    """Find the configuration file in a folder, or else in the nearest folder above that has one.

    Args:
        folder: Where to look. None means the working folder.
        profile: Name of the profile. There is no file for `sdk`.

    Returns:
        Path of the file, or None if there is none.
    """
    start = (folder if folder is not None else Path()).resolve()
    names = file_names(profile) if profile != "sdk" else []  # the official profile that reads no files
    found = (place / name for place in (start, *start.parents) for name in names)
    return next((path for path in found if path.is_file()), None)


def read_chain(path: Path) -> list[ConfigFile]:
    """Read a file and the files that it extends.

    Args:
        path: Path of the file.

    Returns:
        The files, in order of increasing precedence.

    Raises:
        ConfigurationError: A file cannot be read, or extends itself.
    """
    return _chain(path, ())


def _chain(path: Path, extending: tuple[Path, ...]) -> list[ConfigFile]:
    if path.resolve() in extending:
        raise ConfigurationError(f"{path}: extends: must not lead back to the file itself", setting="extends")
    file = ConfigFile(path, _read(path))
    bases = [base for name in _extended(file) for base in _chain(path.parent / name, (*extending, path.resolve()))]
    return [*bases, file]


def _extended(file: ConfigFile) -> list[str]:
    """Return what `extends` contains: a relative path, a table `{url, format}`, or a list of them."""
    content = file.content
    extends = cast("dict[str, object]", content).get("extends") if isinstance(content, dict) else None
    entries = cast("list[object]", extends) if isinstance(extends, list) else [] if extends is None else [extends]
    urls = [cast("dict[str, object]", entry).get("url") if isinstance(entry, dict) else entry for entry in entries]
    paths = [url for url in urls if isinstance(url, str) and url.startswith(("./", "../"))]
    if len(paths) != len(urls):
        problem = "must be a path that starts with ./ or ../, or a list of them"
        raise ConfigurationError(f"{file.path}: extends: {problem}", setting="extends")
    return paths


def _read(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows add a byte order mark
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror}"
    except tomllib.TOMLDecodeError as exc:
        problem = f"is not TOML: {exc}"
    except json.JSONDecodeError as exc:
        problem = f"is not JSON: {exc}"
    except (UnicodeDecodeError, RecursionError):
        problem = "is not valid UTF-8, or is nested too deeply"
    raise ConfigurationError(f"{path}: {problem}")
