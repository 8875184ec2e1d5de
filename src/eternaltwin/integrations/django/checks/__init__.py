"""System checks of the settings.

`manage.py check` runs them, and `manage.py check --deploy` also those from W101 on. Each problem has
an id:

- `eternaltwin.E001`: `ETERNALTWIN`, or a connection in it, is missing or wrong.
- `eternaltwin.E002`: `ETERNALTWIN_LOGIN` is wrong.
- `eternaltwin.E003`: `ETERNALTWIN_LOGIN["connections"]` contains a connection that `ETERNALTWIN` does not have.
- `eternaltwin.E004`: `redirect_uri` is not the URL of the callback of this site.
- `eternaltwin.E005`: The host of `redirect_uri`, or of one of `domains`, is not in `ALLOWED_HOSTS`.
- `eternaltwin.E006`: No authentication backend accepts finished sign-ins, or one cannot be imported.
- `eternaltwin.E007`: An app or a middleware of sessions or users is missing.
- `eternaltwin.E008`: The cache for used sign-ins does not exist, or is not suitable.
- `eternaltwin.E009`: `ETERNALTWIN_LOGIN["secure"]` contradicts `redirect_uri`.
- `eternaltwin.E010`: The user model has other required fields, so it needs `ETERNALTWIN_LOGIN["new_user"]`.
- `eternaltwin.E011`: `ETERNALTWIN_LOGIN["retired_connections"]` contains a connection that `ETERNALTWIN` has.
- `eternaltwin.W001`: `redirect_uri` is the URL of the callback only below a prefix of its path.
- `eternaltwin.W002`: `SESSION_COOKIE_SAMESITE` is not `"Lax"`.
- `eternaltwin.W003`: The key of the states is also used as another secret.
- `eternaltwin.W004`: The cache for used sign-ins removes some of them when it is full.
- `eternaltwin.W005`: With `DEBUG`, `redirect_uri` is on this machine, and `url` is not set.
- `eternaltwin.W006`: `StrictCookiesMiddleware` is missing, or comes after the middleware that reads cookies.
- `eternaltwin.W007`: `LocaleMiddleware` is missing on a site with several languages.
- `eternaltwin.W101`: The store of used sign-ins is not shared between processes.
- `eternaltwin.W102`: `redirect_uri` does not start with `https://`.
- `eternaltwin.W103`: `SESSION_COOKIE_SECURE` or `CSRF_COOKIE_SECURE` is not set on a site with https.
- `eternaltwin.W104`: Requests to Eternaltwin use http, so the client secret can be read on the way.
- `eternaltwin.W105`: `verify_ssl` is False, so the server's identity is not verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.checks import Error
from django.core.checks import Warning as Caution

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.checks.callbacks import check_callback, check_domains
from eternaltwin.integrations.django.checks.connections import check_connection, check_deployed, read_connections
from eternaltwin.integrations.django.checks.languages import check_languages
from eternaltwin.integrations.django.checks.sites import check_site
from eternaltwin.integrations.django.checks.stores import check_store, check_store_deployed
from eternaltwin.integrations.shared.checks import SettingProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage


def check_settings(**_: object) -> list[CheckMessage]:
    """Check the settings, on the developer's machine and on the site.

    Returns:
        The problems.
    """
    return [_message(problem) for problem in _problems()]


def check_deployment(**_: object) -> list[CheckMessage]:
    """Check the settings that matter only where players use the site (`manage.py check --deploy`).

    Returns:
        The problems.
    """
    return [_message(problem) for problem in _deployment()]


def _message(problem: SettingProblem) -> CheckMessage:
    kind = Error if problem.id.startswith("E") else Caution
    return kind(problem.problem, hint=problem.hint, id=f"eternaltwin.{problem.id}")


def _problems() -> Iterator[SettingProblem]:
    settings, wrong = read_connections()
    yield from wrong
    try:
        options = conf.options()
    except ConfigurationError as exc:
        yield SettingProblem("E002", f"{conf.OPTIONS}: {exc}", f"Correct {conf.OPTIONS} in your settings.")
        return
    yield from check_site(options)
    yield from check_languages()
    yield from check_store(options)
    yield from _check_retired(options, list(settings))
    yield from check_domains(options.domains)
    for alias in options.connections:
        if alias in settings:
            yield from check_connection(alias, settings[alias], options)
            yield from check_callback(alias, settings[alias])
        elif settings:
            yield _missing(alias, list(settings))


def _deployment() -> Iterator[SettingProblem]:
    settings, _ = read_connections()
    try:
        options = conf.options()
    except ConfigurationError:  # check_settings reports it
        return
    yield from check_store_deployed(options)
    for alias, connection in settings.items():
        yield from check_deployed(alias, connection, is_for_players=alias in options.connections)


def _check_retired(options: conf.LoginOptions, existing: list[str]) -> Iterator[SettingProblem]:
    for alias in options.retired_connections:
        if alias in existing:
            yield SettingProblem(
                "E011",
                f"{conf.OPTIONS}['retired_connections'] contains {alias!r}, which {conf.CONNECTIONS} has as well: the"
                " players of the one would be those of the other.",
                "Choose another alias for the new connection, or remove it from 'retired_connections'.",
            )


def _missing(alias: str, existing: list[str]) -> SettingProblem:
    return SettingProblem(
        "E003",
        f"{conf.OPTIONS}['connections'] contains {alias!r}, but {conf.CONNECTIONS} has only"
        f" {', '.join(map(repr, existing))}.",
        f"Add {alias!r} to {conf.CONNECTIONS}, or remove it from {conf.OPTIONS}['connections'].",
    )
