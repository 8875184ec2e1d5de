"""Errors for seeds of the configuration that contradict each other, or what the database contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable


def seed_error(key: str, problem: str) -> ConfigurationError:
    """Build the error for a seed.

    Args:
        key: Key in the configuration, such as `seed.user.bob`.
        problem: What is wrong, and what to do.

    Returns:
        The error, for the caller to raise.
    """
    return ConfigurationError(f"{key}: {problem}", setting=key)


def check_distinct(entries: Iterable[tuple[str, str]]) -> None:
    """Check that no two seeds are the same thing.

    Args:
        entries: Keys in the configuration, and what each of them is, in the plural: `users with the username 'bob'`.

    Raises:
        ConfigurationError: Two seeds are the same. The message contains both keys.
    """
    keys: dict[str, str] = {}
    for key, things in entries:
        other = keys.setdefault(things, key)
        if other != key:
            raise seed_error(key, f"there are two {things}, here and in {other}; change or remove one of them")
