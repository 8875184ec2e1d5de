"""Checks of what a request consists of: paths and fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from eternaltwin.clients.validation.values import check_string
from eternaltwin.exceptions import InvalidArgumentError

Fields = tuple[tuple[str, str], ...]

_UNSAFE_IN_PATH = set(' \\?#"<>')


def check_endpoint(endpoint: object) -> str:
    """Return a path below the server's address.

    Args:
        endpoint: A path, such as `/api/v1` or `api/v1`.

    Returns:
        The path with a first `/`.

    Raises:
        InvalidArgumentError: It is not a path, for example the address of another server.
    """
    path = endpoint if isinstance(endpoint, str) else ""
    parts = path.removeprefix("/").split("/")
    is_plain = bool(path) and path.isascii() and path.isprintable() and not _UNSAFE_IN_PATH & set(path)
    if not is_plain or not parts[0] or ":" in parts[0] or ".." in parts or "." in parts:
        raise InvalidArgumentError(
            "endpoint must be a path on the Eternaltwin server, such as '/api/v1/users' (a query goes into `query`)"
        )
    return "/" + "/".join(parts)


def check_fields(name: str, fields: Mapping[str, str]) -> Fields:
    """Return the fields of a query or a form as pairs.

    Args:
        name: Name of the argument.
        fields: Names and values; what is not a string is converted.

    Returns:
        The pairs, in the order of the mapping.

    Raises:
        InvalidArgumentError: It is not a mapping, or a name or a value is not encodable as UTF-8.
    """
    if not isinstance(cast("object", fields), Mapping):
        raise InvalidArgumentError(f"{name} must be a mapping of names to values, such as a dict")
    return tuple((_field(name, key), _field(name, value)) for key, value in fields.items())


def _field(name: str, part: object) -> str:
    try:
        text = str(part)
    except ValueError:  # an integer of more than 4300 digits
        text = None
    return check_string(name, text)
