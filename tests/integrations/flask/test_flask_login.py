"""The extension together with the real Flask-Login."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from eternaltwin.integrations.flask import Eternaltwin
from tests.integrations.flask.games import SESSION_MAX_AGE, make_app, wsgi_sender
from tests.integrations.support.visitors import SAME_ORIGIN, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Login
    from eternaltwin.users import User

flask_login: Any = import_module("flask_login")


@dataclass
class Account:
    """A user of the game, as Flask-Login requires."""

    key: str
    name: str
    is_active: bool = True
    is_authenticated: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.key


def make_game(accounts: dict[str, Account] | None) -> Flask:
    """Return a game with its own accounts, or without."""
    app = make_app(TESTING=False)
    manager = flask_login.LoginManager(app)
    extension = Eternaltwin(app)
    manager.login_view = "eternaltwin.login"
    if accounts is None:
        manager.user_loader(extension.load_user)
    else:
        manager.user_loader(accounts.get)

        @extension.on_login
        def find_or_create(finished: Login[User]) -> Account:
            account = accounts.setdefault(finished.user.identifier, Account(finished.user.identifier, ""))
            account.name = finished.user.username
            return account

    def me() -> str:
        user = flask_login.current_user
        return str(getattr(user, "name", None) or user.display_name)

    def remember() -> str:
        flask_login.login_user(flask_login.current_user, remember=True, duration=timedelta(days=1))
        return ""

    app.add_url_rule("/me", "me", flask_login.login_required(me))
    app.add_url_rule("/remember", "remember", remember)
    return app


def me(visitor: Visitor) -> str | None:
    response = visitor.get("/me")
    assert response.status == 200 or response.location.startswith("/eternaltwin/login?next=%2Fme")
    return response.text if response.status == 200 else None


@pytest.mark.parametrize("has_accounts", [True, False])
def test_signing_in_and_out(server: DevServer, zoe: UserRecord, has_accounts: bool) -> None:
    accounts: dict[str, Account] | None = {} if has_accounts else None
    visitor = Visitor(wsgi_sender(make_game(accounts)))
    assert me(visitor) is None
    assert 'value="/me"' in visitor.get(visitor.get("/me").location).text
    assert visitor.sign_in(server, zoe, "/me").location == "/me"
    assert me(visitor) == "Zoé"
    visitor.submit("/eternaltwin/logout")
    assert me(visitor) is None
    assert list(accounts or {}) == ([str(zoe.id)] if has_accounts else [])


@pytest.mark.parametrize("has_accounts", [True, False])
def test_both_sessions_end_together(
    server: DevServer, zoe: UserRecord, later: Callable[[float], None], has_accounts: bool
) -> None:
    visitor = Visitor(wsgi_sender(make_game({} if has_accounts else None)))
    visitor.sign_in(server, zoe)
    later(SESSION_MAX_AGE - 10)
    assert me(visitor) == "Zoé"
    later(20)
    assert visitor.get("/static/none.css").status == 404
    assert me(visitor) is None


def test_inactive_users_are_refused(server: DevServer, zoe: UserRecord) -> None:
    accounts = {str(zoe.id): Account(str(zoe.id), "Zoé", is_active=False)}
    visitor = Visitor(wsgi_sender(make_game(accounts)))
    word, page = visitor.fail(visitor.callback_of(server, zoe))
    assert (word, page.status) == ("account", 403)
    assert me(visitor) is None


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # of Flask-Login itself
def test_the_remember_cookie_of_another_user_is_cleared(server: DevServer, zoe: UserRecord) -> None:
    visitor = Visitor(wsgi_sender(make_game({})))
    visitor.sign_in(server, "alice")
    visitor.get("/remember")
    assert "remember_token" in visitor.cookies
    visitor.sign_in(server, zoe)
    assert "remember_token" not in visitor.cookies
    del visitor.cookies["session"]
    assert me(visitor) is None


def test_logging_out_clears_the_remember_cookie(server: DevServer, zoe: UserRecord) -> None:
    visitor = Visitor(wsgi_sender(make_game({})))
    visitor.sign_in(server, zoe)
    visitor.get("/remember")
    visitor.post("/eternaltwin/logout", {}, SAME_ORIGIN)
    assert not [name for name in visitor.cookies if not name.startswith("eternaltwin_login-")]
    assert me(visitor) is None


def test_a_player_of_another_session_is_not_loaded(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()
    extension = Eternaltwin(app)
    with app.test_request_context():
        assert extension.load_user(str(zoe.id)) is None

    def load(key: str) -> str:
        return str(extension.load_user(key))

    app.add_url_rule("/load/<key>", "load", load)
    visitor = Visitor(wsgi_sender(app))
    visitor.sign_in(server, zoe)
    assert visitor.get(f"/load/{zoe.id}").text == "Zoé"
    assert visitor.get("/load/x").text == "None"
