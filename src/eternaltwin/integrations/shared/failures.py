"""Why a player was not signed in, as a page of its own.

The callback's URL holds a code and a state, so nothing is shown there: it always redirects. The
reason travels in the path, as one of a few fixed words, so nobody can put words of theirs on the
page.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from eternaltwin import exceptions

if TYPE_CHECKING:
    from eternaltwin.exceptions import LoginError


@dataclass(frozen=True)
class Failure:
    """A kind of failure.

    Attributes:
        error: the exception that means it, or one of its subclasses that has no failure of its own.
        status: of the page that tells of it.
    """

    error: type[LoginError]
    status: HTTPStatus

    @property
    def message(self) -> str:
        """What the player reads."""
        return self.error.user_message


#: All kinds, by the word in the path.
FAILURES = {
    "expired": Failure(exceptions.LoginExpiredError, HTTPStatus.BAD_REQUEST),
    "other-browser": Failure(exceptions.OtherBrowserError, HTTPStatus.BAD_REQUEST),
    "replayed": Failure(exceptions.LoginReplayedError, HTTPStatus.BAD_REQUEST),
    "state": Failure(exceptions.LoginStateError, HTTPStatus.BAD_REQUEST),
    "issuer": Failure(exceptions.IssuerMismatchError, HTTPStatus.BAD_REQUEST),
    "incomplete": Failure(exceptions.LoginCallbackError, HTTPStatus.BAD_REQUEST),
    "cancelled": Failure(exceptions.LoginRefusedError, HTTPStatus.FORBIDDEN),
    "account": Failure(exceptions.AccountRefusedError, HTTPStatus.FORBIDDEN),
    "unconfirmed": Failure(exceptions.CodeRefusedError, HTTPStatus.FORBIDDEN),
    "eternaltwin": Failure(exceptions.AuthorizationError, HTTPStatus.BAD_GATEWAY),
    "unreachable": Failure(exceptions.LoginInterruptedError, HTTPStatus.SERVICE_UNAVAILABLE),
    "unavailable": Failure(exceptions.LoginStoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    "setup": Failure(exceptions.LoginMisconfiguredError, HTTPStatus.INTERNAL_SERVER_ERROR),
    "unknown": Failure(exceptions.LoginError, HTTPStatus.BAD_REQUEST),
}

_WORDS = {failure.error: word for word, failure in FAILURES.items()}


def reason(exc: LoginError) -> str:
    """The word for an exception: the one of its nearest kind."""
    return next(_WORDS[kind] for kind in type(exc).__mro__ if kind in _WORDS)


def is_of_the_game(exc: LoginError) -> bool:
    """Whether the game's makers have to look into it, rather than the player."""
    return isinstance(exc, exceptions.LoginMisconfiguredError | exceptions.LoginStoreError)
