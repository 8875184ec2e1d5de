"""Sessions of signed-in players: in Flask's session, and in that of Flask-Login if the application has it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from flask import current_app, request, session

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.shared.sessions import player_in, session_content

if TYPE_CHECKING:
    from eternaltwin.integrations.shared.players import Player


class FlaskLogin(Protocol):
    """The part of the package `flask_login` that is used here.

    Attributes:
        current_user: The game's user who is signed in, or an anonymous one.
    """

    current_user: object

    def login_user(self, user: object, /) -> bool:
        """Sign in a user of the game.

        Args:
            user: The game's own user.

        Returns:
            Whether the user is active, and so has been signed in.
        """
        ...

    def logout_user(self) -> bool:
        """Sign the user out.

        Returns:
            True.
        """
        ...


class _Regenerating(Protocol):
    """A session interface that stores sessions on the server, such as that of Flask-Session."""

    def regenerate(self, session: object, /) -> None: ...


def flask_login() -> FlaskLogin | None:
    """Return Flask-Login, if the application has it.

    Returns:
        The package, or None.
    """
    if not hasattr(current_app, "login_manager"):
        return None
    return cast("FlaskLogin", import_module("flask_login"))


def read_session(name: str, using: str, max_age: int) -> Player | None:
    """Return the signed-in player.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        max_age: Seconds until a session ends.

    Returns:
        The player, or None if nobody is signed in, or if the session has ended, or belongs to another server or game.
    """
    return player_in(cast("object", session.get(_key(name))), using, max_age)


def subject_of(player: Player | None) -> str | None:
    """Return who is signed in, for a sign-in that connects an account.

    Args:
        player: The player who is signed in with Eternaltwin, or None.

    Returns:
        The id of the user of Flask-Login if the application has it, otherwise that of the player. None for a guest.
    """
    login = flask_login()
    user = player if login is None else login.current_user
    if not getattr(user, "is_authenticated", False):
        return None
    return str(cast("Player", user).get_id())


def open_session(name: str, using: str, player: Player, user: object | None, *, is_new: bool = True) -> None:
    """Open a session for a player.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        player: The player who has signed in.
        user: The user to sign in to Flask-Login, if the application has it. None leaves the one who is signed in.
        is_new: Whether to remove everything of the previous session. False keeps it, for the player who is signed in
            and has connected an account.

    Raises:
        AccountRefusedError: The application has Flask-Login, and `user` is not active.
    """
    login = flask_login()
    if login is not None and not getattr(user, "is_active", True):
        raise AccountRefusedError(f"the user of the account {player.identifier} is not active")
    if is_new:
        close_session()
    interface = _with_regenerate(current_app.session_interface)
    if interface is not None:
        interface.regenerate(session)
    session.permanent = True
    session[_key(name)] = session_content(player, using)
    if login is not None and user is not None:
        login.login_user(user)


def forget_player(name: str) -> None:
    """Remove the player from the session, and nothing else.

    Args:
        name: Name of the extension.
    """
    session.pop(_key(name), None)


def close_session() -> None:
    """End the session, and that of Flask-Login with its cookie "remember me"."""
    login = flask_login()
    if login is not None:
        login.logout_user()
    remember = cast("object", session.get("_remember"))
    session.clear()
    if remember is not None:
        session["_remember"] = remember  # with which Flask-Login clears its cookie


def close_expired_session(name: str, using: str, max_age: int) -> None:
    """End the session of Flask-Login together with an expired session of this extension.

    Args:
        name: Name of the extension.
        using: Alias of the connection.
        max_age: Seconds until a session ends.
    """
    if request.endpoint == "static" or flask_login() is None:
        return
    if _key(name) in session and read_session(name, using, max_age) is None:
        close_session()


def _with_regenerate(interface: object) -> _Regenerating | None:
    return cast("_Regenerating", interface) if callable(getattr(interface, "regenerate", None)) else None


def _key(name: str) -> str:
    return f"_{name}"
