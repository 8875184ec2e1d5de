"""The tables of `etwin.toml`, the configuration of the servers of 2021, in today's spelling.

They stand in the official documentation still. Servers since then ignore them, and the games in them with them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple, cast

from eternaltwin.devserver.config.files import OLD_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_Path = tuple[str, ...]

#: Stands for one key of any name.
_ANY = "*"

#: Tables and keys of 2021, and where their values are today: the first one that a key begins with holds.
_MOVES: tuple[tuple[_Path, _Path | None], ...] = (
    (("etwin", "api"), ("backend", "store")),
    (("etwin", "http_port"), ("backend", "port")),
    (("etwin", "external_uri"), ("frontend", "uri")),
    (("etwin",), ("backend",)),
    (("db",), ("postgres",)),
    (("clients", _ANY, "app_uri"), ("seed", "app", _ANY, "uri")),
    (("clients", _ANY, "callback_uri"), ("seed", "app", _ANY, "oauth_callback")),
    (("clients",), ("seed", "app")),
    (("forum", "posts_per_page"), ("frontend", "forum_posts_per_page")),
    (("forum", "threads_per_page"), ("frontend", "forum_threads_per_page")),
    (("forum", "sections"), ("seed", "forum_section")),
    (("forum",), None),
    (("auth",), None),
)

_OLD_TABLES = frozenset(old[0] for old, _ in _MOVES)

#: Today's words for the values of `etwin.api`.
_STORES = {"in-memory": "Memory", "postgres": "Postgres"}

#: Keys whose values no message contains.
_SECRETS = frozenset({"secret", "password", "admin_password"})

#: Number of keys that lead to the deepest value, such as `forum.sections.KEY.locale`.
_DEPTH = 4

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class _MovedValue(NamedTuple):
    old: _Path
    new: _Path | None
    value: object


class TranslatedFile(NamedTuple):
    """A file with tables of 2021.

    Attributes:
        content: What these tables contain, in today's spelling.
        rest: What the file contains besides.
        warning: What to write instead of them.
    """

    content: dict[str, object]
    rest: dict[str, object]
    warning: str


def translate(content: object, file: Path) -> TranslatedFile | None:
    """Translate the tables of 2021 in a file.

    Args:
        content: The file as it was read from TOML or JSON.
        file: Path of the file, for the warning.

    Returns:
        The translation, or None if the file has no such table.
    """
    entries = cast("dict[str, object]", content) if isinstance(content, dict) else {}
    if not entries.keys() & _OLD_TABLES:
        return None
    moved = [_moved(path, value) for path, value in _leaves(entries, ()) if path[0] in _OLD_TABLES]
    new: dict[str, object] = {}
    for move in moved:
        if move.new is not None:
            _put(new, move.new, move.value)
    rest = {key: value for key, value in entries.items() if key not in _OLD_TABLES}
    return TranslatedFile(new, rest, _warning(moved, file))


def _leaves(value: object, path: _Path) -> Iterator[tuple[_Path, object]]:
    if isinstance(value, dict) and value and len(path) < _DEPTH:
        for key, entry in cast("dict[str, object]", value).items():
            yield from _leaves(entry, (*path, key))
    else:
        yield path, value


def _moved(path: _Path, value: object) -> _MovedValue:
    old, new = next(move for move in _MOVES if _begins_with(path, move[0]))
    if new is None:
        return _MovedValue(path, None, value)
    if path == ("etwin", "api") and isinstance(value, str):
        value = _STORES.get(value, value)
    wildcards = iter([key for key, pattern in zip(path, old, strict=False) if pattern == _ANY])
    start = tuple(next(wildcards) if key == _ANY else key for key in new)
    return _MovedValue(path, (*start, *path[len(old) :]), value)


def _begins_with(path: _Path, pattern: _Path) -> bool:
    return len(path) >= len(pattern) and all(part in (_ANY, key) for key, part in zip(path, pattern, strict=False))


def _put(tree: dict[str, object], path: _Path, value: object) -> None:
    for key in path[:-1]:
        child = tree.get(key)
        if not isinstance(child, dict):
            child = tree[key] = {}
        tree = cast("dict[str, object]", child)
    tree[path[-1]] = value


def _warning(moved: Iterable[_MovedValue], file: Path) -> str:
    place = "in eternaltwin.toml" if file.name == OLD_NAME else "instead of them"
    used = dict.fromkeys(f"[{move.old[0]}]" for move in moved)
    lines = [f"{file}: {', '.join(used)}: newer servers ignore these tables of 2021. Write {place}:"]
    tables: dict[_Path, list[str]] = {}
    for move in moved:
        if move.new is not None:
            written = tables.setdefault(move.new[:-1] if _is_entry(move) else move.new, [])
            written += [_entry(move.old, move.new[-1], move.value)] if _is_entry(move) else []
    for table, written in tables.items():
        lines += ["", *([f"[{_dotted(table)}]"] if table else []), *written]
    unused = dict.fromkeys(f"# [{_dotted(move.old[:-1] or move.old)}]" for move in moved if move.new is None)
    return "\n".join([*lines, *(f"{comment} has no counterpart" for comment in unused)])


def _is_entry(move: _MovedValue) -> bool:
    """Return whether a value is that of a key in a table, and not an empty table."""
    return move.value != {}


def _entry(old: _Path, key: str, value: object) -> str:
    if key in _SECRETS:
        return f'{_dotted((key,))} = "..."  # the value of {_dotted(old)}'
    return f"{_dotted((key,))} = {json.dumps(value, ensure_ascii=False, default=str)}"


def _dotted(path: _Path) -> str:
    return ".".join(key if _BARE_KEY.fullmatch(key) else json.dumps(key) for key in path)
