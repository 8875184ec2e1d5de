"""Checks of the setting `ETERNALTWIN`."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from django.conf import settings as django_settings

from eternaltwin.clients.abc.clients import ClientABC
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.checks.messages import caution, error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.checks import CheckMessage

    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.integrations.django.conf import LoginOptions


def read_connections() -> tuple[dict[str, CheckedSettings], list[CheckMessage]]:
    """The connections that are right, and what is wrong with the others."""
    right: dict[str, CheckedSettings] = {}
    problems: list[CheckMessage] = []
    try:
        given = conf.connection_settings()
    except ConfigurationError as exc:
        return right, [_wrong(exc)]
    for alias, entry in given.items():
        try:
            right[alias] = ClientABC.check(entry, alias=alias)
        except ConfigurationError as exc:
            problems.append(_wrong(exc))
    return right, problems


def _wrong(exc: ConfigurationError) -> CheckMessage:
    place = f"{conf.CONNECTIONS}[{exc.alias!r}]" if exc.alias is not None else conf.CONNECTIONS
    return error(1, f"{place}: {exc.problem}.", f"Correct {place} in your settings.")


def check_connection(alias: str, connection: CheckedSettings, options: LoginOptions) -> Iterator[CheckMessage]:
    """What is wrong with a connection that players sign in with."""
    is_https = connection.redirect_uri.startswith("https://")
    if options.secure is True and not is_https and not is_local(connection.redirect_uri):
        yield error(
            9,
            f"{conf.OPTIONS}['secure'] is True, but the redirect_uri of {alias!r} is not https: browsers would not"
            " bring back the cookies of sign-ins.",
            "Leave 'secure' out, or let redirect_uri start with https://.",
        )
    if options.secure is False and is_https:
        yield error(
            9,
            f"{conf.OPTIONS}['secure'] is False, but the redirect_uri of {alias!r} is https: the cookies of sign-ins"
            " would travel over http as well.",
            "Leave 'secure' out.",
        )
    if _given_key(alias) in _secrets_of_others(connection):
        yield caution(
            3,
            f"The state_key of {alias!r} is a secret that serves something else, too.",
            "Leave state_key out: a key is derived from SECRET_KEY. Or make one: python -c 'import secrets;"
            " print(secrets.token_hex(32))'.",
        )


def _given_key(alias: str) -> object:
    given = cast("dict[str, dict[str, object]]", getattr(django_settings, conf.CONNECTIONS))
    return given[alias].get("state_key")


def _secrets_of_others(connection: CheckedSettings) -> tuple[str, ...]:
    return connection.client_secret, django_settings.SECRET_KEY


def check_deployed(alias: str, connection: CheckedSettings, *, is_for_players: bool) -> Iterator[CheckMessage]:
    """What is wrong with a connection on a site that players use."""
    if is_for_players:
        yield from _check_transport_of_site(alias, connection)
    if connection.base_url.startswith("http://") and not is_local(connection.base_url):
        yield caution(
            104,
            f"{alias!r} asks Eternaltwin over http: its client_secret and the players' tokens can be read on the way.",
            "Let url start with https://, unless the network in between is your own.",
        )
    if connection.verify_ssl is False:
        yield caution(
            105,
            f"{alias!r} has verify_ssl=False: whoever answers in Eternaltwin's place can sign in as anybody.",
            "Leave verify_ssl out, or let it be the path of a file of CA certificates.",
        )


def _check_transport_of_site(alias: str, connection: CheckedSettings) -> Iterator[CheckMessage]:
    if not connection.redirect_uri.startswith("https://"):
        yield caution(
            102,
            f"The redirect_uri of {alias!r} is not https: codes and sessions can be read on the way.",
            "Serve the game over https, and register the callback with https://.",
        )
        return
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        if not getattr(django_settings, name):
            yield caution(
                103,
                f"{name} is not set, but the game is served over https: its cookie would travel over http as well.",
                f"Set {name} = True.",
            )


def is_local(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
