"""Checks of Django's own settings: apps, middleware, authentication backends, sessions, users."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string

from eternaltwin.integrations.django.checks.users import check_user_model
from eternaltwin.integrations.django.middleware import StrictCookiesMiddleware
from eternaltwin.integrations.shared.checks import SettingProblem, check_same_site, check_strict_cookies, is_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eternaltwin.integrations.django.conf import LoginOptions

BACKEND = "eternaltwin.integrations.django.backends.EternaltwinBackend"

_DJANGO_BACKENDS = [
    f"django.contrib.auth.backends.{name}"
    for name in ("ModelBackend", "AllowAllUsersModelBackend", "RemoteUserBackend", "AllowAllUsersRemoteUserBackend")
]


def check_site(options: LoginOptions) -> Iterator[SettingProblem]:
    """Check the settings of Django that sign-ins depend on.

    Args:
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    yield from _check_sessions()
    yield from _check_cookies()
    yield from _check_backends()
    yield from check_same_site(settings.SESSION_COOKIE_SAMESITE)
    if options.new_user is None:
        yield from check_user_model()


def _check_sessions() -> Iterator[SettingProblem]:
    for app in ("django.contrib.auth", "django.contrib.contenttypes"):
        if not apps.is_installed(app):
            yield SettingProblem("E007", f"{app} is not installed.", f"Add {app!r} to INSTALLED_APPS.")
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        if not has_class(settings.MIDDLEWARE, middleware):
            path = f"{middleware.__module__}.{middleware.__qualname__}"
            yield SettingProblem("E007", f"{middleware.__qualname__} is missing.", f"Add {path!r} to MIDDLEWARE.")


def _check_cookies() -> Iterator[SettingProblem]:
    found = [_imported(path) for path in settings.MIDDLEWARE]
    yield from check_strict_cookies(found, StrictCookiesMiddleware, (SessionMiddleware, CsrfViewMiddleware))


def _check_backends() -> Iterator[SettingProblem]:
    paths = settings.AUTHENTICATION_BACKENDS
    wrong = [path for path in paths if _imported(path) is None]
    for path in wrong:
        near = _nearest_backend(path)
        yield SettingProblem(
            "E006",
            f"AUTHENTICATION_BACKENDS contains {path!r}, which cannot be imported.",
            f"Did you mean {near!r}?" if near else "Correct or remove it.",
        )
    if not wrong and not has_class(paths, import_string(BACKEND)):
        yield SettingProblem(
            "E006",
            "No authentication backend accepts finished sign-ins with Eternaltwin.",
            f"Add {BACKEND!r} to AUTHENTICATION_BACKENDS.",
        )


def _nearest_backend(path: str) -> str | None:
    """Return the backend whose dotted path, or whose name, is most like a path. None if none is."""
    known = (BACKEND, *_DJANGO_BACKENDS)
    by_path = get_close_matches(path, known, n=1, cutoff=0.5)
    names = {each.rpartition(".")[2]: each for each in known}
    by_name = get_close_matches(path.rpartition(".")[2], names, n=1, cutoff=0.8)
    return by_path[0] if by_path else names[by_name[0]] if by_name else None


def has_class(paths: Sequence[str], wanted: type) -> bool:
    """Return whether a setting contains a class, or a subclass of it.

    Args:
        paths: Dotted paths, such as those of middleware. Those that cannot be imported are ignored.
        wanted: The class.

    Returns:
        True if one of the paths is that of such a class.
    """
    return any(is_kind(_imported(path), wanted) for path in paths)


def _imported(path: str) -> object:
    """Return what a dotted path names, or None if it cannot be imported."""
    try:
        return import_string(path)
    except ImportError:
        return None
