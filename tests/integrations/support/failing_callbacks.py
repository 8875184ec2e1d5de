"""Sign-ins whose views are stopped at every point, as by the time limit of a worker, and what their tracebacks show.

A test module subclasses `FailingCallbacks`, and has a fixture `send` that sends requests to a game at
`http://testserver`, and raises what the game raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.tracebacks import leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import Visitor


class Stopped(BaseException):
    """The view is stopped. No handler of errors catches this."""


def stop(*args: object, **kwargs: object) -> NoReturn:
    """Stop the view."""
    raise Stopped(len(args) + len(kwargs))


async def astop(*args: object, **kwargs: object) -> NoReturn:
    """Stop the view, in a coroutine."""
    raise Stopped(len(args) + len(kwargs))


#: Where the view is stopped: the functions that stop it.
POINTS: dict[str, dict[str, Callable[..., object]]] = {
    "the parameters": {"eternaltwin.login.callbacks.Callback.read": stop},
    "the state": {"eternaltwin.states.State.from_jwt": stop},
    "the store": {"eternaltwin.login.MemoryStore.consume": stop, "eternaltwin.login.MemoryStore.aconsume": astop},
    "the code": {"eternaltwin.clients.api.oauth.check_code": stop},
    "sending": {"eternaltwin.clients.http.sender.Sender._http_request": stop},
    "the token": {"eternaltwin.clients.api.oauth.Token": stop},
    "the player": {"eternaltwin.models.Self.is_issued_to": stop},
    "the result": {"eternaltwin.login.flow.make_user": stop},
}


#: The same, where a sign-in is started.
STARTING_POINTS: dict[str, str] = {
    "the ticket": "eternaltwin.login.tickets.Ticket.new",
    "the state": "eternaltwin.states.State.new",
    "the cookies": "eternaltwin.login.cookies.CookieJar.cleared_for",
    "the redirect": "eternaltwin.login.flow.Redirect",
}


def secrets_of(target: str, cookies: Iterable[str]) -> list[str]:
    """Return the code and the state in a URL, and the tickets in the browser's cookies."""
    query = parse_qs(urlsplit(target).query)
    state = query["state"][0]
    tickets = [cookie.split(".")[1] for cookie in cookies if cookie.count(".") > 1]
    assert tickets
    return [*query.get("code", []), *state.split(".")[1:], *tickets, "the secret of game"]


class FailingCallbacks:
    """The tests.

    Attributes:
        responds: The function with which the view of the framework builds the response of a started sign-in.
    """

    responds: str

    @pytest.mark.parametrize("point", STARTING_POINTS)
    def test_no_traceback_of_a_start_shows_the_tickets_of_the_browser(
        self, visitor: Visitor, server: DevServer, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets = secrets_of(visitor.begin(), visitor.cookies.values())
        monkeypatch.setattr(STARTING_POINTS[point], stop)
        with pytest.raises(Stopped) as caught:
            visitor.begin()
        assert leaks(caught.value, *secrets) == []

    def test_no_traceback_of_a_start_shows_its_own_state_and_ticket(
        self, visitor: Visitor, server: DevServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets: list[str] = []

        def respond(*args: Any) -> NoReturn:
            url, cookies = args[-2:]
            secrets.extend(secrets_of(url, [cookie.value for cookie in cookies]))
            raise Stopped

        monkeypatch.setattr(self.responds, respond)
        with pytest.raises(Stopped) as caught:
            visitor.begin()
        assert leaks(caught.value, *secrets) == []

    @pytest.mark.parametrize("point", POINTS)
    def test_no_traceback_of_a_callback_shows_a_code_a_state_a_ticket_or_a_token(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = visitor.callback_of(server, zoe)
        for name, function in POINTS[point].items():
            monkeypatch.setattr(name, function)
        with pytest.raises(Stopped) as caught:
            visitor.get(target)
        assert leaks(caught.value, *secrets_of(target, visitor.cookies.values())) == []
