"""Every error that this library raises.

::

    EternalTwinError
    ├── ConfigurationError (ValueError)        a setting is missing, unknown or wrong
    ├── InvalidArgumentError (ValueError)      a call was given something that cannot be sent
    ├── UnknownConnectionError (KeyError)      no connection has this alias
    ├── MissingExtraError (ImportError)        an optional dependency is not installed
    ├── InvalidTokenError                      a signed text is malformed, forged or of another key
    ├── InvalidStateError                      the state of a sign-in is not one to trust
    ├── TransportError                         no answer came
    │   ├── ConnectError                       the server could not be reached
    │   ├── RequestTimeoutError (TimeoutError) the server did not answer in time
    │   ├── TLSError                           its certificate or its TLS is not to be trusted
    │   └── BrokenConnectionError              the connection broke, or spoke no HTTP
    ├── UnexpectedResponseError                the answer is not what Eternaltwin's API sends
    │   └── ResponseTooLargeError              it is larger than the client accepts
    └── RequestError                           the server refused, with a status
        ├── AuthenticationError                401, or a token that is no longer good
        ├── ForbiddenError                     403
        ├── NotFoundError                      404
        ├── GoneError                          410
        ├── ConflictError                      409
        ├── RateLimitedError                   429, with ``retry_after``
        ├── UnsupportedByServerError           405 or 501: this server's version cannot do it
        └── ServerError                        5xx

No message, ``repr`` or chained exception holds a secret, a state, a code or a URL's query.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from eternaltwin.responses import Response

#: How much of a server's own words goes into a message, in characters.
SERVER_TEXT_LIMIT = 200


class EternalTwinError(Exception):
    """The base of every error of this library."""


class ConfigurationError(EternalTwinError, ValueError):
    """A setting is missing, unknown or wrong.

    Attributes:
        setting: the name of the setting, where one is to blame.
        alias: the connection it belongs to, where it has one.
    """

    def __init__(self, problem: str, *, setting: str | None = None, alias: str | None = None) -> None:
        place = f"connection {alias!r}: " if alias is not None else ""
        super().__init__(f"{place}{problem}")
        self.problem = problem
        self.setting = setting
        self.alias = alias

    def of(self, alias: str) -> ConfigurationError:
        """The same error, naming the connection that it belongs to."""
        return type(self)(self.problem, setting=self.setting, alias=alias)

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), setting=self.setting, alias=self.alias), (self.problem,)


class InvalidArgumentError(EternalTwinError, ValueError):
    """A call was given something that cannot be sent, for example a user id that is no UUID."""


class UnknownConnectionError(EternalTwinError, KeyError):
    """No connection has this alias; the message lists the ones there are."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0])


class MissingExtraError(EternalTwinError, ImportError):
    """An optional dependency is not installed; the message holds the pip command."""


class InvalidTokenError(EternalTwinError):
    """A signed text (JWT) is malformed, forged, or signed with another key or algorithm."""


class InvalidStateError(EternalTwinError):
    """The state of a sign-in cannot be trusted: refuse the sign-in and let the player start again.

    Attributes:
        state: the state as it arrived, for whoever has to look into it. It is in no message.
    """

    def __init__(self, message: str, state: object = None) -> None:
        super().__init__(message)
        self.state = state

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.state)


class TransportError(EternalTwinError):
    """No answer came. Whether the server has done what was asked is not known."""


class ConnectError(TransportError):
    """The server could not be reached; nothing was sent."""


class RequestTimeoutError(TransportError, TimeoutError):
    """The server did not answer within the connection's ``timeout``."""


class TLSError(TransportError):
    """The server's certificate, or its TLS, is not to be trusted."""


class BrokenConnectionError(TransportError):
    """The connection broke in the middle of an answer, or what came was no HTTP."""


class UnexpectedResponseError(EternalTwinError):
    """The answer is not what Eternaltwin's API sends: no JSON, another shape, a redirect.

    Attributes:
        response: the answer, where one could be read.
    """

    def __init__(self, message: str, response: Response | None = None) -> None:
        super().__init__(message)
        self.response = response

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.response)


class ResponseTooLargeError(UnexpectedResponseError):
    """The answer is larger than the client accepts (``max_response_size``)."""


class _CodedBody(msgspec.Struct):
    """An error body, in either of its JSON shapes: ``{code, message, extra}`` or ``{error}``."""

    code: str | None = None
    message: str | None = None
    error: str | None = None


def _error_body(response: Response) -> _CodedBody:
    """What the server says of its refusal, whichever of the four shapes its body has."""
    try:
        return msgspec.json.decode(response.content, type=_CodedBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    if response.headers.get("content-type", "").startswith("text/plain"):
        return _CodedBody(message=response.content.decode("utf-8", "replace"))
    return _CodedBody()


def printable(text: str, limit: int = SERVER_TEXT_LIMIT) -> str:
    """Foreign text, made fit for one line of a message: no control characters, not too long."""
    shown = "".join(char if char.isprintable() else " " for char in text[: limit + 1]).strip()
    return shown if len(text) <= limit else f"{shown[:limit]}…"


class RequestError(EternalTwinError):
    """The server refused.

    Attributes:
        response: the answer, with ``status_code`` and ``content``.
        code: the server's own code, such as ``Q1009``, where its answer carries one.
        server_message: the server's own words, where there are any; never trusted, always short.
    """

    def __init__(self, response: Response, message: str | None = None) -> None:
        body = _error_body(response)
        self.response = response
        self.code = printable(body.code) if body.code else None
        self.server_message = printable(body.message or body.error or "") or None
        super().__init__(message if message is not None else self._summary())

    def _summary(self) -> str:
        answer = f"{self.response.url} answered {self.response.status_code}"
        said = " ".join(part for part in (self.code, self.server_message) if part)
        return f"{answer}: {said}" if said else answer

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.response, str(self))


class AuthenticationError(RequestError):
    """401, or a token that is no longer good: let the player sign in again."""


class ForbiddenError(RequestError):
    """403: known, but not allowed to."""


class NotFoundError(RequestError):
    """404: there is no such thing."""


class GoneError(RequestError):
    """410: it was there, and is deleted."""


class ConflictError(RequestError):
    """409: someone else was faster; read again, then decide."""


class RateLimitedError(RequestError):
    """429: too many requests.

    Attributes:
        retry_after: how long the server wants to be left alone, in seconds, if it says so.
    """

    def __init__(self, response: Response, message: str | None = None) -> None:
        super().__init__(response, message)
        self.retry_after: float | None = response.retry_after


class UnsupportedByServerError(RequestError):
    """405 or 501: this version of the server cannot do it."""


class ServerError(RequestError):
    """5xx: the server failed; trying again later may help."""
