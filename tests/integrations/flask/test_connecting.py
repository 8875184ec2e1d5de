"""Connecting an account to a player who is signed in: with Flask-Login, with the game's own session, with neither."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import pytest
from flask import Flask, session

from eternaltwin.exceptions import AccountTakenError, ConfigurationError
from eternaltwin.integrations.flask import Eternaltwin
from tests.integrations.flask.games import make_app, wsgi_sender
from tests.integrations.support.visitors import Visitor, target_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.login import Login
    from eternaltwin.users import User

flask_login: Any = import_module("flask_login")


class Member:
    """A user of the game, who has signed in with a password."""

    is_active = True
    is_authenticated = True
    is_anonymous = False

    def __init__(self, name: str) -> None:
        self.name = name

    def get_id(self) -> str:
        return self.name


def game_with_flask_login(owners: dict[str, str]) -> Flask:
    """Return a game with members, which keeps the owner of each account of Eternaltwin."""
    app = make_app(TESTING=False)
    manager = flask_login.LoginManager(app)
    manager.user_loader(Member)
    extension = Eternaltwin(app)

    @extension.on_login
    def connect(finished: Login[User]) -> Member:
        owner = owners.get(finished.user.identifier)
        if finished.process == "connect":
            if owner not in (None, finished.subject):
                raise AccountTakenError(f"the account belongs to {owner}")
            owner = owners[finished.user.identifier] = finished.subject or ""
        return Member(owner or finished.user.username)

    def enter(name: str) -> str:
        flask_login.login_user(Member(name))
        return ""

    def me() -> str:
        return str(getattr(flask_login.current_user, "name", ""))

    app.add_url_rule("/enter/<name>", "enter", enter)
    app.add_url_rule("/me", "me", me)
    return app


def game_with_its_own_session(owners: dict[str, str]) -> Flask:
    """Return a game whose session contains the member, which keeps the owner of each account of Eternaltwin."""
    app = make_app()
    extension = Eternaltwin(app)

    @extension.subject_loader
    def member() -> str | None:
        return cast("str | None", session.get("member"))

    @extension.on_login
    def connect(finished: Login[User]) -> None:
        owner = owners.get(finished.user.identifier)
        if finished.process == "connect":
            if owner not in (None, finished.subject):
                raise AccountTakenError(f"the account belongs to {owner}")
            owners[finished.user.identifier] = finished.subject or ""

    @app.after_request
    def remember(response: Any) -> Any:
        if extension.player is not None and "member" not in session:
            session["member"] = owners.get(extension.player.identifier, extension.player.display_name)
        return response

    def enter(name: str) -> str:
        session["member"] = name
        return ""

    app.add_url_rule("/enter/<name>", "enter", enter)
    app.add_url_rule("/me", "me", lambda: member() or "")
    return app


GAMES = pytest.mark.parametrize("make_game", [game_with_flask_login, game_with_its_own_session])


def connect_url(visitor: Visitor, next: str = "/settings") -> str:
    response = visitor.submit("/eternaltwin/login", {"process": "connect", "next": next})
    assert response.status == 303
    return response.location


@GAMES
def test_a_member_connects_an_account(
    server: DevServer, zoe: UserRecord, make_game: Callable[[dict[str, str]], Flask]
) -> None:
    owners = dict[str, str]()
    send = wsgi_sender(make_game(owners))
    visitor = Visitor(send)
    visitor.get("/enter/alice")
    response = visitor.get(target_of(server.authorize(connect_url(visitor), zoe)))
    assert (response.status, response.location) == (303, "/settings")
    assert owners == {str(zoe.id): "alice"}
    assert visitor.get("/me").text == "alice"
    elsewhere = Visitor(send)
    elsewhere.sign_in(server, zoe)
    assert elsewhere.get("/me").text == "alice"


@GAMES
def test_an_account_of_another_member_is_not_connected(
    server: DevServer, zoe: UserRecord, make_game: Callable[[dict[str, str]], Flask]
) -> None:
    owners = {str(zoe.id): "bob"}
    visitor = Visitor(wsgi_sender(make_game(owners)))
    visitor.get("/enter/alice")
    word, page = visitor.fail(target_of(server.authorize(connect_url(visitor), zoe)))
    assert (word, page.status) == ("taken", 409)
    assert "belongs to another player" in page.text
    assert owners == {str(zoe.id): "bob"}
    assert visitor.get("/me").text == "alice"


@GAMES
def test_an_account_is_connected_for_the_member_who_has_started_it(
    server: DevServer, zoe: UserRecord, make_game: Callable[[dict[str, str]], Flask]
) -> None:
    owners = dict[str, str]()
    visitor = Visitor(wsgi_sender(make_game(owners)))
    visitor.get("/enter/alice")
    callback = target_of(server.authorize(connect_url(visitor), zoe))
    visitor.get("/enter/bob")
    word, page = visitor.fail(callback)
    assert (word, page.status) == ("other-player", 409)
    assert 'value="/settings"' in page.text
    assert owners == {}
    assert visitor.get("/me").text == "bob"


@GAMES
def test_nobody_connects_an_account_without_being_signed_in(
    server: DevServer, make_game: Callable[[dict[str, str]], Flask]
) -> None:
    visitor = Visitor(wsgi_sender(make_game({})))
    assert connect_url(visitor).startswith("/eternaltwin/failed/other-player")
    assert not visitor.cookies


def test_a_player_without_an_account_of_the_game_is_their_own_subject(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()
    extension = Eternaltwin(app)
    subjects = list[tuple[str, str | None]]()

    @extension.on_login
    def remember(finished: Login[User]) -> None:
        subjects.append((finished.process, finished.subject))

    visitor = Visitor(wsgi_sender(app))
    visitor.sign_in(server, zoe)
    visitor.get(target_of(server.authorize(connect_url(visitor), zoe)))
    assert subjects == [("login", None), ("connect", str(zoe.id))]


def test_a_player_who_is_an_account_of_eternaltwin_is_not_made_another_one(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()
    called = list[str]()

    def welcome(finished: Login[User]) -> None:
        called.append(finished.process)

    Eternaltwin(app).on_login(welcome)
    visitor = Visitor(wsgi_sender(app))
    visitor.sign_in(server, zoe)
    word, page = visitor.fail(target_of(server.authorize(connect_url(visitor), "alice")))
    assert (word, page.status) == ("taken", 409)
    assert "Sign in with it to play as that player" in page.text
    assert json.loads(visitor.get("/eternaltwin/me").text)["identifier"] == str(zoe.id)
    assert called == ["login"]


def test_a_member_of_flask_login_stays_signed_in_if_on_login_returns_none(server: DevServer, zoe: UserRecord) -> None:
    app = game_with_flask_login({})
    installed: Any = app.extensions["eternaltwin"]
    connected = list[str | None]()

    def remember(finished: Login[User]) -> None:
        connected.append(finished.subject)

    installed["eternaltwin"].extension.on_login(remember)
    visitor = Visitor(wsgi_sender(app))
    visitor.get("/enter/alice")
    response = visitor.get(target_of(server.authorize(connect_url(visitor), zoe)))
    assert (response.status, response.location, connected) == (303, "/settings", ["alice"])
    assert visitor.get("/me").text == "alice"
    assert json.loads(visitor.get("/eternaltwin/me").text)["identifier"] == str(zoe.id)


def test_the_session_of_a_member_is_kept_when_an_account_is_connected(server: DevServer, zoe: UserRecord) -> None:
    app = make_app()
    extension = Eternaltwin(app)
    extension.subject_loader(lambda: "alice")

    def cart() -> str:
        return str(cast("object", session.setdefault("cart", "sword")))

    app.add_url_rule("/cart", "cart", cart)
    app.add_url_rule("/peek", "peek", lambda: str(cast("object", session.get("cart"))))
    visitor = Visitor(wsgi_sender(app))
    visitor.get("/cart")
    visitor.get(target_of(server.authorize(connect_url(visitor), zoe)))
    assert visitor.get("/peek").text == "sword"
    visitor.sign_in(server, zoe)
    assert visitor.get("/peek").text == "None"


def test_the_button_that_connects_says_so(server: DevServer) -> None:
    app = make_app()
    extension = Eternaltwin(app)
    with app.test_request_context("/"):
        assert '<input type="hidden" name="process" value="connect">' in str(extension.button(process="connect"))
        assert "process" not in str(extension.button())


def test_a_subject_loader_must_be_a_function() -> None:
    loader: Any = "alice"
    with pytest.raises(ConfigurationError, match="subject_loader must be a function"):
        Eternaltwin().subject_loader(loader)
