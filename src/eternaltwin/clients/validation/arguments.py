"""What callers pass, checked before it becomes part of a request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast
from uuid import UUID

from eternaltwin.exceptions import InvalidArgumentError

#: The longest authorization code that is sent, in characters; those of 0.16.4 have about 450.
MAX_CODE_LENGTH = 4096

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_UNSAFE_IN_PATH = set(' \\?#"<>')


def check_uuid(user_id: object) -> str:
    """An id that may be put into a URL, in lower case as the server answers it.

    Raises:
        InvalidArgumentError: it is no UUID.
    """
    text = str(user_id) if isinstance(user_id, UUID) else user_id
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise InvalidArgumentError(
            "user_id must be a UUID, such as '9f310484-963b-446b-af69-797feec6813f' (is this a display name?)"
        )
    return text.lower()


def check_whole(name: str, number: object, least: int) -> int:
    """A number that may be put into a query.

    Raises:
        InvalidArgumentError: it is no whole number, or below `least`.
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < least:
        raise InvalidArgumentError(f"{name} must be a whole number, at least {least}")
    return number


def check_query(query: object) -> str | None:
    """A text to search for, or None.

    Raises:
        InvalidArgumentError: it is no text that can be sent.
    """
    if query is None or (isinstance(query, str) and is_encodable(query)):
        return query
    raise InvalidArgumentError("query must be a text, or None for all users")


def check_text(name: str, text: object) -> str:
    """A text that can be sent.

    Raises:
        InvalidArgumentError: it is none.
    """
    if not isinstance(text, str) or not is_encodable(text):
        raise InvalidArgumentError(f"{name} must be a text, without half a pair of surrogates")
    return text


def is_encodable(text: str) -> bool:
    """Whether a text can be written as UTF-8, which half a pair of surrogates cannot."""
    return text.encode("utf-8", "ignore").decode() == text


def check_code(code: object) -> str:
    """An authorization code, as the callback got it.

    Raises:
        InvalidArgumentError: it is no text, or none that can be a code (RFC 6749, appendix A.11).
    """
    if isinstance(code, str) and 0 < len(code) <= MAX_CODE_LENGTH and code.isascii() and code.isprintable():
        return code
    raise InvalidArgumentError("authorization_code must be the text of the callback's `code` parameter")


def check_scopes(scope: object) -> str:
    """One or several scopes (RFC 6749, section 3.3), as one text.

    Raises:
        InvalidArgumentError: one of them is no scope, or there is none.
    """
    scopes = scope.split() if isinstance(scope, str) else _listed(scope)
    names = [name for name in scopes if isinstance(name, str) and _SCOPE.fullmatch(name)]
    if not names or len(names) < len(scopes):
        raise InvalidArgumentError("scope must be one or several names of scopes, such as 'base'")
    return " ".join(names)


def _listed(items: object) -> list[object]:
    return list(cast("Iterable[object]", items)) if isinstance(items, Iterable) else []


def check_endpoint(endpoint: object) -> str:
    """A path below the server's address, which may be passed as `/api/v1` or `api/v1`.

    Raises:
        InvalidArgumentError: it is something else, such as the address of another server.
    """
    path = endpoint if isinstance(endpoint, str) else ""
    parts = path.removeprefix("/").split("/")
    is_plain = bool(path) and path.isascii() and path.isprintable() and not _UNSAFE_IN_PATH & set(path)
    if not is_plain or not parts[0] or ":" in parts[0] or ".." in parts or "." in parts:
        raise InvalidArgumentError(
            "endpoint must be a path on the Eternaltwin server, such as '/api/v1/users' (a query goes into `query`)"
        )
    return "/" + "/".join(parts)
