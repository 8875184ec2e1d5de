"""Checks of the setting `ETERNALTWIN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings as django_settings

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.checks.messages import caution, error
from eternaltwin.integrations.shared.addresses import is_https, is_local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage

    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.integrations.django.conf import LoginOptions


def read_connections() -> tuple[dict[str, CheckedSettings], list[CheckMessage]]:
    """Read the connections of the setting `ETERNALTWIN`.

    Returns:
        The settings of the valid connections, by alias, and the problems of the others.
    """
    valid: dict[str, CheckedSettings] = {}
    problems: list[CheckMessage] = []
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


def _problem(exc: ConfigurationError) -> CheckMessage:
    place = f"{conf.CONNECTIONS}[{exc.alias!r}]" if exc.alias is not None else conf.CONNECTIONS
    return error(1, f"{place}: {exc.problem}.", f"Correct {place} in your settings.")


def check_connection(alias: str, connection: CheckedSettings, options: LoginOptions) -> Iterator[CheckMessage]:
    """Check a connection that players sign in with.

    Args:
        alias: Alias of the connection.
        connection: Checked settings of the connection.
        options: The setting `ETERNALTWIN_LOGIN`.

    Yields:
        A problem.
    """
    has_https = is_https(connection.redirect_uri)
    if options.secure is True and not has_https and not is_local(connection.redirect_uri):
        yield error(
            9,
            f"{conf.OPTIONS}['secure'] is True, but the redirect_uri of {alias!r} does not start with https://:"
            " browsers would not send the cookies of sign-ins.",
            "Leave 'secure' out, or use a redirect_uri that starts with https://.",
        )
    if options.secure is False and has_https:
        yield error(
            9,
            f"{conf.OPTIONS}['secure'] is False, but the redirect_uri of {alias!r} starts with https://: the"
            " cookies of sign-ins would be sent over http as well.",
            "Leave 'secure' out.",
        )
    if _given_key(alias) in _secrets_of_others(connection):
        yield caution(
            3,
            f"The state_key of {alias!r} is also used as another secret.",
            "Leave state_key out, so that a key is derived from SECRET_KEY, or create one: python -c 'import secrets;"
            " print(secrets.token_hex(32))'.",
        )


def _given_key(alias: str) -> object:
    given = cast("dict[str, dict[str, object]]", getattr(django_settings, conf.CONNECTIONS))
    return given[alias].get("state_key")


def _secrets_of_others(connection: CheckedSettings) -> tuple[str, ...]:
    return connection.client_secret, django_settings.SECRET_KEY


def check_deployed(alias: str, connection: CheckedSettings, *, is_for_players: bool) -> Iterator[CheckMessage]:
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
    if not is_https(connection.base_url) and not is_local(connection.base_url):
        yield caution(
            104,
            f"{alias!r} reaches Eternaltwin over http: client_secret and the players' tokens can be read on the way.",
            "Use a url that starts with https://, unless the network in between is your own.",
        )
    if connection.verify_ssl is False:
        yield caution(
            105,
            f"{alias!r} has verify_ssl=False: a server that pretends to be Eternaltwin can sign in as anybody.",
            "Leave verify_ssl out, or set it to the path of a file of CA certificates.",
        )


def _check_transport_of_site(alias: str, connection: CheckedSettings) -> Iterator[CheckMessage]:
    if not is_https(connection.redirect_uri):
        yield caution(
            102,
            f"The redirect_uri of {alias!r} does not start with https://: codes and sessions can be read on the way.",
            "Serve the game over https, and register the callback with https://.",
        )
        return
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(django_settings, name):
            yield caution(
                103,
                f"{name} is not set, but the game is served over https: its cookie would be sent over http as well.",
                f"Set {name} = True.",
            )
