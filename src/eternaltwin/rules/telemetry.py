"""What Eternaltwin accepts as telemetry of a game (0.16.4)."""

from __future__ import annotations

import re
from typing import NamedTuple

from eternaltwin.rules.clients import CLIENT_KEY_SUFFIX, is_client_key

#: Maximum value of the flags of a link: those of W3C are one byte. OTLP has others above them.
MAX_LINK_FLAGS = 0xFF

#: The fields of `AnyValue` whose values attributes, and lists in them, may consist of.
PRIMITIVE_VALUES = frozenset({"string_value", "bool_value", "int_value", "double_value"})

_SERVICE_KEY = re.compile(f"([a-z0-9]+)(?:_([a-z0-9_]+))?{CLIENT_KEY_SUFFIX}")


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
