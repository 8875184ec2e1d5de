"""The kinds of failed sign-ins: the word for each in the path of its page, the status of the page, and the log.

The URL of the callback contains a code and a state, so the callback always redirects, and shows no page itself.
The path of the page contains the kind of the failure as one of a few fixed words, so that a link cannot put
arbitrary text on the page.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from eternaltwin import exceptions

if TYPE_CHECKING:
    from eternaltwin.exceptions import LoginError


@dataclass(frozen=True)
class LoginFailure:
    """A kind of failed sign-in.

    Attributes:
        error: Class of the exceptions of this kind. It includes subclasses that are not a kind themselves.
        status: Status of the page that explains the failure.
    """

    error: type[LoginError]
    status: HTTPStatus

    @property
    def message(self) -> str:
        """The message for the player, in English."""
        return self.error.user_message


#: Every kind of failure, by its word in the path of the page.
FAILURES = {
    "expired": LoginFailure(exceptions.LoginExpiredError, HTTPStatus.BAD_REQUEST),
    "other-browser": LoginFailure(exceptions.OtherBrowserError, HTTPStatus.BAD_REQUEST),
    "replayed": LoginFailure(exceptions.LoginReplayedError, HTTPStatus.BAD_REQUEST),
    "state": LoginFailure(exceptions.LoginStateError, HTTPStatus.BAD_REQUEST),
    "issuer": LoginFailure(exceptions.IssuerMismatchError, HTTPStatus.BAD_REQUEST),
    "incomplete": LoginFailure(exceptions.LoginCallbackError, HTTPStatus.BAD_REQUEST),
    "cancelled": LoginFailure(exceptions.LoginRefusedError, HTTPStatus.FORBIDDEN),
    "account": LoginFailure(exceptions.AccountRefusedError, HTTPStatus.FORBIDDEN),
    "taken": LoginFailure(exceptions.AccountTakenError, HTTPStatus.CONFLICT),
    "other-player": LoginFailure(exceptions.OtherPlayerError, HTTPStatus.CONFLICT),
    "unconfirmed": LoginFailure(exceptions.CodeRefusedError, HTTPStatus.FORBIDDEN),
    "eternaltwin": LoginFailure(exceptions.AuthorizationError, HTTPStatus.BAD_GATEWAY),
    "unreachable": LoginFailure(exceptions.LoginInterruptedError, HTTPStatus.SERVICE_UNAVAILABLE),
    "unavailable": LoginFailure(exceptions.LoginStoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    "setup": LoginFailure(exceptions.LoginMisconfiguredError, HTTPStatus.INTERNAL_SERVER_ERROR),
    "unknown": LoginFailure(exceptions.LoginError, HTTPStatus.BAD_REQUEST),
}

_WORDS = {failure.error: word for word, failure in FAILURES.items()}


def failure_word(exc: LoginError) -> str:
    """Return the word for the kind of an exception.

    Args:
        exc: The error of the sign-in.

    Returns:
        The key in `FAILURES` of its class, or of the nearest base class.
    """
    return next(_WORDS[kind] for kind in type(exc).__mro__ if kind in _WORDS)


def log_failure(logger: logging.Logger, exc: LoginError) -> None:
    """Log a failed sign-in.

    Failures that the developers of the game have to repair (`LoginMisconfiguredError` and `LoginStoreError`) have
    the level ERROR, all others INFO.

    Args:
        logger: Logger of the integration.
        exc: The error of the sign-in.
    """
    needs_repair = isinstance(exc, exceptions.LoginMisconfiguredError | exceptions.LoginStoreError)
    level = logging.ERROR if needs_repair else logging.INFO
    logger.log(level, "nobody was signed in: %s: %s", type(exc).__name__, exc)
