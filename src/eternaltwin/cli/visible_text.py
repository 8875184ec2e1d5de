"""Text of others, made safe for a terminal: nothing in it can move the cursor, set colors or reorder what is shown."""

from __future__ import annotations

import re
import unicodedata

#: What is shown instead of a character that a terminal could obey.
REPLACEMENT = "\ufffd"

#: Joiners that scripts and emoji need, although they are format characters.
_JOINERS = frozenset("\u200c\u200d")

_SAFE_ASCII = re.compile(r"[ -~]*")


def visible(text: str) -> str:
    r"""Return text in one line that a terminal shows and never obeys.

    Control characters (Unicode category Cc), surrogates and separators of lines are replaced. Format characters (Cf),
    such as the overrides of the direction of writing (UAX #9), are left out, except for the two joiners. Tabs and line
    ends become spaces.

    Args:
        text: Any text.

    Returns:
        The safe text.

    Example:
        >>> visible("red\x1b[31m\nab\u202ecd")
        'red�[31m abcd'
    """
    if _SAFE_ASCII.fullmatch(text):
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)
    if category == "Cf":
        return character if character in _JOINERS else ""
    return REPLACEMENT if category in ("Cc", "Cs", "Zl", "Zp") else character


def cell_width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    Args:
        text: Text that is visible.

    Returns:
        The number of columns: 2 for wide characters (UAX #11), 0 for combining ones, 1 for others.
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
