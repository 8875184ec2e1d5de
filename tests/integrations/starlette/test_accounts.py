"""The scenarios of a game with accounts of its own, with both kinds of session."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette

from eternaltwin.integrations.starlette import EternaltwinLogin
from tests.integrations.starlette.account_games import make_account_game
from tests.integrations.starlette.games import SECRET
from tests.integrations.support.account_scenarios import (
    CallbackScenarios,
    ConnectScenarios,
    DomainScenarios,
    FrontEndScenarios,
)
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Login
    from eternaltwin.users import User
    from tests.integrations.support.account_scenarios import StartGame
    from tests.integrations.support.visitors import Send


@pytest.fixture(params=["cookie", "starlette"])
def start(request: pytest.FixtureRequest, server: DevServer) -> Iterator[StartGame]:
    """Start games, which are stopped after the test."""
    with ExitStack() as stack:

        def start_game(*, is_debug: bool = False, **settings: Any) -> Send:
            given = {"session_cookie": "session", **settings} if request.param == "starlette" else settings
            app = make_account_game(session=request.param, is_debug=is_debug, **given)
            return stack.enter_context(asgi_sender(app))

        yield start_game


class TestConnecting(ConnectScenarios):
    """Accounts that are connected."""


class TestCallbacks(CallbackScenarios):
    """Callbacks that are stale or fail."""


class TestFrontEnds(FrontEndScenarios):
    """Front ends in JavaScript."""


class TestDomains(DomainScenarios):
    """Several domains."""


def test_on_login_knows_who_is_signed_in_and_what_the_sign_in_is_for(server: DevServer, zoe: UserRecord) -> None:
    seen: list[tuple[str | None, str, str | None]] = []

    async def welcome(request: Request, finished: Login[User]) -> None:
        player = await login.optional_user(request)
        seen.append((None if player is None else player.display_name, finished.process, finished.subject))

    login = EternaltwinLogin(SECRET, on_login=welcome)
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        visitor.sign_in(server, zoe)
        visitor.sign_in(server, zoe, process="connect")
    assert seen == [(None, "login", None), ("Zoé", "connect", str(zoe.id))]


def test_a_player_who_is_an_account_of_eternaltwin_is_not_made_another_one(server: DevServer, zoe: UserRecord) -> None:
    called: list[str] = []
    login = EternaltwinLogin(SECRET, on_login=lambda _, finished: called.append(finished.process))
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        visitor.sign_in(server, zoe)
        word, page = visitor.fail(visitor.callback_of(server, "alice", process="connect"))
        assert (word, page.status) == ("taken", 409)
        assert "Sign in with it to play as that player" in page.text
        assert json.loads(visitor.get("/eternaltwin/me").text)["identifier"] == str(zoe.id)
    assert called == ["login"]


def test_the_log_says_why_nobody_connects_an_account(server: DevServer, caplog: pytest.LogCaptureFixture) -> None:
    login = EternaltwinLogin(SECRET)
    with asgi_sender(Starlette(routes=login.routes)) as send, caplog.at_level("INFO"):
        Visitor(send).submit("/eternaltwin/login", {"process": "connect"})
    assert "OtherPlayerError: nobody is signed in to the game to whom an account could be connected" in caplog.text


def test_a_subject_may_be_an_awaitable_and_a_number(server: DevServer, zoe: UserRecord) -> None:
    seen: list[str | None] = []

    async def subject(_request: Request) -> int:
        return 42

    login = EternaltwinLogin(SECRET, subject=subject, on_login=lambda _, finished: seen.append(finished.subject))
    with asgi_sender(Starlette(routes=login.routes)) as send:
        Visitor(send).sign_in(server, zoe, process="connect")
    assert seen == ["42"]


def test_the_callback_redirects_if_the_game_cannot_say_who_is_signed_in(
    server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    def subject(_request: Request) -> str:
        raise RuntimeError("the database is down")

    login = EternaltwinLogin(SECRET, subject=subject)
    with asgi_sender(Starlette(routes=login.routes)) as send:
        visitor = Visitor(send)
        assert visitor.fail(visitor.callback_of(server, zoe))[0] == "game"
    assert "the database is down" in caplog.text
