"""Converts responses with an error status to exceptions."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from eternaltwin.error_responses import CHECK_URL, ErrorDetails, has_error, is_html
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
        return UnexpectedResponseError(
            f"{response.url} responded with the unexpected status {status}: {CHECK_URL}", response
        )
    other = _other_server(response)
    if other is not None:
        return UnexpectedResponseError(f"{_fact(response)}, {other}: {CHECK_URL}", response)
    return _request_error(response, secrets)


def _other_server(response: Response) -> str | None:
    """Return what shows that a refusal is none of Eternaltwin's API; None if it may be one."""
    status = response.status_code
    if status < 500 and status != HTTPStatus.TOO_MANY_REQUESTS and is_html(response):
        return "with a page of HTML, which Eternaltwin's API does not send"
    if status == HTTPStatus.NOT_FOUND and not has_error(response):
        return "without an error of Eternaltwin: the server does not have this path"
    return None


def _request_error(response: Response, secrets: Iterable[str]) -> RequestError:
    status = response.status_code
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else RequestError)
    details = ErrorDetails.of(response, partial(_hide, secrets=_encodings(secrets)))
    return kind(response, _message(response, details, _ADVICE.get(kind)), details)


def _message(response: Response, details: ErrorDetails, advice: str | None) -> str:
    fact = _fact(response)
    return "; ".join(part for part in (f"{fact}: {details}" if f"{details}" else fact, advice) if part)


def _fact(response: Response) -> str:
    status = response.status_code
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    return f"{response.url} responded with {status} {phrase}".rstrip()


def _encodings(secrets: Iterable[str]) -> list[str]:
    """Return the secrets as they are, and encoded as in forms and URLs."""
    return [text for secret in secrets for text in (secret, quote(secret, safe=""), quote_plus(secret))]


def _hide(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[hidden]")
    return text
