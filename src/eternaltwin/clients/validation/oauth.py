"""Checks of what a sign-in consists of: codes and scopes (RFC 6749)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

from eternaltwin.exceptions import InvalidArgumentError

#: The longest authorization code that is sent, in characters; those of 0.16.4 have about 450.
MAX_CODE_LENGTH = 4096

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def check_code(code: object) -> str:
    """Return an authorization code.

    Args:
        code: The callback's `code` parameter.

    Returns:
        The code.

    Raises:
        InvalidArgumentError: It is not a string, or not a valid code (RFC 6749, appendix A.11).
    """
    if isinstance(code, str) and 0 < len(code) <= MAX_CODE_LENGTH and code.isascii() and code.isprintable():
        return code
    raise InvalidArgumentError("authorization_code must be the callback's `code` parameter, a string")


def check_scopes(scope: object) -> str:
    """Return one or several scopes as one string (RFC 6749, section 3.3).

    Args:
        scope: Scopes, separated by spaces in a string, or an iterable of strings.

    Returns:
        The scopes, separated by spaces.

    Raises:
        InvalidArgumentError: One of them is not a valid scope, or there is none.
    """
    scopes = scope.split() if isinstance(scope, str) else _listed(scope)
    names = [name for name in scopes if isinstance(name, str) and _SCOPE.fullmatch(name)]
    if not names or len(names) < len(scopes):
        raise InvalidArgumentError("scope must be one or several names of scopes, such as 'base'")
    return " ".join(names)


def _listed(items: object) -> list[object]:
    return list(cast("Iterable[object]", items)) if isinstance(items, Iterable) else []
