"""Checks of Django's own settings: apps, middleware, authentication backends, sessions, users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.module_loading import import_string

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.usernames import username_field
from eternaltwin.integrations.shared.checks import SettingProblem, check_same_site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eternaltwin.integrations.django.conf import LoginOptions

BACKEND = "eternaltwin.integrations.django.backends.EternaltwinBackend"


def check_site(options: LoginOptions) -> Iterator[SettingProblem]:
    """Check the settings of Django that sign-ins depend on.

    Args:
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    yield from _check_sessions()
    if not has_class(settings.AUTHENTICATION_BACKENDS, import_string(BACKEND)):
        yield SettingProblem(
            "E006",
            "No authentication backend accepts finished sign-ins with Eternaltwin.",
            f"Add {BACKEND!r} to AUTHENTICATION_BACKENDS.",
        )
    yield from check_same_site(settings.SESSION_COOKIE_SAMESITE)
    if options.new_user is None:
        yield from _check_user_model()


def _check_sessions() -> Iterator[SettingProblem]:
    for app in ("django.contrib.auth", "django.contrib.contenttypes"):
        if not apps.is_installed(app):
            yield SettingProblem("E007", f"{app} is not installed.", f"Add {app!r} to INSTALLED_APPS.")
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        if not has_class(settings.MIDDLEWARE, middleware):
            path = f"{middleware.__module__}.{middleware.__qualname__}"
            yield SettingProblem("E007", f"{middleware.__qualname__} is missing.", f"Add {path!r} to MIDDLEWARE.")


def has_class(paths: Sequence[str], wanted: type) -> bool:
    """Return whether a setting contains a class, or a subclass of it.

    Args:
        paths: Dotted paths, such as those of middleware.
        wanted: The class.

    Returns:
        True if one of the paths is that of such a class.
    """
    found = (import_string(path) for path in paths)
    return any(isinstance(item, type) and issubclass(item, wanted) for item in found)


def _check_user_model() -> Iterator[SettingProblem]:
    try:
        username_field()
    except ConfigurationError as exc:
        yield SettingProblem(
            "E010",
            f"{exc}.",
            "Set new_user to a function of an eternaltwin.User and a user name that returns an unsaved user.",
        )
