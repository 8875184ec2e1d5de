"""Who is signed in, for an application with one extension, which need not be named."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, cast

from flask import current_app
from werkzeug.local import LocalProxy

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.flask.extension import EXTENSION, Eternaltwin

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.flask.extension import LoginState, View
    from eternaltwin.integrations.shared.players import Player

P = ParamSpec("P")


class Guest:
    """The `current_user` when nobody is signed in: it is false, and not authenticated."""

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


_GUEST = Guest()


def _extension() -> Eternaltwin:
    """Return the application's extension, the first if it has several."""
    for state in cast("dict[str, LoginState]", current_app.extensions.get(EXTENSION, {})).values():
        return state.extension
    raise ConfigurationError(
        "this application has no extension Eternaltwin: add it with Eternaltwin(app)", setting="app"
    )


def _current_user() -> Player | Guest:
    return _extension().player or _GUEST


#: The player of the current request, or a `Guest`, which is false.
current_user = cast("Player | Guest", LocalProxy(_current_user))


def login_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Let only players into a view. A decorator.

    Args:
        view: View of the game, which may be a coroutine function.

    Returns:
        The view for players. Others get the page with the button, or status 401.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().login_required(view)(*args, **kwargs)

    return guarded


def admin_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Let only players into a view who were administrators of Eternaltwin when they signed in. A decorator.

    Args:
        view: View of the game, which may be a coroutine function.

    Returns:
        The view for administrators. Other players get status 403, others the page with the button or 401.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().admin_required(view)(*args, **kwargs)

    return guarded
