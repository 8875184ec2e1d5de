"""`current_user` and the decorators, for applications with a single extension."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import current_app
from werkzeug.local import LocalProxy

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.flask.views import EXTENSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.flask.extension import Eternaltwin, View
    from eternaltwin.integrations.flask.views import InstalledExtension
    from eternaltwin.integrations.shared.players import Player

P = ParamSpec("P")


class AnonymousPlayer:
    """The `current_user` when nobody is signed in. It is false in a condition, and `str()` returns an empty string.

    Attributes:
        identifier: An empty string.
        display_name: An empty string.
        is_administrator: False.
        is_authenticated: False.
        is_active: False, for Flask-Login.
        is_anonymous: True, for Flask-Login.
    """

    identifier = ""
    display_name = ""
    is_administrator = False
    is_authenticated = False
    is_active = False
    is_anonymous = True

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""


#: The former name of `AnonymousPlayer`. It differs from `eternaltwin.Guest`, an identity that calls are sent for.
Guest = AnonymousPlayer

_ANONYMOUS = AnonymousPlayer()


def _extension() -> Eternaltwin:
    """Return the extension of the current application, the first one if it has several."""
    for installed in cast("dict[str, InstalledExtension]", current_app.extensions.get(EXTENSION, {})).values():
        return cast("Eternaltwin", installed.extension)
    raise ConfigurationError(
        "this application has no extension Eternaltwin: add it with Eternaltwin(app)", setting="app"
    )


def _current_user() -> Player | AnonymousPlayer:
    return _extension().player or _ANONYMOUS


#: The signed-in player of the current request, or an `AnonymousPlayer`, which is false in a condition.
current_user = cast("Player | AnonymousPlayer", LocalProxy(_current_user))


def login_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Admit only signed-in players to a view. A decorator.

    Args:
        view: View of the game, which may be a coroutine function.

    Returns:
        The view for players. Guests get the status 401, with the page with the button if they request a page.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().login_required(view)(*args, **kwargs)

    return guarded


def admin_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Admit only players to a view who were administrators of Eternaltwin at the sign-in. A decorator.

    Args:
        view: View of the game, which may be a coroutine function.

    Returns:
        The view for administrators. Other players get the status 403, and guests 401, as with `login_required`.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().admin_required(view)(*args, **kwargs)

    return guarded
