"""Checks of Django's own settings: apps, middleware, authentication backends, sessions, users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.module_loading import import_string

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.checks.messages import error, message_of
from eternaltwin.integrations.django.usernames import username_field
from eternaltwin.integrations.shared.checks import check_same_site

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.core.checks import CheckMessage

    from eternaltwin.integrations.django.conf import LoginOptions

BACKEND = "eternaltwin.integrations.django.backends.EternaltwinBackend"


def check_site(options: LoginOptions) -> Iterator[CheckMessage]:
    """Check the settings of Django that sign-ins depend on.

    Args:
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    yield from _check_sessions()
    if not _any_is(settings.AUTHENTICATION_BACKENDS, import_string(BACKEND)):
        yield error(
            6,
            "No authentication backend accepts finished sign-ins with Eternaltwin.",
            f"Add {BACKEND!r} to AUTHENTICATION_BACKENDS.",
        )
    yield from map(message_of, check_same_site(settings.SESSION_COOKIE_SAMESITE))
    if options.new_user is None:
        yield from _check_user_model()


def _check_sessions() -> Iterator[CheckMessage]:
    for app in ("django.contrib.auth", "django.contrib.contenttypes"):
        if not apps.is_installed(app):
            yield error(7, f"{app} is not installed.", f"Add {app!r} to INSTALLED_APPS.")
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        if not _any_is(settings.MIDDLEWARE, middleware):
            path = f"{middleware.__module__}.{middleware.__qualname__}"
            yield error(7, f"{middleware.__qualname__} is missing.", f"Add {path!r} to MIDDLEWARE.")


def _any_is(paths: Sequence[str], wanted: type) -> bool:
    found = (import_string(path) for path in paths)
    return any(isinstance(item, type) and issubclass(item, wanted) for item in found)


def _check_user_model() -> Iterator[CheckMessage]:
    try:
        username_field()
    except ConfigurationError as exc:
        yield error(
            10,
            f"{exc}.",
            "Set new_user to a function of an eternaltwin.User and a user name that returns an unsaved user.",
        )
