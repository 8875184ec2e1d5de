"""What names and ids look like, as the official server checks them."""

from __future__ import annotations

import re
from uuid import UUID

_USERNAME = re.compile(r"[a-z_][a-z0-9_]{1,31}")
_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CLIENT_KEY = re.compile(r"[a-z_][a-z0-9_]{1,31}@clients")

#: What a display name consists of, in characters.
DISPLAY_NAME_LENGTHS = range(2, 65)

USERNAME_RULE = "2 to 32 lower case letters, digits and _, with no digit first"
TITLE_RULE = "a text of 1 to 100 characters"
DISPLAY_NAME_RULE = "2 to 64 letters, digits, _, spaces and parentheses, with a letter or _ first and no space last"


def is_username(text: str) -> bool:
    """Whether this can be a name to log in with."""
    return _USERNAME.fullmatch(text) is not None


def parse_username(text: str) -> str | None:
    """A name to log in with, or None."""
    return text if is_username(text) else None


def parse_title(text: str) -> str | None:
    """What something other than a user may be called, or None."""
    return text if text.isprintable() and 1 <= len(text) <= 100 else None


def is_client_key(text: str) -> bool:
    """Whether this can be the key of a game, such as `kingdom_dev@clients`."""
    return _CLIENT_KEY.fullmatch(text) is not None


def is_display_name(text: str) -> bool:
    """Whether this can be a display name; letters are those of any script (Unicode category L)."""
    return (
        len(text) in DISPLAY_NAME_LENGTHS
        and (text[0] == "_" or text[0].isalpha())
        and all(char in "_ ()0123456789" or char.isalpha() for char in text)
        and text[-1] != " "
    )


def fold(text: str) -> str:
    """A text as it is searched: without case, in any script."""
    return text.casefold()


def parse_uuid(text: str) -> UUID | None:
    """The UUID that a text spells in one of the usual ways, in whichever case, or None.

    The spellings are those of RFC 9562, section 4: with hyphens, without, in braces, as a URN.
    """
    bare = text[1:-1] if text[:1] + text[-1:] == "{}" else text.removeprefix("urn:uuid:")
    return UUID(hex=bare) if _UUID.fullmatch(bare) is not None else None


def canonical_uuid(text: str) -> str | None:
    """A UUID in the spelling in which it is kept: lower case, with hyphens; None where the text is none."""
    if _CANONICAL_UUID.fullmatch(text) is not None:
        return text
    found = parse_uuid(text)
    return None if found is None else str(found)
