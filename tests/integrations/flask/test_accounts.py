"""The scenarios of a game with accounts of its own, for Flask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import redirect, render_template_string, request, session

from eternaltwin.integrations.flask import Eternaltwin
from tests.integrations.flask.games import make_app, wsgi_sender
from tests.integrations.support.account_scenarios import (
    CallbackScenarios,
    ConnectScenarios,
    DomainScenarios,
    FrontEndScenarios,
)
from tests.integrations.support.accounts import Accounts

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from eternaltwin.devserver import DevServer
    from tests.integrations.support.account_scenarios import StartGame
    from tests.integrations.support.visitors import Send


def own_name() -> str | None:
    """Return who is signed in to the game itself."""
    return cast("str | None", session.get("name"))


def password() -> ResponseReturnValue:
    """Sign in to the game itself."""
    session.clear()
    session["name"] = request.form["name"]
    return redirect("/", 303)


def make_account_game(*, is_debug: bool, **settings: object) -> Flask:
    """Return a game whose players sign in with a password or with Eternaltwin."""
    accounts = Accounts()
    app = make_app(**{f"ETERNALTWIN_{name.upper()}": value for name, value in settings.items()})
    app.debug = is_debug
    eternaltwin = Eternaltwin(app)
    eternaltwin.subject_loader(own_name)
    eternaltwin.on_login(accounts.welcome)

    def front(**_: str) -> str:
        template = "{{ eternaltwin.button(process=process) }}"
        return render_template_string(template, process="login" if own_name() is None else "connect")

    def whoami() -> str:
        return accounts.name_of(eternaltwin.player, own_name())

    def disconnect() -> ResponseReturnValue:
        accounts.disconnect(own_name())
        eternaltwin.forget_player()
        return redirect("/", 303)

    for path in ("/", "/settings/", "/arena/<path:place>"):
        app.add_url_rule(path, "front", front)
    app.add_url_rule("/whoami", "whoami", whoami)
    app.add_url_rule("/password", "password", password, methods=["POST"])
    app.add_url_rule("/disconnect", "disconnect", disconnect, methods=["POST"])
    return app


@pytest.fixture
def start(server: DevServer) -> StartGame:
    """Start games."""

    def start_game(*, is_debug: bool = False, **settings: Any) -> Send:
        return wsgi_sender(make_account_game(is_debug=is_debug, **settings))

    return start_game


class TestConnecting(ConnectScenarios):
    """Accounts that are connected."""


class TestCallbacks(CallbackScenarios):
    """Callbacks that are stale or fail."""


class TestFrontEnds(FrontEndScenarios):
    """Front ends in JavaScript."""


class TestDomains(DomainScenarios):
    """Several domains."""
