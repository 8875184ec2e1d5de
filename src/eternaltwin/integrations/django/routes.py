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


def routes(
    login: Callable[..., Any], callback: Callable[..., Any], failed: Callable[..., Any], logout: Callable[..., Any]
) -> list[URLPattern]:
    """Return the URL patterns: those of the connection `default`, and those of others below their alias.

    Args:
        login: The view that starts a sign-in.
        callback: The view that finishes it.
        failed: The view that explains why it failed.
        logout: The view that signs out.

    Returns:
        The patterns.
    """
    return [
        path("login/", login, name="login"),
        path("callback/", callback, name="callback"),
        path("failed/<slug:word>/", failed, name="failed"),
        path("logout/", logout, name="logout"),
        path("<slug:alias>/login/", login, name="login"),
        path("<slug:alias>/callback/", callback, name="callback"),
        path("<slug:alias>/failed/<slug:word>/", failed, name="failed"),
    ]


def alias_arguments(alias: str) -> dict[str, str]:
    """Return the arguments of the URLs of a connection, for `reverse`.

    Args:
        alias: Alias of the connection.

    Returns:
        The alias; nothing for `default`, whose URLs do not contain it.
    """
    return {} if alias == DEFAULT_ALIAS else {"alias": alias}
