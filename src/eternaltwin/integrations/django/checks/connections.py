"""Checks of the setting `ETERNALTWIN`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings as django_settings

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.shared import checks
from eternaltwin.integrations.shared.settings import NEW_SECRET
from eternaltwin.login.cookies import is_https

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.integrations.django.conf import LoginOptions
    from eternaltwin.integrations.shared.checks import SettingProblem

_KEY_HINT = f"Leave state_key out, so that a key is derived from SECRET_KEY, or create one: {NEW_SECRET}."


def read_connections() -> tuple[dict[str, CheckedSettings], list[SettingProblem]]:
    """Read the connections of the setting `ETERNALTWIN`.

    Returns:
        The settings of the valid connections, by alias, and the problems of the others.
    """
    valid: dict[str, CheckedSettings] = {}
    problems: list[SettingProblem] = []
    try:
        given = conf.connection_settings()
    except ConfigurationError as exc:
        return valid, [_problem(exc)]
    for alias, entry in given.items():
        try:
            valid[alias] = ClientABC.check(entry, alias=alias)
        except ConfigurationError as exc:
            problems.append(_problem(exc))
    return valid, problems


def _problem(exc: ConfigurationError) -> SettingProblem:
    place = f"{conf.CONNECTIONS}[{exc.alias!r}]" if exc.alias is not None else str(exc.setting)
    return checks.SettingProblem("E001", f"{place}: {exc.problem}.", f"Correct {place} in your settings.")


def check_connection(alias: str, connection: CheckedSettings, options: LoginOptions) -> Iterator[SettingProblem]:
    """Check a connection that players sign in with.

    Args:
        alias: Alias of the connection.
        connection: Checked settings of the connection.
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    uri = connection.redirect_uri
    yield from _check_domains(alias, uri, options.domains)
    yield from checks.check_secure(alias, uri, options.secure, f"{conf.OPTIONS}['secure']")
    secrets = (django_settings.SECRET_KEY,)
    yield from checks.check_state_key(alias, connection, secrets, _KEY_HINT)
    if django_settings.DEBUG:
        yield from checks.check_development(alias, connection)


def _check_domains(alias: str, redirect_uri: str, domains: Iterable[str]) -> Iterator[SettingProblem]:
    """Check what a sign-in would refuse: domains that get codes over http, although the callback is https."""
    unsafe = [origin for origin in domains if not is_https(origin)] if is_https(redirect_uri) else []
    if unsafe:
        yield checks.SettingProblem(
            "E002",
            f"{conf.OPTIONS}['domains'] contains {unsafe[0]!r}, but the redirect_uri of {alias!r} is https: the domain"
            " would get codes over http.",
            "Serve all domains over https, and name them with https://.",
        )


def check_deployed(alias: str, connection: CheckedSettings, *, is_for_players: bool) -> Iterator[SettingProblem]:
    """Check a connection of a site that players use.

    Args:
        alias: Alias of the connection.
        connection: Checked settings of the connection.
        is_for_players: Whether players may sign in with the connection.

    Yields:
        A problem.
    """
    if is_for_players:
        yield from _check_transport_of_site(alias, connection)
    yield from checks.check_server(alias, connection)


def _check_transport_of_site(alias: str, connection: CheckedSettings) -> Iterator[SettingProblem]:
    yield from checks.check_callback_scheme(alias, connection.redirect_uri)
    if not is_https(connection.redirect_uri):
        return
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(django_settings, name):
            yield checks.SettingProblem(
                "W103",
                f"{name} is not set, but the game is served over https: its cookie would be sent over http as well.",
                f"Set {name} = True.",
            )
