"""Every error that this library raises.

    EternalTwinError
    ├── ConfigurationError (ValueError)        a setting is missing, unknown or wrong
    ├── InvalidArgumentError (ValueError)      a call was given something that cannot be sent
    ├── UnknownConnectionError (KeyError)      no connection has this alias
    ├── MissingExtraError (ImportError)        an optional dependency is not installed
    ├── InvalidTokenError                      a signed text is malformed, forged or of another key
    ├── InvalidStateError                      the state of a sign-in is not one to trust
    │   └── ExpiredStateError                  it was one, but is too old
    ├── TransportError                         no answer came
    │   ├── ConnectError                       the server could not be reached
    │   ├── RequestTimeoutError (TimeoutError) the server did not answer in time
    │   ├── TLSError                           its certificate or its TLS is not to be trusted
    │   └── BrokenConnectionError              the connection broke, or spoke no HTTP
    ├── UnexpectedResponseError                the answer is not what Eternaltwin's API sends
    │   └── ResponseTooLargeError              it is larger than the client accepts
    ├── RequestError                           the server refused, with a status
    │   ├── AuthenticationError                401, or a token that is no longer good
    │   ├── ForbiddenError                     403
    │   ├── NotFoundError                      404
    │   ├── GoneError                          410
    │   ├── ConflictError                      409
    │   ├── RateLimitedError                   429, with `retry_after`
    │   ├── UnsupportedByServerError           405 or 501: this server's version cannot do it
    │   └── ServerError                        5xx
    └── LoginError                             a player is not signed in: `user_message` says why
        ├── LoginCallbackError                 the callback's parameters are not those of an answer
        │   ├── MissingParameterError          one is missing
        │   ├── DoubledParameterError          one is there twice
        │   └── IssuerMismatchError            another server has answered
        ├── LoginStateError (InvalidStateError)    the state is not one to trust
        │   ├── LoginExpiredError              the player came back too late
        │   ├── OtherBrowserError              this browser has not started this sign-in
        │   └── LoginReplayedError             this sign-in has been answered before
        ├── AuthorizationError                 the answer is an error, with `code` and `description`
        │   └── LoginRefusedError              the player does not want to sign in
        ├── CodeRefusedError                   the server does not accept the authorization code
        ├── LoginInterruptedError              the server could not be asked who the player is
        ├── LoginMisconfiguredError            the server does not know this game, or its secret
        ├── AccountRefusedError                the game does not let this account in
        └── LoginStoreError                    where used sign-ins are remembered does not work

No message, `repr` or chained exception holds a secret, a state, a code or a URL's query.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.login.cookies import Cookie
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


class ExpiredStateError(InvalidStateError):
    """The state of a sign-in was one to trust, but is too old: let the player start again."""


class TransportError(EternalTwinError):
    """No answer came. Whether the server has done what was asked is not known."""


class ConnectError(TransportError):
    """The server could not be reached; nothing was sent."""


class RequestTimeoutError(TransportError, TimeoutError):
    """The server did not answer within the connection's `timeout`."""


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
    """The answer is larger than the client accepts (`max_response_size`)."""


class _CodedBody(msgspec.Struct):
    """An error body, in either of its JSON shapes: `{code, message, extra}` or `{error}`."""

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


class RefusalText(NamedTuple):
    """What a server says of its refusal, fit to be shown."""

    code: str | None
    message: str | None

    @classmethod
    def of(cls, response: Response, hide: Callable[[str], str] = str) -> RefusalText:
        """What the body says; `hide` takes secrets out, before anything is cut."""
        body = _error_body(response)
        code, message = (printable(hide(text or "")) for text in (body.code, body.message or body.error))
        return cls(code or None, message or None)

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


class RequestError(EternalTwinError):
    """The server refused.

    Attributes:
        response: the answer, with `status_code` and `content`.
        code: the server's own code, such as `Q1009`, where its answer carries one.
        server_message: the server's own words, where there are any; never trusted, always short.
    """

    def __init__(self, response: Response, message: str | None = None, said: RefusalText | None = None) -> None:
        text = RefusalText.of(response) if said is None else said
        self.response = response
        self.code = text.code
        self.server_message = text.message
        answer = f"{response.url} answered {response.status_code}"
        summary = f"{answer}: {text}" if f"{text}" else answer
        super().__init__(summary if message is None else message)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.response, str(self), RefusalText(self.code, self.server_message))


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

    def __init__(self, response: Response, message: str | None = None, said: RefusalText | None = None) -> None:
        super().__init__(response, message, said)
        self.retry_after: float | None = response.retry_after


class UnsupportedByServerError(RequestError):
    """405, 501, or a version that is known not to be able to: the message names it.

    `response` is the refusal, or, where nothing was asked for in vain, the answer that told the version.
    """


class ServerError(RequestError):
    """5xx: the server failed; trying again later may help."""


class LoginError(EternalTwinError):
    """A player is not signed in.

    Attributes:
        user_message: what to show to the player: short, and without anything that came from outside.
        cookies: what to set in the answer all the same; it clears what the browser need not keep.
    """

    user_message = "Signing in did not work. Please try again."
    cookies: tuple[Cookie, ...] = ()


class LoginCallbackError(LoginError):
    """The parameters of the callback are not those of an answer of Eternaltwin."""

    user_message = "This is not a complete answer of Eternaltwin. Please sign in again."


class MissingParameterError(LoginCallbackError):
    """A parameter is missing: `state`, or both `code` and `error`."""


class DoubledParameterError(LoginCallbackError):
    """A parameter is there more than once (RFC 6749, section 3.1)."""


class IssuerMismatchError(LoginCallbackError):
    """`iss` names another server than the one that was asked (RFC 9207, section 2.4)."""

    user_message = "This answer came from another server. Please sign in again."


class LoginStateError(LoginError, InvalidStateError):
    """The state is malformed, oversized, forged, or for another server."""

    user_message = "This sign-in is not valid here. Please sign in again."

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.state), vars(self)


class LoginExpiredError(LoginStateError, ExpiredStateError):
    """The player came back too late."""

    user_message = "Signing in took too long. Please sign in again."


class OtherBrowserError(LoginStateError):
    """This browser has not started this sign-in, or has finished it, or has forgotten it."""

    user_message = "This sign-in was started in another browser, or is finished already. Please sign in again."


class LoginReplayedError(LoginStateError):
    """This sign-in has been answered before: the callback was opened twice."""

    user_message = "This sign-in is finished already. Please sign in again if you need to."


class AuthorizationError(LoginError):
    """Eternaltwin answered with an error (RFC 6749, section 4.1.2.1).

    Attributes:
        code: for example `server_error`; only letters, digits, `_`, `-` and `.`.
        description: what the answer says of it, without markup, at most 200 characters; None
            if it says nothing. It came through the browser: never trust it.
    """

    user_message = "Eternaltwin could not sign you in. Please try again later."

    def __init__(self, message: str, code: str, description: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.description = description

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.code, self.description), vars(self)


class LoginRefusedError(AuthorizationError):
    """The player does not want to sign in with this game (`access_denied`)."""

    user_message = "You have not been signed in, as you wished."


class CodeRefusedError(LoginError):
    """The server does not accept the authorization code, or gave no good token for it.

    The server's refusal is the `__cause__`.
    """

    user_message = "Eternaltwin did not confirm this sign-in. Please sign in again."


class LoginInterruptedError(LoginError):
    """The server could not be asked who the player is. The sign-in has to be started again.

    What was in the way, such as a `TransportError`, is the `__cause__`.
    """

    user_message = "Eternaltwin cannot be reached at the moment. Please sign in again in a while."


class LoginMisconfiguredError(LoginError):
    """The server does not know this game, or its secret, or is no Eternaltwin server.

    The server's refusal is the `__cause__`.
    """

    user_message = "Signing in is not set up correctly here. Please tell the makers of this game."


class AccountRefusedError(LoginError):
    """The game does not let this account in: it is locked, deleted, or of another server."""

    user_message = "This account cannot sign in here. Please ask the makers of this game if that seems wrong."


class LoginStoreError(LoginError):
    """Where used sign-ins are remembered cannot be reached, or is full: nobody is signed in then."""

    user_message = "Signing in is not possible at the moment. Please try again in a while."
