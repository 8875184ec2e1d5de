"""Exchanging an authorization code for a token and its user, and what a failure means for the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import (
    AuthenticationError,
    CodeRefusedError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    RequestError,
    TermsNotAcceptedError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from eternaltwin.clients.api.oauth import OAuthApi
    from eternaltwin.exceptions import EternalTwinError, LoginError
    from eternaltwin.models import ShortUser
    from eternaltwin.tokens import Token

#: The errors of a call that was sent, or could not be.
CALL_ERRORS = (RequestError, TransportError, UnexpectedResponseError)

#: Statuses with which a server refuses a code: those of 0.16.4, and 400 of RFC 6749, section 5.2.
_CODE_REFUSED = frozenset({400, 403, 422})

#: Codes of refusals on newer servers than 0.16.4. The first is final until the player acts.
_TERMS_NOT_ACCEPTED = "Q1012"
_SCOPE_CAPPED = "Q1007"

#: Statuses below 500 with which a server refuses a request at this time.
_TRY_LATER = frozenset({408, 425, 429})


async def exchange(oauth: OAuthApi, code: str) -> Token:
    """Exchange an authorization code for a token, once.

    Args:
        oauth: The OAuth calls of a client. The coroutine waits only where these calls do.
        code: The authorization code of the callback.

    Returns:
        The token.

    Raises:
        TermsNotAcceptedError: The player must accept the terms of service first.
        CodeRefusedError: The server refuses the code.
        LoginMisconfiguredError: The server refuses the game's credentials, or is not an Eternaltwin server.
        LoginInterruptedError: There was no response, or none that can be used.
    """
    try:
        return await oauth.token(code)
    except CALL_ERRORS as exc:
        raise token_failure(exc, oauth.terms_url) from exc


async def owner_of(oauth: OAuthApi, token: Token) -> ShortUser:
    """Read whose token a new one is.

    Args:
        oauth: The OAuth calls of a client. The coroutine waits only where these calls do.
        token: The token.

    Returns:
        The user who signed in.

    Raises:
        CodeRefusedError: The token that the server sent is not valid, or is for another game.
        LoginInterruptedError: There was no response, or none that can be used.
    """
    try:
        return await oauth.player(token)
    except AuthenticationError as exc:
        raise CodeRefusedError(f"the token that the server sent is not valid: {exc}") from exc
    except CALL_ERRORS as exc:
        raise interrupted(exc) from exc


def token_failure(exc: EternalTwinError, terms_url: str | None = None) -> LoginError:
    """Return the error of a sign-in whose code could not be exchanged for a token.

    Args:
        exc: The error of the call.
        terms_url: Where players accept the terms of service. None if it is unknown.

    Returns:
        The error to raise: whether the code was refused, the game's credentials were, or there was no response.
    """
    response = exc.response if isinstance(exc, (RequestError, UnexpectedResponseError)) else None
    status = 0 if response is None else response.status_code
    if status in _CODE_REFUSED and isinstance(exc, RequestError):
        failure: LoginError = _refusal(exc, terms_url)
    elif 400 <= status < 500 and status not in _TRY_LATER:
        failure = LoginMisconfiguredError(f"check client_id, client_secret and url of the connection: {exc}")
    else:
        return interrupted(exc)
    failure.request_id = exc.request_id
    return failure


def _refusal(exc: RequestError, terms_url: str | None) -> LoginError:
    """Return the error for a code that the server refuses, by its own code of the reason."""
    if exc.code == _TERMS_NOT_ACCEPTED:
        place = "" if terms_url is None else f" at {terms_url}"
        return TermsNotAcceptedError(f"the player must accept the terms of service first{place}: {exc}", terms_url)
    if exc.code == _SCOPE_CAPPED:
        return LoginMisconfiguredError(f"this instance of Eternaltwin limits the scope; ask for less: {exc}")
    return CodeRefusedError(f"the server does not accept the authorization code: {exc}")


def interrupted(exc: EternalTwinError) -> LoginInterruptedError:
    """Return the error of a sign-in that was used up, although Eternaltwin did not send what it needs.

    Args:
        exc: The error of the call.

    Returns:
        The error to raise.
    """
    failure = LoginInterruptedError(f"start the sign-in again, this one is used up: {exc}")
    failure.request_id = exc.request_id
    return failure
