"""The destinations that a player may be sent to after a sign-in: paths of the same site, and of trusted front ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Collection

#: Maximum length of a destination, in characters, percent-encoded.
MAX_NEXT_LENGTH = 1024

#: Maximum number of times that a destination may be percent-encoded.
MAX_ENCODINGS = 4

# C0 and C1 controls, and the two separators of Unicode that end a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def safe_next(destination: object, trusted_origins: Collection[str] = ()) -> str | None:
    """Return a destination if it stays on the site, or leads to a trusted front end.

    A safe destination starts with one `/`. Neither as it is nor percent-decoded, any number of times, does it contain a
    control character, nor does its path contain a backslash or `//`. Browsers read a backslash as a slash, and proxies
    may decode `/%2fevil.example`; both would then lead to another host.

    Args:
        destination: What the browser sent: a value of any type, never trusted.
        trusted_origins: Origins of other sites, such as `https://play.example`, below which a destination may be. It
            then starts with the origin, character for character, and continues with a safe path.

    Returns:
        The destination, percent-encoded, at most 1,024 characters and the origin. None if it is not safe.

    Example:
        >>> safe_next("/arena?round=2")
        '/arena?round=2'
        >>> safe_next("//evil.example") is None
        True
        >>> safe_next("https://play.example/arena", ["https://play.example"])
        'https://play.example/arena'
    """
    if isinstance(destination, str):
        for origin in trusted_origins:
            if destination == origin or destination.startswith(f"{origin}/"):
                path = _safe_path(destination[len(origin) :] or "/")
                return None if path is None else f"{origin}{path}"
    return _safe_path(destination)


def _safe_path(destination: object) -> str | None:
    if not isinstance(destination, str) or not 0 < len(destination) <= MAX_NEXT_LENGTH:
        return None
    if "\\" in destination or _CONTROL.search(destination):
        return None
    try:
        encoded = quote(destination, safe=_ASCII)
        is_safe = encoded.startswith("/") and len(encoded) <= MAX_NEXT_LENGTH and _is_safe_decoded(encoded)
    except UnicodeError:  # lone surrogates, or percent-encoded bytes that are not UTF-8
        return None
    return encoded if is_safe else None


def _is_safe_decoded(encoded: str) -> bool:
    """Return whether a destination is safe in every stage of percent-decoding."""
    text, path = encoded, re.split(r"[?#]", encoded, maxsplit=1)[0]
    for _ in range(MAX_ENCODINGS + 1):
        if "//" in path or "\\" in path or _CONTROL.search(text):
            return False
        decoded = unquote(text, errors="strict")
        if decoded == text:
            return True
        text, path = decoded, unquote(path, errors="strict")
    return False
