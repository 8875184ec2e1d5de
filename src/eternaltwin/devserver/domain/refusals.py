"""Why a request was refused, read from the body of the response."""

from __future__ import annotations

from typing import cast

import msgspec

#: Maximum length of a reason, in characters.
MAX_REASON = 500


class _RefusalBody(msgspec.Struct):
    """The bodies of errors with a message: `{error}` and `{code, message, extra}`."""

    error: str | None = None
    code: str | None = None
    message: str | None = None
    extra: object = None


def reason_of(body: bytes) -> str | None:
    """Return the reason that the response to a refused request contains.

    Args:
        body: The body of the response, or its beginning.

    Returns:
        One line of at most 500 characters, such as `Q1004: oauth client not found`. None if there is none.
    """
    try:
        found = msgspec.json.decode(body, type=_RefusalBody)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        text = body.decode("utf-8", "replace")
        reason = "" if text.lstrip().startswith(("<", "{", "[")) else text
    else:
        reason = _reason(found)
    return " ".join(reason.split())[:MAX_REASON] or None


def _reason(found: _RefusalBody) -> str:
    """Return code, message and details, as far as there are any."""
    if found.message is None:
        return found.error or ""
    coded = found.message if found.code is None else f"{found.code}: {found.message}"
    details = _details(found.extra)
    return f"{coded} ({details})" if details else coded


def _details(extra: object) -> str:
    """Return the strings in the details of an error."""
    if isinstance(extra, dict):
        entries = cast("dict[str, object]", extra).items()
        return "; ".join(f"{name}: {value}" for name, value in entries if isinstance(value, str))
    return extra if isinstance(extra, str) else ""
