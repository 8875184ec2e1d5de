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
from urllib.parse import quote, urlencode

from eternaltwin import exceptions
from eternaltwin.integrations.shared.logs import redact_urls

if TYPE_CHECKING:
    from eternaltwin.exceptions import LoginError

#: Maximum number of errors in a story, and of characters of each message.
MAX_CAUSES = 5
MAX_MESSAGE_LENGTH = 500


@dataclass(frozen=True)
class LoginFailure:
    """A kind of failed sign-in.

    Attributes:
        error: Class of the exceptions of this kind. It includes subclasses that are not a kind themselves.
        status: Status of the page that explains the failure.
        level: Level of its log record: INFO for what players do, ERROR for what the developers of the game have to
            repair, otherwise WARNING.
        is_of_players: Whether it happens to a player who is signed in already, and stays so.
        has_button: Whether signing in, again or with another account, leads on.
    """

    error: type[LoginError]
    status: HTTPStatus
    level: int = logging.WARNING
    is_of_players: bool = False
    has_button: bool = True

    @property
    def message(self) -> str:
        """The message for the player, in English."""
        return self.error.user_message


#: Every kind of failure, by its word in the path of the page.
FAILURES = {
    "expired": LoginFailure(exceptions.LoginExpiredError, HTTPStatus.BAD_REQUEST, logging.INFO),
    "other-browser": LoginFailure(exceptions.OtherBrowserError, HTTPStatus.BAD_REQUEST, logging.INFO),
    "replayed": LoginFailure(exceptions.LoginReplayedError, HTTPStatus.BAD_REQUEST, logging.INFO),
    "state": LoginFailure(exceptions.LoginStateError, HTTPStatus.BAD_REQUEST),
    "issuer": LoginFailure(exceptions.IssuerMismatchError, HTTPStatus.BAD_REQUEST),
    "incomplete": LoginFailure(exceptions.LoginCallbackError, HTTPStatus.BAD_REQUEST),
    "cancelled": LoginFailure(exceptions.LoginRefusedError, HTTPStatus.FORBIDDEN, logging.INFO),
    "account": LoginFailure(exceptions.AccountRefusedError, HTTPStatus.FORBIDDEN, logging.INFO),
    "taken": LoginFailure(exceptions.AccountTakenError, HTTPStatus.CONFLICT, logging.INFO, is_of_players=True),
    "other-player": LoginFailure(exceptions.OtherPlayerError, HTTPStatus.CONFLICT, logging.INFO, is_of_players=True),
    "connected": LoginFailure(
        exceptions.AlreadyConnectedError, HTTPStatus.CONFLICT, logging.INFO, is_of_players=True, has_button=False
    ),
    "only-account": LoginFailure(
        exceptions.OnlyAccountError, HTTPStatus.CONFLICT, logging.INFO, is_of_players=True, has_button=False
    ),
    "terms": LoginFailure(exceptions.TermsNotAcceptedError, HTTPStatus.FORBIDDEN, logging.INFO),
    "unconfirmed": LoginFailure(exceptions.CodeRefusedError, HTTPStatus.FORBIDDEN),
    "eternaltwin": LoginFailure(exceptions.AuthorizationError, HTTPStatus.BAD_GATEWAY),
    "unreachable": LoginFailure(exceptions.LoginInterruptedError, HTTPStatus.SERVICE_UNAVAILABLE),
    "unavailable": LoginFailure(exceptions.LoginStoreError, HTTPStatus.SERVICE_UNAVAILABLE, logging.ERROR),
    "setup": LoginFailure(exceptions.LoginMisconfiguredError, HTTPStatus.INTERNAL_SERVER_ERROR, logging.ERROR),
    "game": LoginFailure(exceptions.GameCodeError, HTTPStatus.INTERNAL_SERVER_ERROR, logging.ERROR),
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


def with_purpose(url: str, exc: LoginError) -> str:
    """Add to the URL of the page of a failure what the sign-in was for, so that its button starts the same again.

    Args:
        url: URL of the page, without a query.
        exc: The error of the sign-in.

    Returns:
        The URL, with the parameter `next` if there is a destination, and `process` to connect an account. The page of
        an account that is taken offers to sign in with it instead.
    """
    is_connecting = exc.process == "connect" and not isinstance(exc, exceptions.AccountTakenError)
    sent = {"next": exc.next, "process": exc.process if is_connecting else None}
    query = urlencode({name: value for name, value in sent.items() if value}, safe="/", quote_via=quote)
    return f"{url}?{query}" if query else url


def story_of(exc: BaseException) -> str:
    """Return an error and its causes in one line, without codes and states of URLs.

    Args:
        exc: The error.

    Returns:
        The type and the message of each, the error first. A message that the story contains already is left out. The
        id of the request that failed is last.
    """
    story, request_id = "", None
    cause: BaseException | None = exc
    for _ in range(MAX_CAUSES):
        if cause is None:
            break
        message = " ".join(redact_urls(str(cause)).split())[:MAX_MESSAGE_LENGTH]
        told = f": {message}" if message and message not in story else ""
        story += f"{', caused by ' if story else ''}{type(cause).__name__}{told}"
        if isinstance(cause, exceptions.EternalTwinError):
            request_id = request_id or cause.request_id
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return story if request_id is None else f"{story} (request {request_id})"


def log_failure(logger: logging.Logger, exc: LoginError) -> None:
    """Log a failed sign-in with its causes, at the level of its kind.

    A failure of the game's code or settings is logged with its traceback.

    Args:
        logger: Logger of the integration.
        exc: The error of the sign-in.
    """
    level = FAILURES[failure_word(exc)].level
    is_of_game = isinstance(exc, exceptions.GameCodeError) or isinstance(exc.__cause__, exceptions.ConfigurationError)
    logger.log(level, "nobody was signed in: %s", story_of(exc), exc_info=exc if is_of_game else None)


class FailureCauses:
    """The last story of each kind of failure, for the pages of a game in its debug mode.

    They are kept in the memory of this process only, and are not kept without the debug mode.
    """

    def __init__(self) -> None:
        self._stories: dict[str, str] = {}

    def keep(self, exc: LoginError, *, is_debug: bool) -> None:
        """Keep the story of a failed sign-in.

        Args:
            exc: The error of the sign-in.
            is_debug: Whether the application is in its debug mode.
        """
        if is_debug:
            self._stories[failure_word(exc)] = story_of(exc)

    def find(self, word: str, *, is_debug: bool) -> str | None:
        """Return the last story of a kind of failure.

        Args:
            word: Kind of the failure, a key of `FAILURES`.
            is_debug: Whether the application is in its debug mode.

        Returns:
            The error and its causes in one line. None without the debug mode, or if there was no such failure.
        """
        return self._stories.get(word) if is_debug else None
