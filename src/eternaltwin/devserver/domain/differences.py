"""Where two strings differ, for people who compare them."""

from __future__ import annotations

import msgspec

#: Maximum number of characters of each part that is shown. Addresses may be as long as a request.
MAX_SHOWN = 1000


class Marked(msgspec.Struct, frozen=True):
    """A string in three parts. Characters that cannot be seen are written as escapes with their numbers.

    Attributes:
        before: What both strings begin with.
        mark: What only this string has there. Empty if it has nothing.
        after: What both strings end with.
    """

    before: str
    mark: str
    after: str


class Difference(msgspec.Struct, frozen=True):
    """The difference of two strings.

    Attributes:
        position: Number of the first character that differs, from 1.
        expected: The first string.
        actual: The second string.
    """

    position: int
    expected: Marked
    actual: Marked


def difference(expected: str, actual: str) -> Difference:
    """Compare two strings.

    Args:
        expected: The first string.
        actual: The second string.

    Returns:
        Their difference. Both marks are empty if they are equal.
    """
    limit = min(len(expected), len(actual))
    start = next((index for index in range(limit) if expected[index] != actual[index]), limit)
    rest = limit - start
    end = next((index for index in range(rest) if expected[-1 - index] != actual[-1 - index]), rest)
    return Difference(start + 1, _marked(expected, start, end), _marked(actual, start, end))


def _marked(text: str, start: int, end: int) -> Marked:
    stop = len(text) - end
    return Marked(visible(text[:start]), visible(text[start:stop]), visible(text[stop:]))


def visible(text: str) -> str:
    """Return a string in which every character can be seen.

    Args:
        text: Any string.

    Returns:
        The string with an escape for each character that is not printable, also for those that change the direction of
        the text. It is cut after 1000 characters.
    """
    shown = "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text[:MAX_SHOWN])
    return f"{shown}…" if len(text) > MAX_SHOWN else shown
