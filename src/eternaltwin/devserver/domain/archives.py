"""Numbers of archived accounts, as the official server parses them."""

from __future__ import annotations


def account_number(text: str, ids: range) -> int | None:
    """Parse the number of an account.

    Args:
        text: At most 100 decimal digits. Leading zeros are allowed.
        ids: Possible numbers of accounts.

    Returns:
        The number, or None if it is malformed or not a possible number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 100):
        return None
    number = int(text)
    return number if number in ids else None
