"""Keys and titles of the forum, comments on posts, and the scope for writing."""

from __future__ import annotations

import re

#: Regular expressions, without anchors, that a whole string must match. They are valid in Python and in JSON schemas.
FORUM_KEY_PATTERN = "[_a-z][_a-z0-9]{0,31}"
THREAD_TITLE_PATTERN = r"\S.{0,62}\S"

#: Regular expression for some part of the reason for a change of a post.
COMMENT_PATTERN = "."

#: The scope that a game's tokens need to write to the forum.
WRITE_SCOPE = "forum:write"

_KEY = re.compile(FORUM_KEY_PATTERN)


def is_forum_key(text: str) -> bool:
    """Return whether a string is a possible key of a section or a thread of the forum.

    Args:
        text: The string.

    Returns:
        True if it matches `FORUM_KEY_PATTERN`.
    """
    return _KEY.fullmatch(text) is not None
