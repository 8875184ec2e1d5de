"""No traceback of a callback shows a secret, with both kinds of session."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.integrations.starlette.games import make_game
from tests.integrations.support.asgi import asgi_sender
from tests.integrations.support.failing_callbacks import FailingCallbacks, Stopped, stop
from tests.support.tracebacks import leaks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.support.visitors import Send, Visitor


class TestCookie(FailingCallbacks):
    """The sessions in a signed cookie."""

    responds = "eternaltwin.integrations.starlette.routes.lead_to"

    @pytest.fixture
    def send(self, server: DevServer) -> Iterator[Send]:
        with asgi_sender(make_game()) as send:
            yield send

    @pytest.mark.parametrize("point", ["unpacked", "URLSafeSerializer"])
    def test_no_traceback_of_a_start_shows_the_session_of_the_player(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, point: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        visitor.sign_in(server, zoe)
        session = visitor.cookies["eternaltwin_session"]
        monkeypatch.setattr(f"eternaltwin.integrations.starlette.sessions.{point}", stop)
        with pytest.raises(Stopped) as caught:
            visitor.begin(process="connect")
        assert leaks(caught.value, *session.split(".")) == []

    def test_no_traceback_of_a_callback_shows_the_new_session(
        self, visitor: Visitor, server: DevServer, zoe: UserRecord, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values: list[str] = []

        def make_cookie(_name: str, value: str, _max_age: int, *, secure: bool) -> NoReturn:
            values.append(value)
            raise Stopped(secure)

        monkeypatch.setattr("eternaltwin.integrations.starlette.sessions.Cookie", make_cookie)
        with pytest.raises(Stopped) as caught:
            visitor.sign_in(server, zoe)
        assert leaks(caught.value, *values[0].split(".")) == []


class TestStarletteSession(FailingCallbacks):
    """The sessions of Starlette's middleware."""

    responds = "eternaltwin.integrations.starlette.routes.lead_to"

    @pytest.fixture
    def send(self, server: DevServer) -> Iterator[Send]:
        with asgi_sender(make_game("starlette")) as send:
            yield send
