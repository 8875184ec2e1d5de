"""What a server's refusal is called: from an answer to the exception that it means."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from eternaltwin.error_details import ErrorDetails
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
    AuthenticationError: "the credentials or the token are not good (any more)",
    RateLimitedError: "too many requests; wait before the next one",
    ServerError: "the server failed; try again later",
    UnsupportedByServerError: "this version of the server does not support it",
}


def refusal(response: Response, secrets: Iterable[str] = ()) -> EternalTwinError | None:
    """The exception that an answer means, or None if the server did what was asked.

    Args:
        response: any answer.
        secrets: texts to leave out of the message, should the server echo them.
    """
    status = response.status_code
    if 200 <= status < 300:
        return None
    if not 400 <= status < 600:
        return UnexpectedResponseError(f"{response.url} answered with the unexpected status {status}", response)
    return _request_error(response, secrets)


def _request_error(response: Response, secrets: Iterable[str]) -> RequestError:
    status = response.status_code
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else RequestError)
    said = ErrorDetails.of(response, partial(_hide, secrets=_spellings(secrets)))
    return kind(response, _message(response, said, _ADVICE.get(kind)), said)


def _message(response: Response, said: ErrorDetails, advice: str | None) -> str:
    status = response.status_code
    phrase = HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else ""
    answer = f"{response.url} answered {status} {phrase}".rstrip()
    return "; ".join(part for part in (f"{answer}: {said}" if f"{said}" else answer, advice) if part)


def _spellings(secrets: Iterable[str]) -> list[str]:
    """Secrets as they are, and as forms and URLs spell them."""
    return [text for secret in secrets for text in (secret, quote(secret, safe=""), quote_plus(secret))]


def _hide(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "[hidden]")
    return text
