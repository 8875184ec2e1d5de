"""System checks of the settings: `manage.py check`, and `manage.py check --deploy` for W101 and above.

==================== ===========================================================================
id                   what it finds
==================== ===========================================================================
`eternaltwin.E001` `ETERNALTWIN`, or a connection in it, is missing or wrong
`eternaltwin.E002` `ETERNALTWIN_LOGIN` is wrong
`eternaltwin.E003` players shall sign in with a connection that `ETERNALTWIN` does not have
`eternaltwin.E004` `redirect_uri` is not the callback of this site
`eternaltwin.E005` `redirect_uri` is on a host that this site does not answer for
`eternaltwin.E006` no authentication backend takes finished sign-ins
`eternaltwin.E007` sessions or users are missing: an app, or a middleware
`eternaltwin.E008` the cache that shall remember used sign-ins is not there, or cannot do that
`eternaltwin.E009` `ETERNALTWIN_LOGIN["secure"]` contradicts `redirect_uri`
`eternaltwin.E010` the user model needs `ETERNALTWIN_LOGIN["new_user"]`
`eternaltwin.W001` `redirect_uri` is the callback only below a prefix of its path
`eternaltwin.W002` `SESSION_COOKIE_SAMESITE` is not `"Lax"`
`eternaltwin.W003` the key of the states is a secret that serves something else
`eternaltwin.W004` the cache that shall remember used sign-ins throws some away when it is full
`eternaltwin.W101` each process remembers used sign-ins for itself
`eternaltwin.W102` `redirect_uri` is not https
`eternaltwin.W103` `SESSION_COOKIE_SECURE` or `CSRF_COOKIE_SECURE` is not set on an https site
`eternaltwin.W104` Eternaltwin is asked over http, so the client's secret can be read on the way
`eternaltwin.W105` `verify_ssl` is False: whoever answers is believed
==================== ===========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.checks.callbacks import check_callback
from eternaltwin.integrations.django.checks.connections import check_connection, check_deployed, read_connections
from eternaltwin.integrations.django.checks.messages import error
from eternaltwin.integrations.django.checks.sites import check_site
from eternaltwin.integrations.django.checks.stores import check_store, check_store_deployed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage


def check_settings(**_: object) -> list[CheckMessage]:
    """What is wrong with the settings, wherever they are used."""
    settings, problems = read_connections()
    try:
        options = conf.options()
    except ConfigurationError as exc:
        return [*problems, error(2, f"{conf.OPTIONS}: {exc}", f"Correct {conf.OPTIONS} in your settings.")]
    problems += check_site(options)
    problems += check_store(options)
    for alias in options.connections:
        if alias in settings:
            problems += [*check_connection(alias, settings[alias], options), *check_callback(alias, settings[alias])]
        elif settings:
            problems.append(_missing(alias, list(settings)))
    return problems


def check_deployment(**_: object) -> list[CheckMessage]:
    """What is wrong with the settings on a site that players use."""
    return list(_deployment())


def _deployment() -> Iterator[CheckMessage]:
    settings, _ = read_connections()
    try:
        options = conf.options()
    except ConfigurationError:  # check_settings tells of it
        return
    yield from check_store_deployed(options)
    for alias, connection in settings.items():
        yield from check_deployed(alias, connection, is_for_players=alias in options.connections)


def _missing(alias: str, there: list[str]) -> CheckMessage:
    return error(
        3,
        f"{conf.OPTIONS}['connections'] has {alias!r}, but {conf.CONNECTIONS} has only {', '.join(map(repr, there))}.",
        f"Add {alias!r} to {conf.CONNECTIONS}, or let {conf.OPTIONS}['connections'] name what is there.",
    )
