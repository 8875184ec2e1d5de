"""Finds and reads configuration files."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The name of the file in 2021, which newer servers do not look for.
OLD_NAME = "etwin.toml"

_DECODERS: dict[str, Callable[[str], object]] = {"TOML": tomllib.loads, "JSON": json.loads}


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


def possible_files(folder: Path | None, profile: str) -> Iterator[Path]:
    """List where a configuration file may be: in a folder, and in the folders above.

    Args:
        folder: Where to look. None means the working folder.
        profile: Name of the profile. There is no file for `sdk`.

    Yields:
        The paths, in order of precedence. `etwin.toml`, which newer official servers do not look for, comes last.
    """
    if profile == "sdk":  # the official profile that reads no files
        return
    start = (folder if folder is not None else Path()).resolve()
    for names in (file_names(profile), [OLD_NAME]):
        for place in (start, *start.parents):
            yield from (place / name for name in names)


def find_file(folder: Path | None, profile: str) -> Path | None:
    """Find the configuration file in a folder, or else in the nearest folder above that has one.

    Args:
        folder: Where to look. None means the working folder.
        profile: Name of the profile. There is no file for `sdk`.

    Returns:
        Path of the file, or None if there is none.
    """
    return next((path for path in possible_files(folder, profile) if path.is_file()), None)


def read_chain(path: Path) -> list[ConfigFile]:
    """Read a file and the files that it extends.

    Args:
        path: Path of the file.

    Returns:
        The files, in order of increasing precedence.

    Raises:
        ConfigurationError: A file cannot be read, or extends itself.
    """
    return _chain(path, None, ())


def _chain(path: Path, form: str | None, extending: tuple[Path, ...]) -> list[ConfigFile]:
    if path.resolve() in extending:
        raise ConfigurationError(f"{path}: extends: must not lead back to the file itself", setting="extends")
    file = ConfigFile(path, _read(path, form))
    above = (*extending, path.resolve())
    bases = [found for base, base_form in _extended(file) for found in _chain(base, base_form, above)]
    return [*bases, file]


def _extended(file: ConfigFile) -> list[tuple[Path, str | None]]:
    """Return the paths and formats in `extends`: a relative path or a file URL, a table `{url, format}`, or a list."""
    content = file.content
    extends = cast("dict[str, object]", content).get("extends") if isinstance(content, dict) else None
    entries = cast("list[object]", extends) if isinstance(extends, list) else [] if extends is None else [extends]
    return [_reference(file.path, entry) for entry in entries]


def _reference(file: Path, entry: object) -> tuple[Path, str | None]:
    fields = cast("dict[str, object]", entry) if isinstance(entry, dict) else {"url": entry}
    url, form = fields.get("url"), str(fields.get("format", "auto")).upper()
    path = _local_path(url) if isinstance(url, str) else None
    if path is None:
        problem = "must be a path that starts with ./ or ../, a file URL, or a list of them"
        raise ConfigurationError(f"{file}: extends: {problem}", setting="extends")
    return file.parent / path, form if form in _DECODERS else None


def _local_path(url: str) -> Path | None:
    """Return the path of a relative URL or a file URL, in which characters may be escaped with `%`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if url.startswith(("./", "../")):
        return Path(unquote(parts.path))
    return Path(url2pathname(parts.path)) if parts.scheme == "file" and parts.netloc in ("", "localhost") else None


def _read(path: Path, form: str | None) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors on Windows add a byte order mark
        return _decoded(text, path, form)
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror}"
    except (UnicodeDecodeError, RecursionError):
        problem = "is not valid UTF-8, or is nested too deeply"
    except ValueError as exc:
        problem = str(exc)
    raise ConfigurationError(f"{path}: {problem}")


def _decoded(text: str, path: Path, form: str | None) -> object:
    """Decode TOML or else JSON, whatever the file's name is, as the official server does."""
    problems: dict[str, str] = {}
    for name in _DECODERS if form is None else (form,):
        try:
            return _DECODERS[name](text)
        except ValueError as exc:
            problems[name] = f"is not {name}: {exc}"
    named = path.suffix[1:].upper()
    raise ValueError(problems.get(named) or next(iter(problems.values())))
