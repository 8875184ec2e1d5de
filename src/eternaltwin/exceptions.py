"""Every error that this library raises.

    EternalTwinError
    ├── ConfigurationError (ValueError)        a setting is missing, unknown or wrong
    ├── InvalidArgumentError (ValueError)      an argument is not valid; nothing was sent
    ├── UnknownConnectionError (KeyError)      no connection has this alias
    ├── MissingExtraError (ImportError)        an optional dependency is not installed
    ├── ProfileStoreError                      the store of a cache of profiles does not work
    ├── InvalidTokenError                      a JWT is malformed, forged, or signed with another key
    ├── InvalidStateError                      the state of a sign-in cannot be trusted
    │   └── ExpiredStateError                  the state is valid, but too old
    ├── TransportError                         no response arrived
    │   ├── ConnectError                       the server could not be reached
    │   ├── RequestTimeoutError (TimeoutError) no response arrived in time
    │   ├── TLSError                           the server's certificate or TLS cannot be trusted
    │   └── BrokenConnectionError              the connection broke, or the response is not HTTP
    ├── UnexpectedResponseError                the response is not what Eternaltwin's API sends
    │   └── ResponseTooLargeError              the response is larger than the client accepts
    ├── RequestError                           the server responded with an error status
    │   ├── AuthenticationError                401, or credentials that are not valid
    │   ├── ForbiddenError                     403
    │   ├── NotFoundError                      404
    │   ├── GoneError                          410
    │   ├── ConflictError                      409
    │   ├── RateLimitedError                   429, with `retry_after`
    │   ├── UnsupportedByServerError           405 or 501: this server's version cannot do it
    │   └── ServerError                        other 5xx
    └── LoginError                             a player is not signed in; `user_message` explains it to them
        ├── LoginCallbackError                 the callback's parameters are not an authorization response
        │   ├── MissingParameterError          a parameter is missing
        │   ├── DoubledParameterError          a parameter occurs twice
        │   └── IssuerMismatchError            the response came from another server
        ├── LoginStateError (InvalidStateError)    the state cannot be trusted
        │   ├── LoginExpiredError              the player came back too late
        │   ├── OtherBrowserError              this browser has not started this sign-in
        │   └── LoginReplayedError             this sign-in was finished before
        ├── AuthorizationError                 Eternaltwin redirected with an error: `code` and `description`
        │   └── LoginRefusedError              the player declined to sign in
        ├── CodeRefusedError                   the server does not accept the authorization code
        │   └── TermsNotAcceptedError          the player must accept the terms of service first: `tos_url`
        ├── LoginInterruptedError              the server could not be reached to finish the sign-in
        ├── LoginMisconfiguredError            the server does not know this game, or its secret
        ├── AccountRefusedError                the game does not accept this account
        ├── AccountTakenError                  the account belongs to another player of the game already
        ├── OtherPlayerError                   another player is signed in than the one who wanted to connect
        ├── AlreadyConnectedError              the player has an account of Eternaltwin already
        ├── OnlyAccountError                   the player has no other way to sign in, so the account stays
        ├── GameCodeError                      the game's own code failed
        └── LoginStoreError                    the store of used sign-ins does not work

No message, `repr` or chained exception holds a secret, a state, a code or a URL's query.

Every call over a connection can raise an `UnknownConnectionError`, an `InvalidArgumentError` for its `using` and
`identity`, a `TransportError`, an `UnexpectedResponseError`, and a `RequestError` such as `AuthenticationError`,
`RateLimitedError` or `ServerError`. The documentation of a call lists what is special to it.

Example:
    >>> try:
    ...     user = User.get(user_id)
    ... except NotFoundError:
    ...     user = None
    ... except (TransportError, ServerError):
    ...     print("Eternaltwin cannot be reached at the moment.")
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from eternaltwin.error_responses import ErrorDetails
from eternaltwin.hidden import hide
from eternaltwin.languages import translate

if TYPE_CHECKING:
    from eternaltwin.cookies import Cookie
    from eternaltwin.error_responses import ResponseLike

__all__ = [
    "AccountRefusedError",
    "AccountTakenError",
    "AlreadyConnectedError",
    "AuthenticationError",
    "AuthorizationError",
    "BrokenConnectionError",
    "CodeRefusedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "DoubledParameterError",
    "EternalTwinError",
    "ExpiredStateError",
    "ForbiddenError",
    "GameCodeError",
    "GoneError",
    "InvalidArgumentError",
    "InvalidStateError",
    "InvalidTokenError",
    "IssuerMismatchError",
    "LoginCallbackError",
    "LoginError",
    "LoginExpiredError",
    "LoginInterruptedError",
    "LoginMisconfiguredError",
    "LoginRefusedError",
    "LoginReplayedError",
    "LoginStateError",
    "LoginStoreError",
    "MissingExtraError",
    "MissingParameterError",
    "NotFoundError",
    "OnlyAccountError",
    "OtherBrowserError",
    "OtherPlayerError",
    "ProfileStoreError",
    "RateLimitedError",
    "RequestError",
    "RequestTimeoutError",
    "ResponseTooLargeError",
    "ServerError",
    "TLSError",
    "TermsNotAcceptedError",
    "TransportError",
    "UnexpectedResponseError",
    "UnknownConnectionError",
    "UnsupportedByServerError",
]


class EternalTwinError(Exception):
    """The base class of every error of this library.

    Attributes:
        request_id: Identifies the call in the lines of the loggers `eternaltwin.requests` and `eternaltwin.retries`.
            None if no request was sent.
    """

    request_id: str | None = None

    @property
    def message(self) -> str:
        """The message, as `str` returns it."""
        return str(self)


class ConfigurationError(EternalTwinError, ValueError):
    """A setting is missing, unknown or wrong.

    Args:
        problem: What is wrong, without the alias.
        setting: Name of the wrong setting. None if no single setting is wrong.
        alias: Alias of the connection. None if the setting does not belong to one.

    Attributes:
        problem: What is wrong, without the alias.
        setting: Name of the wrong setting. None if no single setting is wrong.
        alias: Alias of the connection. None if the setting does not belong to one.
    """

    def __init__(self, problem: str, *, setting: str | None = None, alias: str | None = None) -> None:
        place = f"connection {alias!r}: " if alias is not None else ""
        super().__init__(f"{place}{problem}")
        self.problem = problem
        self.setting = setting
        self.alias = alias

    def of(self, alias: str) -> ConfigurationError:
        """Return the same error with the name of its connection.

        Args:
            alias: Alias of the connection.

        Returns:
            A new error; this one is unchanged.
        """
        return type(self)(self.problem, setting=self.setting, alias=alias)

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), setting=self.setting, alias=self.alias), (self.problem,)


class InvalidArgumentError(EternalTwinError, ValueError):
    """An argument is not valid, for example a user id that is not a UUID. Nothing was sent."""


class UnknownConnectionError(EternalTwinError, KeyError):
    """No connection has this alias. The message lists the aliases that exist."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0])


class MissingExtraError(EternalTwinError, ImportError):
    """An optional dependency is not installed. The message contains the pip command."""


class ProfileStoreError(EternalTwinError):
    """The store of a cache of profiles cannot be used. Calls that read profiles go to the server instead."""


class InvalidTokenError(EternalTwinError):
    """A JWT is malformed, forged, or signed with another key or algorithm."""


class InvalidStateError(EternalTwinError):
    """The state of a sign-in cannot be trusted. Refuse the sign-in and let the player start again.

    Args:
        message: What is wrong.
        state: The state as it arrived.

    Attributes:
        state: The state as it arrived, for diagnosis. No message contains it.
    """

    def __init__(self, message: str, state: object = None) -> None:
        super().__init__(message)
        self.state = hide(state)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.state)


class ExpiredStateError(InvalidStateError):
    """The state of a sign-in is valid, but too old. Let the player start again."""


class TransportError(EternalTwinError):
    """No response arrived. Except for a `ConnectError`, the server may have processed the request."""


class ConnectError(TransportError):
    """The server could not be reached. Nothing was sent."""


class RequestTimeoutError(TransportError, TimeoutError):
    """No response arrived within the connection's `timeout`.

    If the message reports that the server was not asked, nothing was sent, since all connections were in use.
    """


class TLSError(TransportError):
    """The server's certificate or its TLS cannot be trusted."""


class BrokenConnectionError(TransportError):
    """The connection broke in the middle of a response, or the response is not HTTP."""


class UnexpectedResponseError(EternalTwinError):
    """The response is not what Eternaltwin's API sends: not JSON, another shape, or a redirect.

    Args:
        message: What is wrong.
        response: The response. None if it was not read.

    Attributes:
        response: The response. None if it was not read.
        request_id: As of every error: the id of the call.
    """

    def __init__(self, message: str, response: ResponseLike | None = None) -> None:
        super().__init__(message)
        self.response = response
        self.request_id = None if response is None else response.request_id

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.response), vars(self)


class ResponseTooLargeError(UnexpectedResponseError):
    """The response is larger than the client accepts (`max_response_size`)."""


class RequestError(EternalTwinError):
    """The server responded with an error status.

    Args:
        response: The response.
        message: Message of the exception. None builds one from the response.
        details: What the body contains. None reads it from the response.

    Attributes:
        response: The response, with `status_code`, `headers`, `content` and `json()`.
        code: The server's own code, such as `Q1009`; None without one.
        server_message: The server's own message, at most 200 characters; None without one. Do not trust it.
        details: `code` and `server_message` together.
        request_id: As of every error: the id of the call.
    """

    def __init__(self, response: ResponseLike, message: str | None = None, details: ErrorDetails | None = None) -> None:
        found = ErrorDetails.of(response) if details is None else details
        self.response = response
        self.details = found
        self.code = found.code
        self.server_message = found.message
        status = f"{response.url} responded with {response.status_code}"
        summary = f"{status}: {found}" if f"{found}" else status
        super().__init__(summary if message is None else message)
        self.request_id = response.request_id

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.response, str(self), self.details), vars(self)


class AuthenticationError(RequestError):
    """401, or a token, session or password that is not valid (any more). Let the player sign in again.

    Official servers treat a caller with such credentials as a guest. If they refuse a call with 403, the library
    reads who the caller is, and raises this error for a guest.
    """


class ForbiddenError(RequestError):
    """403: the caller is not permitted to do this. A guest is refused with 403, too."""


class NotFoundError(RequestError):
    """404: the server has no such user, section, thread, post or archived account."""


class GoneError(RequestError):
    """410: the user existed, and is deleted."""


class ConflictError(RequestError):
    """409: the change contradicts another, such as an edit of the same post. Read it again, then decide."""


class RateLimitedError(RequestError):
    """429: too many requests.

    Args:
        response: The response.
        message: Message of the exception. None builds one from the response.
        details: What the body contains. None reads it from the response.

    Attributes:
        retry_after: Seconds to wait, from the header `Retry-After`. None without a valid one.
    """

    def __init__(self, response: ResponseLike, message: str | None = None, details: ErrorDetails | None = None) -> None:
        super().__init__(response, message, details)
        self.retry_after: float | None = response.retry_after


class UnsupportedByServerError(RequestError):
    """405, 501, or a server whose version is known to lack a feature. The message names the version.

    `response` is the refusal; where nothing was sent because the version was known, it is the response that
    contained the version.
    """


class ServerError(RequestError):
    """5xx: the server failed. Trying again later may help."""


class LoginError(EternalTwinError):
    """A player is not signed in.

    Attributes:
        user_message: A short sentence to show to the player, in English. It contains nothing that came from outside.
        cookies: Cookies to set in the response to the player. They mark the sign-in as used, and remove old ones.
        next: Where the player wanted to go, if this browser started the sign-in, else None. As `Login.next`.
        process: What the sign-in was for, if this browser started it. As `Login.process`. Offer the same again, since a
            player who wanted to connect an account would be somebody new after a sign-in.
        is_stale: Whether the sign-in is over or not of this browser, so that nothing is lost if the player is signed in
            already: send them to `next` or the front page then, and show no error.
    """

    user_message = "Signing in did not work. Please try again."
    cookies: tuple[Cookie, ...] = ()
    next: str | None = None
    process: Literal["login", "connect"] = "login"
    is_stale: bool = False

    def message_in(self, language: str) -> str:
        """Return the sentence for the player in another language.

        Args:
            language: One of [`LANGUAGES`][eternaltwin.languages.LANGUAGES], such as the result of
                [`choose_language`][eternaltwin.languages.choose_language].

        Returns:
            The translated `user_message`. The same text if the library has no translation, such as for a text of the
            game.
        """
        return translate(self.user_message, language)


class LoginCallbackError(LoginError):
    """The parameters of the callback are not an authorization response of Eternaltwin."""

    user_message = "The response of Eternaltwin is not complete. Please sign in again."


class MissingParameterError(LoginCallbackError):
    """A parameter is missing: `state`, or both `code` and `error`."""


class DoubledParameterError(LoginCallbackError):
    """A parameter occurs more than once (RFC 6749, section 3.1)."""


class IssuerMismatchError(LoginCallbackError):
    """`iss` names another server than the one the player was sent to (RFC 9207, section 2.4)."""

    user_message = "This response came from another server. Please sign in again."


class LoginStateError(LoginError, InvalidStateError):
    """The state is malformed, oversized, forged, or for another server."""

    user_message = "This sign-in is not valid here. Please sign in again."

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.state), vars(self)


class LoginExpiredError(LoginStateError, ExpiredStateError):
    """The player came back too late."""

    is_stale = True
    user_message = "Signing in took too long. Please sign in again."


class OtherBrowserError(LoginStateError):
    """This browser has not started this sign-in, has finished it, or has lost its cookie."""

    is_stale = True
    user_message = "This sign-in was started in another browser, or is finished already. Please sign in again."


class LoginReplayedError(LoginStateError):
    """This sign-in was finished before: the callback was opened twice."""

    is_stale = True
    user_message = "This sign-in is finished already. Please sign in again if you need to."


class AuthorizationError(LoginError):
    """Eternaltwin redirected to the callback with an error (RFC 6749, section 4.1.2.1).

    Args:
        message: What happened.
        code: The error code.
        description: The description of the error.

    Attributes:
        code: Error code, such as `server_error`; only letters, digits, `_`, `-` and `.`.
        description: Description of the error, without markup, at most 200 characters; None without one. It came
            through the browser: do not trust it.
    """

    user_message = "Eternaltwin could not sign you in. Please try again later."

    def __init__(self, message: str, code: str, description: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.description = description

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.code, self.description), vars(self)


class LoginRefusedError(AuthorizationError):
    """The player declined to sign in with this game (`access_denied`)."""

    user_message = "You have not been signed in, as you wished."


class CodeRefusedError(LoginError):
    """The server does not accept the authorization code, or did not send a valid token for it.

    The server's refusal is the `__cause__`.
    """

    user_message = "Eternaltwin did not confirm this sign-in. Please sign in again."


class TermsNotAcceptedError(CodeRefusedError):
    """The player has not accepted Eternaltwin's terms of service (`Q1012` of newer servers than 0.16.4).

    Send the player to `tos_url`, and let them sign in again after that.

    Args:
        message: What happened.
        tos_url: Where players accept the terms. None if it is unknown.

    Attributes:
        tos_url: Where players accept the terms. None if it is unknown.
    """

    user_message = "Please accept the terms of service of Eternaltwin first. Then sign in here again."

    def __init__(self, message: str, tos_url: str | None = None) -> None:
        super().__init__(message)
        self.tos_url = tos_url

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.tos_url), vars(self)


class LoginInterruptedError(LoginError):
    """The server could not be reached to finish the sign-in, or its response cannot be used. Start the sign-in again.

    The error, such as a `TransportError`, is the `__cause__`.
    """

    user_message = "Eternaltwin cannot be reached at the moment. Please sign in again in a while."


class LoginMisconfiguredError(LoginError):
    """The server does not know this game or its secret, or is not an Eternaltwin server.

    The server's refusal is the `__cause__`.
    """

    user_message = "Signing in is not set up correctly here. Please tell the makers of this game."


class AccountRefusedError(LoginError):
    """The game does not accept this account: it is locked, deleted, or of another server."""

    user_message = "This account cannot sign in here. Please ask the makers of this game if that seems wrong."


class AccountTakenError(LoginError):
    """The account of Eternaltwin belongs to another player of the game already, so it cannot be connected."""

    user_message = "This account of Eternaltwin belongs to another player here. Sign in with it to play as that player."


class OtherPlayerError(LoginError):
    """The player who wanted to connect an account is not signed in any more, or another one is. Nothing was sent."""

    user_message = "You are not signed in as the player who wanted to connect an account. Please start again."


class AlreadyConnectedError(LoginError):
    """The player wanted to connect an account of Eternaltwin, and has one already."""

    user_message = "You have connected another account of Eternaltwin already. Disconnect it first."


class OnlyAccountError(LoginError):
    """The player wanted to disconnect the account of Eternaltwin, and could not sign in any more without it."""

    user_message = "You sign in with this account of Eternaltwin only, so it stays connected. Set a password first."


class GameCodeError(LoginError):
    """The game's own code failed while a player signed in: a hook, a receiver, or a user model that needs more.

    Raised by integrations only. The error of the game is the `__cause__`.
    """

    user_message = "This game has failed to sign you in. Please tell the makers of this game."


class LoginStoreError(LoginError):
    """The store of used sign-ins cannot be reached, or is full. Every sign-in is refused."""

    user_message = "Signing in is not possible at the moment. Please try again in a while."
