"""Callbacks whose view is stopped at every point, as by the time limit of a worker, and what their tracebacks show.

A test module subclasses `FailingCallbacks`, and has a fixture `send` that sends requests to a game at
`http://testserver`, and raises what the game raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn
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


def secrets_of(target: str, cookies: Iterable[str]) -> list[str]:
    """Return the code and the state of a callback, and the values of the browser's cookies."""
    query = parse_qs(urlsplit(target).query)
    state = query["state"][0]
    tickets = [cookie.split(".")[1] for cookie in cookies if cookie.count(".") > 1]
    assert tickets
    return [query["code"][0], *state.split(".")[1:], *tickets, "the secret of game"]


class FailingCallbacks:
    """The tests."""

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
