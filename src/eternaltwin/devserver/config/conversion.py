"""Converts the tables of a configuration file to settings. Errors contain the key and what its value must be."""

from __future__ import annotations

import difflib
import warnings
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast, get_args, get_origin

import msgspec

from eternaltwin.devserver.config.archived_users import TwinoidUserSeed
from eternaltwin.devserver.config.fields import ConfigTable, requirement_of, rule_of
from eternaltwin.devserver.config.types import (
    BackendConfig,
    FrontendConfig,
    PostgresConfig,
    SeedConfig,
    ServerConfig,
    SqliteConfig,
)
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from eternaltwin.devserver.config.fields import Rule

TableType = TypeVar("TableType", bound=ConfigTable)

#: Parts of the official server, each of which may have a store of its own.
_PARTS = (
    "app",
    "auth",
    "dinoparc",
    "forum",
    "hammerfest",
    "job",
    "link",
    "mailer",
    "oauth_provider",
    "twinoid",
    "user",
)

#: Keys that only the official server uses.
_IGNORED_KEYS: dict[type[ConfigTable], frozenset[str]] = {
    ServerConfig: frozenset({"extends", "mailer", "scrypt", "opentelemetry"}),
    BackendConfig: frozenset({"mailer", "oauth_client", "client", *(f"{part}_store" for part in _PARTS)}),
    FrontendConfig: frozenset({"port", "uri"}),
    SqliteConfig: frozenset({"max_connections"}),
    PostgresConfig: frozenset({"admin_user", "admin_password", "max_connections"}),
}

#: Fields that no key sets.
_FIELDS_WITHOUT_KEY: dict[type[ConfigTable], frozenset[str]] = {
    ServerConfig: frozenset({"source", "files", "own_games", "games_without_callback"}),
    TwinoidUserSeed: frozenset({"server"}),
}


class ServerConfigWarning(UserWarning):
    """A configuration has a key that the server does not know, or tables of 2021, which newer servers ignore."""


class Location(NamedTuple):
    """A place in a configuration.

    Attributes:
        file: Path of the file, or the source to name in messages.
        key: Dotted key in the file. Empty for the whole file.
    """

    file: Path
    key: str = ""

    def child(self, name: str) -> Location:
        """Return the location of a key within the table at this location.

        Args:
            name: The key, or an empty string for the table itself.

        Returns:
            The location.
        """
        return Location(self.file, ".".join(part for part in (self.key, name) if part))

    def item(self, index: int) -> Location:
        """Return the location of an item of the list at this location.

        Args:
            index: Index of the item, from 0.

        Returns:
            The location.
        """
        return Location(self.file, f"{self.key}[{index}]")

    def error(self, problem: str) -> ConfigurationError:
        """Build the error for a wrong value at this location.

        Args:
            problem: What is wrong, such as `must be a table`.

        Returns:
            An error with file and key in its message.
        """
        place = f"{self.file}: {self.key}" if self.key else f"{self.file}"
        return ConfigurationError(f"{place}: {problem}", setting=self.key or None)


def config_over(old: ServerConfig, content: object, file: Path) -> ServerConfig:
    """Apply a file to settings.

    A key that the server does not know is a [`ServerConfigWarning`][eternaltwin.devserver.ServerConfigWarning].

    Args:
        old: Settings for what the file does not contain.
        content: The file as it was read from TOML or JSON.
        file: Path of the file, for messages.

    Returns:
        The settings of the file, and the old ones that it does not change.

    Raises:
        ConfigurationError: A value is wrong. The message contains the file, the key and what the value must be.
    """
    return _table(ServerConfig, msgspec.structs.asdict(old), content, Location(file))


def _entries(content: object, location: Location) -> dict[str, object]:
    if not isinstance(content, dict):
        raise location.error("must be a table")
    return cast("dict[str, object]", content)


def _table(kind: type[TableType], old: Mapping[str, object], content: object, location: Location) -> TableType:
    """Convert a table; fields that it does not contain keep their old values."""
    without_key = _FIELDS_WITHOUT_KEY.get(kind, frozenset())
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind) if field.name not in without_key}
    entries = _entries(content, location)
    known = {key: fields[key] for key in entries if key in fields}
    given = {
        field.name: _value(field.type, old.get(field.name), entries[key], location.child(key))
        for key, field in known.items()
    }
    _warn_of_unknown_keys(entries, fields.keys() | _IGNORED_KEYS.get(kind, frozenset()), location)
    return kind(**{**old, **kind.completed(given)})


def _value(annotation: object, old: object, value: object, location: Location) -> object:
    rule = rule_of(annotation)
    if rule is not None:
        return _parsed(rule, value, location)
    if annotation is SeedConfig and value is None:
        return SeedConfig()
    kind = _table_type(annotation)
    if kind is not None:
        return _table(kind, msgspec.structs.asdict(cast("ConfigTable", old)), value, location)
    kind = _table_type(get_args(annotation)[-1]) if get_origin(annotation) is dict else None
    if kind is not None:
        return _tables(kind, cast("dict[str, ConfigTable]", old or {}), value, location)
    return _converted(annotation, value, location)


def _table_type(annotation: object) -> type[ConfigTable] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, ConfigTable) else None


def _parsed(rule: Rule, value: object, location: Location) -> object:
    if value is None and rule.or_null:
        return None
    parsed = rule.parse(value) if isinstance(value, str) else None
    if parsed is None:
        raise location.error(f"must be {rule.requirement}")
    return parsed


def _tables(
    kind: type[TableType], old: Mapping[str, TableType], content: object, location: Location
) -> dict[str, TableType]:
    """Convert tables by key: each changes one or adds it, null removes it, and null for all of them removes all."""
    if content is None:
        return {}
    new = dict(old)
    for key, entry in _entries(content, location).items():
        if entry is None:
            new.pop(key, None)
        else:
            new[key] = _keyed_table(kind, key, old.get(key), entry, location.child(key))
    return new


def _keyed_table(
    kind: type[TableType], key: str, old: TableType | None, content: object, location: Location
) -> TableType:
    table = _table(kind, kind.defaults(key) if old is None else msgspec.structs.asdict(old), content, location)
    for name, problem in table.problems(key):
        raise location.child(name).error(problem)
    return table


def _converted(annotation: object, value: object, location: Location) -> object:
    try:
        return msgspec.convert(value, cast("type[object]", annotation), strict=True)
    except msgspec.ValidationError as exc:
        problem, _, path = str(exc).partition(" - at `$")
    for item in _items(annotation, value, location):
        _converted(*item)
    problem = problem.replace("`", "").replace("Object missing required field", "must have the key")
    requirement = None if path or problem.startswith("must have") else requirement_of(annotation)
    if requirement is not None:
        raise location.error(f"must be {requirement}")
    raise Location(location.file, f"{location.key}{path.rstrip('`')}").error(problem)


def _items(annotation: object, value: object, location: Location) -> list[tuple[object, object, Location]]:
    """Return the type, the value and the location of each item of a table or a list, which msgspec does not name."""
    for kind in (annotation, *get_args(annotation)):
        if get_origin(kind) is dict and isinstance(value, dict):
            entries = cast("dict[str, object]", value).items()
            return [(get_args(kind)[1], item, location.child(key)) for key, item in entries]
        if get_origin(kind) is list and isinstance(value, list):
            numbered = enumerate(cast("list[object]", value))
            return [(get_args(kind)[0], item, location.item(number)) for number, item in numbered]
    return []


def _warn_of_unknown_keys(keys: Iterable[str], known: Iterable[str], location: Location) -> None:
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {location.child(near[0]).key}?" if near else ""
            warning = f"{location.file}: unknown key {location.child(key).key}{hint}"
            warnings.warn(warning, ServerConfigWarning, stacklevel=2)
