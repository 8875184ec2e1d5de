"""The kinds of failed sign-ins: the word that stands for each, its page's status and what is logged.

The callback's URL holds a code and a state, so nothing is shown there: it always redirects. The kind
of the failure travels in the path of the page, as one of a few fixed words, so nobody can put words
of their own on the page.
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
        error: The exception of this kind, or the base class of several.
        status: Status of the page that explains it.
    """

    error: type[LoginError]
    status: HTTPStatus

    @property
    def message(self) -> str:
        """The message for the player, in English."""
        return self.error.user_message


#: Every kind of failure, by the word in the path of its page.
FAILURES = {
    "expired": LoginFailure(exceptions.LoginExpiredError, HTTPStatus.BAD_REQUEST),
    "other-browser": LoginFailure(exceptions.OtherBrowserError, HTTPStatus.BAD_REQUEST),
    "replayed": LoginFailure(exceptions.LoginReplayedError, HTTPStatus.BAD_REQUEST),
    "state": LoginFailure(exceptions.LoginStateError, HTTPStatus.BAD_REQUEST),
    "issuer": LoginFailure(exceptions.IssuerMismatchError, HTTPStatus.BAD_REQUEST),
    "incomplete": LoginFailure(exceptions.LoginCallbackError, HTTPStatus.BAD_REQUEST),
    "cancelled": LoginFailure(exceptions.LoginRefusedError, HTTPStatus.FORBIDDEN),
    "account": LoginFailure(exceptions.AccountRefusedError, HTTPStatus.FORBIDDEN),
    "unconfirmed": LoginFailure(exceptions.CodeRefusedError, HTTPStatus.FORBIDDEN),
    "eternaltwin": LoginFailure(exceptions.AuthorizationError, HTTPStatus.BAD_GATEWAY),
    "unreachable": LoginFailure(exceptions.LoginInterruptedError, HTTPStatus.SERVICE_UNAVAILABLE),
    "unavailable": LoginFailure(exceptions.LoginStoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    "setup": LoginFailure(exceptions.LoginMisconfiguredError, HTTPStatus.INTERNAL_SERVER_ERROR),
    "unknown": LoginFailure(exceptions.LoginError, HTTPStatus.BAD_REQUEST),
}

_WORDS = {failure.error: word for word, failure in FAILURES.items()}


def failure_word(exc: LoginError) -> str:
    """Return the word of an exception's kind: of its own class or the nearest base class.

    Args:
        exc: Why a player was not signed in.

    Returns:
        A key of `FAILURES`.
    """
    return next(_WORDS[kind] for kind in type(exc).__mro__ if kind in _WORDS)


def log_failure(logger: logging.Logger, exc: LoginError) -> None:
    """Log why a player was not signed in.

    What the game's developers have to repair is logged as an error, everything else as information.

    Args:
        logger: The framework integration's logger.
        exc: Why a player was not signed in.
    """
    needs_repair = isinstance(exc, exceptions.LoginMisconfiguredError | exceptions.LoginStoreError)
    level = logging.ERROR if needs_repair else logging.INFO
    logger.log(level, "nobody was signed in: %s: %s", type(exc).__name__, exc)
