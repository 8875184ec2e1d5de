"""Who is signed in: in Flask's session, and in Flask-Login's where an application has it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app, request, session

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.shared.sessions import player_in, session_content

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.players import Player


class FlaskLogin(Protocol):
    """The functions of the package `flask_login` that are used here."""

    def login_user(self, user: object, /) -> bool:
        """Sign a user of the game in.

        Args:
            user: The game's own user.

        Returns:
            Whether the user is active.
        """
        ...

    def logout_user(self) -> bool:
        """Sign the user out.

        Returns:
            True.
        """
        ...


class _Regenerating(Protocol):
    """A session interface that keeps sessions on the server, such as Flask-Session's."""

    def regenerate(self, session: object, /) -> None: ...


def flask_login() -> FlaskLogin | None:
    """Return Flask-Login, where this application has it.

    Returns:
        The package, or None.
    """
    if not hasattr(current_app, "login_manager"):
        return None
    return cast("FlaskLogin", import_module("flask_login"))


def read_session(name: str, using: str, max_age: int) -> Player | None:
    """Return who is signed in.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        max_age: Seconds after which a session ends.

    Returns:
        The player, or None if nobody is signed in, or the session has ended or belongs to another server.
    """
    return player_in(cast("object", session.get(_key(name))), using, max_age)


def open_session(name: str, using: str, player: Player, user: object) -> None:
    """Sign a player in: into a new session, which takes over nothing from the previous one.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        player: Who has signed in.
        user: The game's own user, for Flask-Login.

    Raises:
        AccountRefusedError: The game's own user is not active.
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
    """End the session, and the one of Flask-Login with its cookie "remember me"."""
    login = flask_login()
    if login is not None:
        login.logout_user()
    remember = cast("object", session.get("_remember"))
    session.clear()
    if remember is not None:
        session["_remember"] = remember  # so that Flask-Login clears its cookie


def close_expired_session(name: str, using: str, max_age: int) -> None:
    """End Flask-Login's session together with an expired session of this extension.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        max_age: Seconds after which a session ends.
    """
    if request.endpoint == "static" or flask_login() is None:
        return
    if _key(name) in session and read_session(name, using, max_age) is None:
        close_session()


def _with_regenerate(interface: object) -> object:
    return interface if callable(getattr(interface, "regenerate", None)) else None


def _key(name: str) -> str:
    return f"_{name}"
