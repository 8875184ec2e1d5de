"""Usernames and display names, and how long they are locked after a change."""

from __future__ import annotations

import re
from datetime import timedelta

#: Regular expression, without anchors, that a whole username must match. It is valid in Python and in JSON schemas.
USERNAME_PATTERN = "[a-z_][a-z0-9_]{1,31}"

#: Possible lengths of a display name, in characters.
DISPLAY_NAME_LENGTHS = range(2, 65)

USERNAME_RULE = "2 to 32 lower case letters, digits and _, with no digit first"
DISPLAY_NAME_RULE = "2 to 64 letters, digits, _, spaces and parentheses, with a letter or _ first and no space last"

#: Time after a change during which the next change is refused.
DISPLAY_NAME_LOCK = timedelta(days=30)
USERNAME_LOCK = timedelta(days=7)
PASSWORD_LOCK = timedelta(minutes=10)

#: The same times in words.
DISPLAY_NAME_LOCK_TIME = f"{DISPLAY_NAME_LOCK.days} days"
USERNAME_LOCK_TIME = f"{USERNAME_LOCK.days} days"
PASSWORD_LOCK_TIME = f"{PASSWORD_LOCK.seconds // 60} minutes"

_USERNAME = re.compile(USERNAME_PATTERN)


def is_username(text: str) -> bool:
    """Return whether a string is a valid username.

    Args:
        text: The string.

    Returns:
        True if it follows `USERNAME_RULE`.
    """
    return _USERNAME.fullmatch(text) is not None


def is_display_name(text: str) -> bool:
    """Return whether a string is a valid display name.

    Args:
        text: The string.

    Returns:
        True if it follows `DISPLAY_NAME_RULE`. Letters are those of any script (Unicode category L).
    """
    return (
        len(text) in DISPLAY_NAME_LENGTHS
        and (text[0] == "_" or text[0].isalpha())
        and all(char in "_ ()0123456789" or char.isalpha() for char in text)
        and text[-1] != " "
    )
