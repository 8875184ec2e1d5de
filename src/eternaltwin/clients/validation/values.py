"""Checks of plain values: strings, integers, UUIDs, times, choices."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from eternaltwin.exceptions import InvalidArgumentError

#: The largest integer that is sent; more digits than Python converts to a string are far above it.
MAX_INTEGER = 2**63 - 1

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def check_string(name: str, value: object, needed: str = "a string without lone surrogates") -> str:
    """Return a string that can be sent.

    Args:
        name: Name of the argument.
        value: Its value.
        needed: What the message calls a valid value.

    Returns:
        The string.

    Raises:
        InvalidArgumentError: It is not a string, or not encodable as UTF-8. The message does not show it.
    """
    if not isinstance(value, str) or not is_encodable(value):
        raise InvalidArgumentError(f"{name} must be {needed}")
    return value


def is_encodable(text: str) -> bool:
    """Return whether a string is encodable as UTF-8.

    Args:
        text: Any string.

    Returns:
        False if the string contains a lone surrogate.
    """
    return text.encode("utf-8", "ignore").decode() == text


def check_integer(name: str, value: object, minimum: int) -> int:
    """Return an integer of at least a minimum.

    Args:
        name: Name of the argument.
        value: Its value.
        minimum: The smallest valid value.

    Returns:
        The integer.

    Raises:
        InvalidArgumentError: It is not an integer, below the minimum, or 2^63 or more.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= MAX_INTEGER:
        raise InvalidArgumentError(f"{name} must be an integer, at least {minimum} and less than 2^63")
    return value


def check_uuid(name: str, value: object, needed: str = "a UUID") -> str:
    """Return a UUID as a string that can be put into a URL.

    Args:
        name: Name of the argument.
        value: Its value, a string or a `UUID`.
        needed: What the message calls a valid value.

    Returns:
        The UUID in lower case, as the server spells it.

    Raises:
        InvalidArgumentError: It is not a UUID.
    """
    text = str(value) if isinstance(value, UUID) else value
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise InvalidArgumentError(f"{name} must be {needed}")
    return text.lower()


def check_time(name: str, value: object) -> datetime:
    """Return a time.

    Args:
        name: Name of the argument.
        value: Its value.

    Returns:
        The time.

    Raises:
        InvalidArgumentError: It is not a `datetime`, or has no time zone.
    """
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise InvalidArgumentError(f"{name} must be a datetime with a time zone, as in datetime.now(UTC)")
    return value


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return one of several strings.

    Args:
        name: Name of the argument.
        value: Its value.
        choices: The valid values.

    Returns:
        The value.

    Raises:
        InvalidArgumentError: It is none of the choices.
    """
    if isinstance(value, str) and value in choices:
        return value
    raise InvalidArgumentError(f"{name} must be one of {', '.join(choices)}")
