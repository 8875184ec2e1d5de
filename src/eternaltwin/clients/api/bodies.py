"""Bodies of requests: JSON and forms."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import msgspec

from eternaltwin.clients.validation.requests import check_fields
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.hidden import hide

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Minimum length of a string that is hidden in messages without being known as a secret.
_MIN_HIDDEN_LENGTH = 4


class RequestBody(msgspec.Struct, frozen=True):
    """The body of a request.

    Attributes:
        content_type: Value of the header field `Content-Type`.
        content: The body as sent.
        secrets: Strings in the body that must never be shown.
    """

    content_type: str
    content: bytes
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<RequestBody {self.content_type}, {len(self.content)} bytes>"


def json_body(value: object, *secrets: str) -> RequestBody:
    """Encode a value as JSON.

    Args:
        value: A struct, or anything that consists of dict, list, str, numbers, True, False and None.
        *secrets: Strings in the body that must never be shown.

    Returns:
        The body.

    Raises:
        InvalidArgumentError: The value is not representable in JSON.
    """
    with suppress(TypeError, ValueError, msgspec.MsgspecError, RecursionError):
        return RequestBody("application/json", hide(msgspec.json.encode(value, enc_hook=_plain)), _hidden(secrets))
    raise InvalidArgumentError("json must consist of what JSON has: dict, list, str, numbers, True, False and None")


def _plain(value: object) -> object:
    """Convert an instance of a subclass, which msgspec does not encode, such as a safe string of a template."""
    if isinstance(value, str):
        return "".join(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError


def form_body(fields: Mapping[str, str], *secrets: str) -> RequestBody:
    """Encode fields as a form.

    Args:
        fields: Names and values.
        *secrets: Strings in the body that must never be shown.

    Returns:
        The body.

    Raises:
        InvalidArgumentError: A name or a value is not encodable.
    """
    content = hide(urlencode(check_fields("form", fields)).encode("ascii"))
    return RequestBody("application/x-www-form-urlencoded", content, _hidden(secrets))


def strings_in(value: object) -> list[str]:
    """Return the strings that what a caller sends consists of, to hide them where the server repeats them.

    Args:
        value: Mappings, lists, and what they contain.

    Returns:
        The values of at least 4 characters. A message without shorter ones would not be readable.
    """
    found: list[str] = []
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, Mapping):
            rest += cast("Mapping[str, object]", item).values()
        elif isinstance(item, list | tuple):
            rest += cast("Iterable[object]", item)
        elif isinstance(item, str) and len(item) >= _MIN_HIDDEN_LENGTH:
            found.append(item)
    return found


def _hidden(secrets: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(hide, secrets))
