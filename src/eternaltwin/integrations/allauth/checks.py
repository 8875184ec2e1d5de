"""System checks of the settings.

`manage.py check` runs them. Each problem has an id:

- `eternaltwin_allauth.E001`: `SOCIALACCOUNT_PROVIDERS["eternaltwin"]`, or an app in it, is wrong.
- `eternaltwin_allauth.E002`: An app of Django or django-allauth is missing.
- `eternaltwin_allauth.E003`: A middleware is missing.
- `eternaltwin_allauth.E004`: The authentication backend of django-allauth is missing.
- `eternaltwin_allauth.E005`: The URLs of django-allauth are missing.
- `eternaltwin_allauth.E006`: `REDIRECT_URI` is not the URL of the callback of this site.
- `eternaltwin_allauth.E007`: The host of `REDIRECT_URI` is not in `ALLOWED_HOSTS`.
- `eternaltwin_allauth.E008`: No template engine has the context processor `request`.
- `eternaltwin_allauth.W001`: The settings contain no app, so there must be one in the database.
- `eternaltwin_allauth.W002`: `SESSION_COOKIE_SAMESITE` is not `"Lax"`.
- `eternaltwin_allauth.W003`: `DEBUG` with a callback on this machine, and the official server.
- `eternaltwin_allauth.W004`: `SOCIALACCOUNT_LOGIN_ON_GET` lets other sites start sign-ins.
- `eternaltwin_allauth.W005`: `SOCIALACCOUNT_STORE_TOKENS` stores tokens that are valid for decades.
- `eternaltwin_allauth.W006`: `StrictCookiesMiddleware` is missing, or comes after the middleware that reads cookies.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.checks import Error
from django.core.checks import Warning as Caution
from django.http.request import split_domain_port, validate_host
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.clients.validation.setting_names import suggestion
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.allauth.conf import PROVIDER_ID, provider_setting, provider_settings
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.integrations.shared.checks import SettingProblem, check_same_site, check_strict_cookies, is_kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage

PLACE = f"SOCIALACCOUNT_PROVIDERS['{PROVIDER_ID}']"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"

#: The middleware needs Django only, not the app of the same package in `INSTALLED_APPS`.
STRICT_COOKIES = "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware"
CONTEXT_PROCESSOR = "django.template.context_processors.request"

_APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth.account",
    "allauth.socialaccount",
)
_MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
)

#: The keys of the provider: ours, and those of django-allauth for every provider with OAuth 2.
_KEYS = (
    "APP",
    "APPS",
    "AUTH_PARAMS",
    "EMAIL_AUTHENTICATION",
    "EMAIL_AUTHENTICATION_AUTO_CONNECT",
    "OAUTH_PKCE_ENABLED",
    "PUBLIC_URL",
    "REDIRECT_URI",
    "SCOPE",
    "URL",
    "VERIFIED_EMAIL",
)

#: Settings that `ClientABC.check` requires, for those that are not given.
_UNUSED = {"client_id": "unused@clients", "client_secret": "unused", "redirect_uri": "https://unused.example/"}

#: The hosts that Django accepts while `DEBUG` is True and `ALLOWED_HOSTS` is empty.
_DEBUG_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


def check_settings(**_: object) -> list[CheckMessage]:
    """Check the settings of the provider, and those of Django and django-allauth that it depends on.

    Returns:
        The problems.
    """
    return [_message(problem) for problem in _problems()]


def _message(problem: SettingProblem) -> CheckMessage:
    kind = Error if problem.id.startswith("E") else Caution
    return kind(problem.problem, hint=problem.hint, id=f"eternaltwin_allauth.{problem.id}")


def _problems() -> Iterator[SettingProblem]:
    yield from _check_provider()
    missing = list(_check_apps())
    yield from missing or _check_callback()  # without its apps, the URLs of django-allauth cannot be imported
    yield from _check_site()
    yield from _check_cautions()


def _check_provider() -> Iterator[SettingProblem]:
    if not isinstance(provider_setting(), Mapping):
        yield _wrong(f"{PLACE} must be a mapping.", _example())
        return
    named = provider_settings()
    for key in named:
        if key not in _KEYS:
            yield _wrong(f"{PLACE} has no key {key!r}: {suggestion(key, _KEYS, 'keys')}.", "Correct its name.")
    addresses = {"redirect_uri": "REDIRECT_URI", "url": "URL", "public_url": "PUBLIC_URL"}
    for setting, key in addresses.items():
        yield from _check_value(f"{PLACE}['{key}']", setting, named.get(key))
    yield from _check_oauth_apps(named)


def _check_oauth_apps(given: Mapping[str, object]) -> Iterator[SettingProblem]:
    found = given.get("APPS") or [app for app in [given.get("APP")] if app]
    if not isinstance(found, list | tuple) or not all(isinstance(app, Mapping) for app in cast("list[object]", found)):
        yield _wrong(f"{PLACE}['APPS'] must be a list of mappings.", _example())
        return
    entries = cast("list[Mapping[str, object]]", found)
    if not entries:
        yield SettingProblem(
            "W001",
            f"{PLACE} contains no app with client_id and secret.",
            f"{_example()} Ignore this if you have added a social application for Eternaltwin in the admin instead.",
        )
    for app in entries:
        for key, setting in (("client_id", "client_id"), ("secret", "client_secret")):
            yield from _check_value(f"{PLACE}: the {key} of an app", setting, app.get(key, ""))


def _check_value(place: str, setting: str, value: object) -> Iterator[SettingProblem]:
    if value is None:
        return
    try:
        ClientABC.check({**_UNUSED, "state_key": "x" * 32, setting: value})
    except ConfigurationError as exc:
        yield _wrong(f"{place} is wrong: {exc.problem}.", "Correct it. A missing variable of the environment is empty.")


def _wrong(problem: str, hint: str) -> SettingProblem:
    return SettingProblem("E001", problem, hint)


def _example() -> str:
    app = '{"client_id": "mygame@clients", "secret": os.environ["ETERNALTWIN_CLIENT_SECRET"]}'
    return f'Set SOCIALACCOUNT_PROVIDERS = {{"{PROVIDER_ID}": {{"APPS": [{app}]}}}}.'


def _check_apps() -> Iterator[SettingProblem]:
    for app in _APPS:
        if not apps.is_installed(app):
            yield SettingProblem("E002", f"{app} is not installed.", f"Add {app!r} to INSTALLED_APPS.")


def _check_site() -> Iterator[SettingProblem]:
    for path in _MIDDLEWARE:
        if not _any_is(settings.MIDDLEWARE, path):
            yield SettingProblem("E003", f"{path.rpartition('.')[2]} is missing.", f"Add {path!r} to MIDDLEWARE.")
    if not _any_is(settings.AUTHENTICATION_BACKENDS, BACKEND):
        yield SettingProblem(
            "E004", "No authentication backend signs players in.", f"Add {BACKEND!r} to AUTHENTICATION_BACKENDS."
        )
    if not any(CONTEXT_PROCESSOR in _processors(engine) for engine in settings.TEMPLATES):
        yield SettingProblem(
            "E008",
            "No template engine has the context processor `request`, which the pages of django-allauth use.",
            f"Add {CONTEXT_PROCESSOR!r} to the context_processors of TEMPLATES.",
        )


def _any_is(paths: list[str], wanted: str) -> bool:
    """Return whether one of the classes or functions is the wanted one, or a subclass. Django reports other typos."""
    if wanted in paths:
        return True
    base = _imported(wanted)
    found = [_imported(path) for path in paths]
    return isinstance(base, type) and any(is_kind(item, base) for item in found)


def _imported(path: str) -> object:
    try:
        return cast("object", import_string(path))
    except ImportError:
        return None


def _processors(engine: Mapping[str, object]) -> list[str]:
    options = cast("Mapping[str, object]", engine.get("OPTIONS", {}))
    return cast("list[str]", options.get("context_processors", []))


def _check_callback() -> Iterator[SettingProblem]:
    try:
        path = reverse(f"{PROVIDER_ID}_callback")
    except NoReverseMatch:
        yield SettingProblem(
            "E005",
            "The URL configuration does not contain the callback of Eternaltwin.",
            'Add path("accounts/", include("allauth.urls")) to your URL configuration.',
        )
        return
    registered = _redirect_uri()
    if registered is None:
        return
    parts = urlsplit(registered)
    if parts.path != path:
        yield SettingProblem(
            "E006",
            f"REDIRECT_URI has the path {parts.path}, but the callback of this site is {path}.",
            f"Set the path of {PLACE}['REDIRECT_URI'] to {path}, as registered with Eternaltwin.",
        )
    host, _ = split_domain_port(parts.netloc.lower())
    if not validate_host(host, settings.ALLOWED_HOSTS or (_DEBUG_HOSTS if settings.DEBUG else [])):
        yield SettingProblem(
            "E007",
            f"REDIRECT_URI is on {host!r}, which is not in ALLOWED_HOSTS.",
            "Add the host to ALLOWED_HOSTS, or correct REDIRECT_URI.",
        )


def _redirect_uri() -> str | None:
    uri = provider_settings().get("REDIRECT_URI")
    return uri if isinstance(uri, str) else None


def _check_cautions() -> Iterator[SettingProblem]:
    yield from check_same_site(settings.SESSION_COOKIE_SAMESITE)
    middleware = [_imported(path) for path in settings.MIDDLEWARE]
    yield from check_strict_cookies(middleware, import_string(STRICT_COOKIES), (SessionMiddleware, CsrfViewMiddleware))
    if settings.DEBUG and is_local(_redirect_uri() or "") and not provider_settings().get("URL"):
        yield SettingProblem(
            "W003",
            "REDIRECT_URI is on this machine, but players sign in at the official server, which does not know it.",
            f"Start `eternaltwin serve`, and set {PLACE}['URL'] = 'http://127.0.0.1:50320'.",
        )
    if getattr(settings, "SOCIALACCOUNT_LOGIN_ON_GET", False):
        yield SettingProblem(
            "W004",
            "SOCIALACCOUNT_LOGIN_ON_GET is on: a link or an image on another site starts a sign-in.",
            "Leave SOCIALACCOUNT_LOGIN_ON_GET out, and use a form with the method POST.",
        )
    if getattr(settings, "SOCIALACCOUNT_STORE_TOKENS", False):
        yield SettingProblem(
            "W005",
            "SOCIALACCOUNT_STORE_TOKENS is on: tokens of Eternaltwin are valid for decades, and cannot be revoked.",
            "Leave SOCIALACCOUNT_STORE_TOKENS out, unless the game calls Eternaltwin in the name of its players.",
        )
