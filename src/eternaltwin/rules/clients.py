"""The ids of OAuth clients."""

from __future__ import annotations

import re
from typing import NamedTuple

from eternaltwin.rules.accounts import USERNAME_PATTERN

#: End of the key of every game.
CLIENT_KEY_SUFFIX = "@clients"

CLIENT_ID_RULE = (
    "a key such as 'mygame@clients' (2 to 32 lower case letters, digits and _, with no digit first, and @clients), or a"
    " UUID"
)

_CLIENT_KEY = re.compile(f"{USERNAME_PATTERN}{CLIENT_KEY_SUFFIX}")
_SERVICE_KEY = re.compile(f"([a-z0-9]+)(?:_([a-z0-9_]+))?{CLIENT_KEY_SUFFIX}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def is_client_key(text: str) -> bool:
    """Return whether a string is a valid key of a game, such as `kingdom_dev@clients`.

    Args:
        text: The string.

    Returns:
        True if it is a username followed by `@clients`.
    """
    return _CLIENT_KEY.fullmatch(text) is not None


def is_client_id(text: str) -> bool:
    """Return whether a string can name an OAuth client.

    Args:
        text: The string.

    Returns:
        True if it follows `CLIENT_ID_RULE`.
    """
    return is_client_key(text) or _UUID.fullmatch(text) is not None


class GameService(NamedTuple):
    """How OpenTelemetry names a game.

    Attributes:
        name: The resource attribute `service.name`.
        channel: The resource attribute `deployment.environment`.
    """

    name: str
    channel: str


def service_of(client_key: str) -> GameService | None:
    """Return the service that a game may send telemetry of, as the server derives it from the key (0.16.4).

    Args:
        client_key: A key, such as `brute_staging@clients`.

    Returns:
        What precedes the first `_`, and what follows it (`production` if there is nothing). None if the key is not a
        valid one, or begins with `_`.

    Example:
        >>> service_of("brute_staging@clients")
        GameService(name='brute', channel='staging')
    """
    found = _SERVICE_KEY.fullmatch(client_key) if is_client_key(client_key) else None
    return None if found is None else GameService(found[1], found[2] or "production")
