"""Where a player may be sent after signing in: to a path of the same site, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

#: The longest destination, in characters of its percent-encoded form.
MAX_NEXT_LENGTH = 1024

#: How often a destination may be percent-encoded over.
MAX_ENCODINGS = 4

# C0 and C1 controls, and the two separators of Unicode that count as the end of a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))


def safe_next(destination: object) -> str | None:
    """A destination that stays on the site, percent-encoded; None for every other.

    It starts with one `/`. Neither as it is nor percent-decoded, however often, does it hold a
    control character, nor its path a backslash or `//`: browsers take a backslash for a slash,
    and proxies may decode `/%2fevil.example`; both then stand for another host.

    Args:
        destination: what a browser sent, usually a text; of any kind, and never trusted.
    """
    if not isinstance(destination, str) or not 0 < len(destination) <= MAX_NEXT_LENGTH:
        return None
    if "\\" in destination or _CONTROL.search(destination):
        return None
    try:
        encoded = quote(destination, safe=_ASCII)
        is_safe = encoded.startswith("/") and len(encoded) <= MAX_NEXT_LENGTH and _is_harmless(encoded)
    except UnicodeError:  # lone surrogates, or percent-encoded bytes that are no UTF-8
        return None
    return encoded if is_safe else None


def _is_harmless(encoded: str) -> bool:
    """Whether a destination stays harmless when it is percent-decoded, until nothing changes any more."""
    text, path = encoded, re.split(r"[?#]", encoded, maxsplit=1)[0]
    for _ in range(MAX_ENCODINGS + 1):
        if "//" in path or "\\" in path or _CONTROL.search(text):
            return False
        decoded = unquote(text, errors="strict")
        if decoded == text:
            return True
        text, path = decoded, unquote(path, errors="strict")
    return False
