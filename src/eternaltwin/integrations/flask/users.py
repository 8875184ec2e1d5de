"""Who is signed in, for an application with one extension: without naming it."""

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
    """Nobody is signed in: false, and not authenticated."""

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
    """The application's extension; the first one, if it has several."""
    for state in cast("dict[str, LoginState]", current_app.extensions.get(EXTENSION, {})).values():
        return state.extension
    raise ConfigurationError("this application has no extension Eternaltwin: Eternaltwin(app)", setting="app")


def _current_user() -> Player | Guest:
    return _extension().player or _GUEST


#: Who is signed in, in a request: a `Player`, or a `Guest`, which is false.
current_user = cast("Player | Guest", LocalProxy(_current_user))


def login_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Let only players into a view; others get a page with the button, or 401."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().login_required(view)(*args, **kwargs)

    return guarded


def admin_required(view: View[P]) -> Callable[P, ResponseReturnValue]:
    """Let only those into a view who administrated Eternaltwin when they signed in; others get 401 or 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return _extension().admin_required(view)(*args, **kwargs)

    return guarded
