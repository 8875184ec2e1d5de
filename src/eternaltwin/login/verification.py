"""Whether a callback belongs to a sign-in that this browser has started, and that is still open."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from eternaltwin.exceptions import (
    ExpiredStateError,
    InvalidStateError,
    LoginExpiredError,
    LoginReplayedError,
    LoginStateError,
    OtherBrowserError,
    OtherPlayerError,
)
from eternaltwin.login.tickets import login_id
from eternaltwin.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.cookies import Cookie
    from eternaltwin.exceptions import LoginError
    from eternaltwin.login.cookies import CookieJar
    from eternaltwin.login.tickets import Ticket

#: Message of the error for a sign-in that is used.
REPLAYED = "this sign-in is used already: the state works once"


def trusted_state(client: ClientABC, state: str) -> State:
    """Return a state that this game has signed. It may have expired.

    Args:
        client: The client of the connection.
        state: The state of the callback.

    Returns:
        The state.

    Raises:
        LoginStateError: The state cannot be trusted.
    """
    try:
        return State.from_jwt(state, client.public_url, client.settings.state_key, may_be_expired=True)
    except InvalidStateError as exc:
        failure = LoginStateError(str(exc), state)
    raise failure


def own_ticket(jar: CookieJar, state: State, client: ClientABC) -> Ticket:
    """Return the ticket that this browser has for a state. The sign-in may be over.

    Args:
        jar: The cookies of the browser.
        state: The trusted state.
        client: The client of the connection.

    Returns:
        The ticket, which is verified to be the one of the state.

    Raises:
        LoginExpiredError: There is none, and the state has expired.
        OtherBrowserError: There is none, or it is not for this state.
    """
    ticket = jar.find(login_id(state.nonce))
    if ticket is None:
        _check_expiration(state)
        raise OtherBrowserError(
            "this browser has no cookie for this sign-in: it was started in another browser, is finished already,"
            " or its cookie was not sent (was it set with the redirect? is the callback on that host, under `path`?)",
            state.jwt,
        )
    if not ticket.is_for(state, client):
        raise OtherBrowserError("this browser's cookie is for another sign-in, or has been tampered with", state.jwt)
    return ticket


def check_open(ticket: Ticket, state: State, max_age: int) -> None:
    """Check that a sign-in of this browser is not over.

    Args:
        ticket: The ticket of the browser.
        state: The state of the ticket.
        max_age: Seconds until a sign-in expires.

    Raises:
        LoginReplayedError: The sign-in is used.
        LoginExpiredError: The sign-in has expired.
    """
    if ticket.is_used:
        raise LoginReplayedError(REPLAYED, state.jwt)
    _check_expiration(state)
    if not ticket.is_fresh(max_age, time.time()):
        raise LoginExpiredError(f"Authorization expired: it was started more than {max_age} s ago", state.jwt)


def check_subject(ticket: Ticket, subject: str | None) -> None:
    """Check that the player who started a sign-in is still the one who is signed in.

    Args:
        ticket: The ticket of the sign-in.
        subject: Who is signed in now.

    Raises:
        OtherPlayerError: The ticket has another subject.
    """
    if ticket.subject is not None and ticket.subject != subject:
        raise OtherPlayerError("the sign-in was started by another player than the one who is signed in now")


def explain(failure: LoginError, ticket: Ticket | None, cookies: Iterable[Cookie]) -> None:
    """Add to a failure which cookies to set, and what the player wanted if the ticket is theirs.

    Args:
        failure: The failure of the sign-in.
        ticket: The verified ticket. None if there is none.
        cookies: The cookies to set.
    """
    failure.cookies = tuple(cookies)
    if ticket is not None:
        failure.next = ticket.next
        failure.process = ticket.process
        # to be signed in already is no comfort to who wanted to connect an account
        failure.is_stale = failure.is_stale and (ticket.process == "login" or ticket.is_used)


def _check_expiration(state: State) -> None:
    try:
        state.check_expiration(state.jwt)
    except ExpiredStateError as exc:
        failure = LoginExpiredError(str(exc), state.jwt)
    else:
        return
    raise failure
