"""Checks of the numbers of archived accounts."""

from __future__ import annotations

import re

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.rules.archives import ACCOUNT_NUMBER_PATTERN

_DECIMAL = re.compile(ACCOUNT_NUMBER_PATTERN)


def check_archive_id(name: str, value: object, ids: range) -> str:
    """Return the id of something archived, which is a decimal number.

    Args:
        name: Name of the argument.
        value: Its value, an integer or a string of digits.
        ids: Possible numbers.

    Returns:
        The number as a string, without leading zeros.

    Raises:
        InvalidArgumentError: It is not one of the possible numbers.
    """
    number = int(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value
    if isinstance(number, int) and not isinstance(number, bool) and number in ids:
        return str(number)
    raise InvalidArgumentError(f"{name} must be an integer from {ids[0]} to {ids[-1]}")
