"""Checks of names, keys of games and ids, as the official server 0.16.4 has them."""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from eternaltwin.devserver.domain.errors import MalformedNameError
from eternaltwin.rules.accounts import DISPLAY_NAME_RULE, USERNAME_RULE, is_display_name, is_username

_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CANONICAL_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

#: Namespace of ids that are derived from keys of the configuration, and so survive a restart (RFC 9562, section 5.5).
SEED_NAMESPACE = UUID("b1f4a2f6-6a3f-5b5c-9d0e-2f0d6c1c8c54")

TITLE_RULE = "a string of 1 to 100 printable characters"


def parse_username(text: str) -> str | None:
    """Check a username.

    Args:
        text: The string.

    Returns:
        The string itself, or None if it breaks `USERNAME_RULE`.
    """
    return text if is_username(text) else None


def check_username(username: str) -> str:
    """Check a username.

    Args:
        username: The username.

    Returns:
        The username itself.

    Raises:
        MalformedNameError: It breaks `USERNAME_RULE`.
    """
    if not is_username(username):
        raise MalformedNameError(f"username {username!r} is not {USERNAME_RULE}")
    return username


def parse_title(text: str) -> str | None:
    """Check the name of a game, a section or an archived account.

    Args:
        text: The string.

    Returns:
        The string itself, or None if it breaks `TITLE_RULE`.
    """
    return text if text.isprintable() and 1 <= len(text) <= 100 else None


def check_display_name(display_name: str) -> str:
    """Check a display name.

    Args:
        display_name: The display name.

    Returns:
        The display name itself.

    Raises:
        MalformedNameError: It breaks `DISPLAY_NAME_RULE`.
    """
    if not is_display_name(display_name):
        raise MalformedNameError(f"display name {display_name!r} is not {DISPLAY_NAME_RULE}")
    return display_name


def default_display_name(username: str) -> str:
    """Return the display name of a user who is given none.

    Args:
        username: The username.

    Returns:
        The username with a capital first letter.
    """
    return username[:1].upper() + username[1:]


def fold(text: str) -> str:
    """Return a string without differences of case, for searches.

    Args:
        text: A name in any script.

    Returns:
        The string after full case folding (Unicode, section 3.13).
    """
    return text.casefold()


def parse_uuid(text: str) -> UUID | None:
    """Parse a UUID in any of its usual spellings, in any case.

    Args:
        text: A UUID with hyphens (RFC 9562, section 4), without hyphens, in braces, or as a URN.

    Returns:
        The UUID, or None if it is malformed.
    """
    bare = text[1:-1] if text[:1] + text[-1:] == "{}" else text.removeprefix("urn:uuid:")
    return UUID(hex=bare) if _UUID.fullmatch(bare) is not None else None


def canonical_uuid(text: str) -> str | None:
    """Convert a UUID to the spelling in which it is stored: lower case, with hyphens.

    Args:
        text: A UUID in any of its usual spellings.

    Returns:
        The canonical spelling, or None if the UUID is malformed.
    """
    if _CANONICAL_UUID.fullmatch(text) is not None:
        return text
    found = parse_uuid(text)
    return None if found is None else str(found)


def seed_id(kind: str, key: str) -> UUID:
    """Derive the id of a seed that the configuration gives no id.

    Args:
        kind: Table of the configuration, such as `user`.
        key: Key of the seed in that table.

    Returns:
        The id, a UUID of version 5.
    """
    return uuid5(SEED_NAMESPACE, f"{kind}:{key}")
