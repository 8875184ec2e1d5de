"""The paths of the views, of either colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.urls import URLPattern

APP_NAME = "eternaltwin"


def routes(
    login: Callable[..., Any], callback: Callable[..., Any], failed: Callable[..., Any], logout: Callable[..., Any]
) -> list[URLPattern]:
    """The paths: those of the connection `default`, and of others below their aliases."""
    return [
        path("login/", login, name="login"),
        path("callback/", callback, name="callback"),
        path("failed/<slug:word>/", failed, name="failed"),
        path("logout/", logout, name="logout"),
        path("<slug:alias>/login/", login, name="login"),
        path("<slug:alias>/callback/", callback, name="callback"),
        path("<slug:alias>/failed/<slug:word>/", failed, name="failed"),
    ]
