"""The URL patterns of the sync and of the async views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from eternaltwin.connections import DEFAULT_ALIAS

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.urls import URLPattern

#: The namespace of the URLs.
APP_NAME = "eternaltwin"

#: The paths of the views, by name.
_PATHS = {
    "login": "login/",
    "callback": "callback/",
    "failed": "failed/<slug:word>/",
    "logout": "logout/",
    "disconnect": "disconnect/",
    "me": "me/",
}

#: The views that every connection has.
_OF_CONNECTIONS = ("login", "callback", "failed")


def routes(**views: Callable[..., Any]) -> list[URLPattern]:
    """Return the URL patterns: those of the connection `default`, and those of others below their alias.

    Args:
        **views: The views by name: `login` starts a sign-in, `callback` finishes it, `failed` explains why it failed,
            `logout` signs out, `disconnect` removes the account of the user, and `me` returns the player as JSON.

    Returns:
        The patterns.
    """
    return [
        *(path(_PATHS[name], view, name=name) for name, view in views.items()),
        *(path(f"<slug:alias>/{_PATHS[name]}", views[name], name=name) for name in _OF_CONNECTIONS),
    ]


def alias_arguments(alias: str) -> dict[str, str]:
    """Return the arguments of the URLs of a connection, for `reverse`.

    Args:
        alias: Alias of the connection.

    Returns:
        The alias; nothing for `default`, whose URLs do not contain it.
    """
    return {} if alias == DEFAULT_ALIAS else {"alias": alias}
