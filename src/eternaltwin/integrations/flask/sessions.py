"""Who is signed in, in Flask's session; and in Flask-Login's, where an application has it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app, request, session

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.shared.sessions import player_in, session_content

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.players import Player


class FlaskLogin(Protocol):
    """The package `flask_login`, as far as it is used here."""

    def login_user(self, user: object, /) -> bool:
        """Sign a user of the game in."""
        ...

    def logout_user(self) -> bool:
        """Sign them out."""
        ...


class _Regenerating(Protocol):
    """What sessions on the server have, such as those of Flask-Session."""

    def regenerate(self, session: object, /) -> None: ...


def flask_login() -> FlaskLogin | None:
    """Flask-Login, where this application has it."""
    if not hasattr(current_app, "login_manager"):
        return None
    return cast("FlaskLogin", import_module("flask_login"))


def read_session(name: str, using: str, max_age: int) -> Player | None:
    """Who is signed in; None if nobody is, or if the session has ended, or is another server's."""
    return player_in(cast("object", session.get(_key(name))), using, max_age)


def open_session(name: str, using: str, player: Player, user: object) -> None:
    """Sign a player in: into a new session, with nothing in it of the one before.

    Args:
        name: of the extension.
        using: the connection.
        player: who has signed in.
        user: the game's own user, for Flask-Login.

    Raises:
        AccountRefusedError: the game's own user is not active.
    """
    login = flask_login()
    if login is not None and not getattr(user, "is_active", True):
        raise AccountRefusedError(f"the user of the account {player.identifier} is not active")
    close_session()
    regenerate = cast("_Regenerating | None", _with_regenerate(current_app.session_interface))
    if regenerate is not None:
        regenerate.regenerate(session)
    session.permanent = True
    session[_key(name)] = session_content(player, using)
    if login is not None:
        login.login_user(user)


def close_session() -> None:
    """End the session, and the one of Flask-Login with its cookie to remember by."""
    login = flask_login()
    if login is not None:
        login.logout_user()
    remember = cast("object", session.get("_remember"))
    session.clear()
    if remember is not None:
        session["_remember"] = remember  # tells Flask-Login to clear its cookie


def close_expired_session(name: str, using: str, max_age: int) -> None:
    """Let Flask-Login's session end together with this one."""
    if request.endpoint == "static" or flask_login() is None:
        return
    if _key(name) in session and read_session(name, using, max_age) is None:
        close_session()


def _with_regenerate(interface: object) -> object:
    return interface if callable(getattr(interface, "regenerate", None)) else None


def _key(name: str) -> str:
    return f"_{name}"
