"""Converts responses with an error status to exceptions."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from eternaltwin.error_responses import ErrorDetails
from eternaltwin.exceptions import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    RateLimitedError,
    RequestError,
    ServerError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.exceptions import EternalTwinError
    from eternaltwin.responses import Response

_BY_STATUS: dict[int, type[RequestError]] = {
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    405: UnsupportedByServerError,
    409: ConflictError,
    410: GoneError,
    429: RateLimitedError,
    501: UnsupportedByServerError,
}

_ADVICE: dict[type[RequestError], str] = {
    AuthenticationError: "the credentials or the token are not valid, or no longer valid",
    RateLimitedError: "too many requests; wait before the next one",
    ServerError: "the server failed; try again later",
    UnsupportedByServerError: "this version of the server does not support it",
}


def status_error(response: Response, secrets: Iterable[str] = ()) -> EternalTwinError | None:
    """Return the exception for a response with an error status.

    Args:
        response: Any response.
        secrets: Strings to leave out of the message if the server repeats them.

    Returns:
        The exception, or None if the call succeeded (status 2xx).
    """
    status = response.status_code
    if 200 <= status < 300:
        return None
    if not 400 <= status < 600:
        return UnexpectedResponseError(f"{response.url} responded with the unexpected status {status}", response)
    return _request_error(response, secrets)


def _request_error(response: Response, secrets: Iterable[str]) -> RequestError:
    status = response.status_code
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else RequestError)
    details = ErrorDetails.of(response, partial(_hide, secrets=_encodings(secrets)))
    return kind(response, _message(response, details, _ADVICE.get(kind)), details)


def _message(response: Response, details: ErrorDetails, advice: str | None) -> str:
    status = response.status_code
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    fact = f"{response.url} responded with {status} {phrase}".rstrip()
    return "; ".join(part for part in (f"{fact}: {details}" if f"{details}" else fact, advice) if part)


def _encodings(secrets: Iterable[str]) -> list[str]:
    """Return the secrets as they are, and encoded as in forms and URLs."""
    return [text for secret in secrets for text in (secret, quote(secret, safe=""), quote_plus(secret))]


def _hide(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[hidden]")
    return text
