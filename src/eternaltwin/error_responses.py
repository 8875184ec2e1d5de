"""Error responses: what exceptions need of a response, and what its body contains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.headers import Headers

__all__ = ["CHECK_URL", "SERVER_TEXT_LIMIT", "ErrorDetails", "ResponseLike", "has_error", "is_html", "printable"]

#: What to do about a response that is not one of Eternaltwin's API.
CHECK_URL = "check that `url` is the address of the Eternaltwin server"

#: Maximum length of a server's own message in an exception, in characters.
SERVER_TEXT_LIMIT = 200


class ResponseLike(Protocol):
    """The [`Response`][eternaltwin.responses.Response] that an exception carries."""

    @property
    def url(self) -> str:
        """Address of the request, without its query."""
        ...

    @property
    def status_code(self) -> int:
        """HTTP status, such as 404."""
        ...

    @property
    def content(self) -> bytes:
        """Body, decompressed."""
        ...

    @property
    def headers(self) -> Headers:
        """Header fields; their names have no case."""
        ...

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, from the header `Retry-After`. None without a valid one."""
        ...

    def json(self) -> Any:
        """Decode the body as JSON.

        Returns:
            Plain Python values: dict, list, str, int, float, bool, None.

        Raises:
            UnexpectedResponseError: The body is not JSON.
        """
        ...


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
            hide: Removes secrets from a string. Called before the string is cut.

        Returns:
            The details, with None for what the body does not contain.
        """
        body = _decode(response)
        code, message = (printable(hide(text or "")) for text in (body.code, body.message or body.error))
        return cls(code or None, message or None)

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def has_error(response: ResponseLike) -> bool:
    """Return whether the body is `{error}`, with which Eternaltwin reports that something does not exist.

    Args:
        response: Any response.

    Returns:
        False for all other bodies, such as the empty one for a path that the server does not have (0.16.4).
    """
    return _decode(response).error is not None


def is_html(response: ResponseLike) -> bool:
    """Return whether the response is a page, such as a proxy or a web server sends. Eternaltwin's API sends none.

    Args:
        response: Any response.

    Returns:
        Whether its type is HTML, or its body begins like it.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    beginning = response.content[:100].lstrip().lower()
    return kind in ("text/html", "application/xhtml+xml") or beginning.startswith((b"<!doctype html", b"<html"))


def printable(text: str, limit: int = SERVER_TEXT_LIMIT) -> str:
    """Make a string of unknown origin fit for one line of a message.

    Args:
        text: Any string.
        limit: Maximum length, in characters.

    Returns:
        The string with a space for each control character, cut to `limit` characters, with `…` if it was longer.
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
