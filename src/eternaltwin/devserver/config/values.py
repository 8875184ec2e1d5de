"""The tables of a configuration file, read key by key, with an error that names what is wrong."""

from __future__ import annotations

import difflib
import warnings
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)
Structure = TypeVar("Structure", bound=msgspec.Struct)


class ServerConfigWarning(UserWarning):
    """A configuration file has a key that means nothing to the server."""


class Table:
    """One table of a file.

    Every key that is asked for counts as known; `warn_of_the_rest` tells of the others.
    Methods that read a value answer `default` where the key is absent, and raise
    ConfigurationError, naming the file and the key, where the value is of the wrong kind.

    Args:
        path: the file.
        prefix: the dotted key of this table; empty for the whole file.
        content: what was read.
    """

    def __init__(self, path: Path, prefix: str, content: object) -> None:
        self._path = path
        self._prefix = prefix
        self._known: set[str] = set()
        if not isinstance(content, dict):
            raise self.wrong("must be a table")
        self._content = cast("dict[str, object]", content)

    def _key(self, name: str) -> str:
        return ".".join(part for part in (self._prefix, name) if part)

    def wrong(self, problem: str, name: str = "") -> ConfigurationError:
        """The error that something about a key, or about the table itself, is wrong."""
        key = self._key(name)
        place = f"{self._path}: {key}" if key else f"{self._path}"
        return ConfigurationError(f"{place}: {problem}", setting=key or None)

    def ignore(self, *names: str) -> None:
        """Keys that are known and mean nothing to this server."""
        self._known.update(names)

    def _has(self, name: str) -> bool:
        self._known.add(name)
        return name in self._content

    def take_null(self, name: str) -> bool:
        """Whether this key is there and null."""
        return self._has(name) and self._content[name] is None

    def table(self, name: str) -> Table | None:
        """The table below a key, if it is there."""
        return Table(self._path, self._key(name), self._content[name]) if self._has(name) else None

    def tables(self, name: str) -> Iterator[tuple[str, Table | None]]:
        """The tables below a key, each with its own; None where one is null."""
        table = self.table(name)
        if table is not None:
            for key in table._content:
                yield key, None if table.take_null(key) else table.table(key)

    def text(self, name: str, default: str) -> str:
        """A text."""
        value = self._content[name] if self._has(name) else default
        if not isinstance(value, str):
            raise self.wrong("must be a text", name)
        return value

    def text_or_null(self, name: str, default: str | None) -> str | None:
        """A text, or null."""
        if default is None and not self._has(name):
            return None
        return None if self.take_null(name) else self.text(name, default or "")

    def parsed(self, name: str, default: Value, parse: Callable[[str], Value | None], kind: str) -> Value:
        """A text that `parse` understands; `kind` says what that is."""
        if not self._has(name):
            return default
        value = parse(self.text(name, ""))
        if value is None:
            raise self.wrong(f"must be {kind}", name)
        return value

    def parsed_or_null(
        self, name: str, default: Value | None, parse: Callable[[str], Value | None], kind: str
    ) -> Value | None:
        """A text that `parse` understands, or null."""
        return None if self.take_null(name) else self.parsed(name, default, parse, kind)

    def boolean(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._content[name] if self._has(name) else default
        if not isinstance(value, bool):
            raise self.wrong("must be true or false", name)
        return value

    def whole_number(self, name: str, default: int, allowed: range) -> int:
        """A whole number within a range."""
        value = self._content[name] if self._has(name) else default
        if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
            raise self.wrong(f"must be a whole number from {allowed[0]} to {allowed[-1]}", name)
        return value

    def choice(self, name: str, default: Choice, choices: tuple[Choice, ...]) -> Choice:
        """One of a few words."""
        if not self._has(name):
            return default
        for choice in choices:
            if self._content[name] == choice:
                return choice
        raise self.wrong(f"must be one of {', '.join(map(repr, choices))}", name)

    def value(self, name: str, default: Value, kind: type[Value]) -> Value:
        """A list or a table of values of one kind."""
        return self._converted(self._content[name], kind, name) if self._has(name) else default

    def structure(self, kind: type[Structure]) -> Structure:
        """The whole table, whose keys are the fields of a structure."""
        self._known.update(kind.__struct_fields__)
        return self._converted(self._content, kind)

    def _converted(self, content: object, kind: type[Value], name: str = "") -> Value:
        try:
            return msgspec.convert(content, kind)
        except msgspec.ValidationError as exc:
            problem, _, place = str(exc).partition(" - at `$")
            key = f"{name}{place.rstrip('`')}".lstrip(".")
            raise self.wrong(problem.replace("`", ""), key) from None

    def warn_of_the_rest(self) -> None:
        """Warn of every key that was not asked for."""
        for name in self._content:
            if name not in self._known:
                near = difflib.get_close_matches(name, self._known, n=1)
                hint = f"; did you mean {self._key(near[0])}?" if near else ""
                warnings.warn(f"{self._path}: unknown key {self._key(name)}{hint}", ServerConfigWarning, stacklevel=2)


def patched(
    parent: Table, name: str, old: dict[str, Value], build: Callable[[str, Value | None, Table], Value]
) -> dict[str, Value]:
    """Seeds by key: a table changes one or adds it, null removes it; null for all of them removes all."""
    if parent.take_null(name):
        return {}
    new = dict(old)
    for key, table in parent.tables(name):
        if table is None:
            new.pop(key, None)
        else:
            new[key] = build(key, old.get(key), table)
            table.warn_of_the_rest()
    return new
