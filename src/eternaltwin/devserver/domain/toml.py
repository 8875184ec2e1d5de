"""TOML that a developer can paste into a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def toml_string(text: str) -> str:
    """Write a basic string (TOML 1.0, section String).

    Args:
        text: Any string of Unicode characters, without surrogates.

    Returns:
        The string in quotation marks. Characters that are not printable are escaped.
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char.isprintable() and char not in _ESCAPES:
        return char
    return _ESCAPES.get(char) or f"\\U{ord(char):08X}"


def toml_table(name: str, values: Mapping[str, str]) -> str:
    """Write a table of strings.

    Args:
        name: The name, of parts that need no quotation marks, separated by dots.
        values: The values by key. Keys need no quotation marks.

    Returns:
        The table, with a final newline.
    """
    lines = [f"[{name}]", *(f"{key} = {toml_string(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"
