"""Checks of archived accounts: the servers of older games, and ids there.

Source of the rules: `eternaltwin_core` 0.16.4.
"""

from __future__ import annotations

import re

from eternaltwin.exceptions import InvalidArgumentError

DINOPARC_SERVERS = ("dinoparc.com", "en.dinoparc.com", "sp.dinoparc.com")
HAMMERFEST_SERVERS = ("hammerfest.fr", "hfest.net", "hammerfest.es")
TWINOID = "twinoid.com"

#: The sites whose archived accounts a user can link.
LINK_SITES = (*DINOPARC_SERVERS, *HAMMERFEST_SERVERS, TWINOID)

#: The largest id of something archived.
MAX_ARCHIVE_ID = 999_999_999

_DECIMAL = re.compile(r"[0-9]{1,9}", re.ASCII)


def check_archive_id(name: str, value: object, minimum: int = 1) -> str:
    """Return the id of something archived, which is a decimal number.

    Args:
        name: Name of the argument.
        value: Its value, an integer or a string of digits.
        minimum: The smallest valid value.

    Returns:
        The number as a string, without leading zeros.

    Raises:
        InvalidArgumentError: It is not a number from the minimum to 999999999.
    """
    number = int(value) if isinstance(value, str) and _DECIMAL.fullmatch(value) else value
    if isinstance(number, int) and not isinstance(number, bool) and minimum <= number <= MAX_ARCHIVE_ID:
        return str(number)
    raise InvalidArgumentError(f"{name} must be an integer from {minimum} to {MAX_ARCHIVE_ID}")
