"""What the body of an error response contains, fit to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.protocols import ResponseLike

#: The part of a server's own message that is shown, in characters.
SERVER_TEXT_LIMIT = 200


class ErrorDetails(NamedTuple):
    """Code and message of an error response, on one line and cut to 200 characters.

    Attributes:
        code: The server's own code, such as `Q1009`; None without one.
        message: The server's own message; None without one.
    """

    code: str | None
    message: str | None

    @classmethod
    def of(cls, response: ResponseLike, hide: Callable[[str], str] = str) -> ErrorDetails:
        """Read the body of an error response.

        Args:
            response: Any response.
            hide: Removes secrets from a string; called before anything is cut.

        Returns:
            The details, with None for what the body does not contain.
        """
        body = _decode(response)
        code, message = (printable(hide(text or "")) for text in (body.code, body.message or body.error))
        return cls(code or None, message or None)

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def printable(text: str, limit: int = SERVER_TEXT_LIMIT) -> str:
    """Make foreign text fit for one line of a message.

    Args:
        text: Any string.
        limit: Maximum length, in characters.

    Returns:
        The string without control characters, cut where it is too long.
    """
    shown = "".join(char if char.isprintable() else " " for char in text[: limit + 1]).strip()
    return shown if len(text) <= limit else f"{shown[:limit]}…"


class _ErrorBody(msgspec.Struct):
    """An error body in either of its JSON shapes: `{code, message, extra}` or `{error}`."""

    code: str | None = None
    message: str | None = None
    error: str | None = None


def _decode(response: ResponseLike) -> _ErrorBody:
    """Decode an error body in any of its four shapes: two of JSON, plain text, and nothing."""
    try:
        return msgspec.json.decode(response.content, type=_ErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    if response.headers.get("content-type", "").startswith("text/plain"):
        return _ErrorBody(message=response.content.decode("utf-8", "replace"))
    return _ErrorBody()
