"""Checks of `redirect_uri` and `domains` against the URL configuration and the hosts of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.routes import APP_NAME, alias_arguments
from eternaltwin.integrations.shared.checks import SettingProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eternaltwin.clients.settings import CheckedSettings

#: The hosts that Django accepts while `DEBUG` is True and `ALLOWED_HOSTS` is empty.
DEBUG_HOSTS = [".localhost", "127.0.0.1", "[::1]"]


def check_callback(alias: str, connection: CheckedSettings) -> Iterator[SettingProblem]:
    """Check the `redirect_uri` of a connection that players sign in with.

    Args:
        alias: Alias of the connection.
        connection: Checked settings of the connection.

    Yields:
        A problem.
    """
    parts = urlsplit(connection.redirect_uri)
    yield from _check_path(alias, parts.path or "/")
    host = _host_of(parts.netloc)
    if not _is_allowed(host):
        yield SettingProblem(
            "E005",
            f"The redirect_uri of {alias!r} is on {host!r}, which is not in ALLOWED_HOSTS.",
            "Add the host to ALLOWED_HOSTS, or correct redirect_uri.",
        )


def check_domains(domains: Iterable[str]) -> Iterator[SettingProblem]:
    """Check that the site responds on all of its domains.

    Args:
        domains: The option `domains`.

    Yields:
        A problem.
    """
    for origin in domains:
        host = _host_of(urlsplit(origin).netloc)
        if not _is_allowed(host):
            yield SettingProblem(
                "E005",
                f"{conf.OPTIONS}['domains'] contains {origin!r}, but {host!r} is not in ALLOWED_HOSTS.",
                "Add the host to ALLOWED_HOSTS, or remove the domain.",
            )


def _host_of(netloc: str) -> str:
    return split_domain_port(netloc.rpartition("@")[2].lower())[0]


def _is_allowed(host: str) -> bool:
    return validate_host(host, settings.ALLOWED_HOSTS or (DEBUG_HOSTS if settings.DEBUG else []))


def _check_path(alias: str, path: str) -> Iterator[SettingProblem]:
    prefix = get_script_prefix().rstrip("/")
    if path.startswith(f"{prefix}/") and _is_callback(path.removeprefix(prefix), alias):
        return
    below = next((start for start in _prefixes(path) if _is_callback(path.removeprefix(start), alias)), None)
    if below is not None:
        yield SettingProblem(
            "W001",
            f"The redirect_uri of {alias!r} is this site's callback only if the site is served below {below}.",
            f"Set FORCE_SCRIPT_NAME = {below!r}, unless the server passes SCRIPT_NAME, or correct redirect_uri.",
        )
        return
    yield SettingProblem(
        "E004",
        f"The redirect_uri of {alias!r} has the path {path}, which is not the path of this site's callback.",
        _where_it_is(alias),
    )


def _prefixes(path: str) -> Iterator[str]:
    """Return the prefixes of a path that end before a slash: `/a` and `/a/b` of `/a/b/c`."""
    segments = path.split("/")
    return ("/".join(segments[:count]) for count in range(2, len(segments)))


def _is_callback(path: str, alias: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    is_ours = match.app_names[-1:] == [APP_NAME] and match.url_name == "callback"
    return is_ours and match.kwargs.get("alias", DEFAULT_ALIAS) == alias


def _where_it_is(alias: str) -> str:
    try:
        path = reverse(f"{APP_NAME}:callback", kwargs=alias_arguments(alias))
    except NoReverseMatch:
        return 'Add path("eternaltwin/", include("eternaltwin.integrations.django.urls")) to your URL configuration.'
    return f"Set the path of {conf.CONNECTIONS}[{alias!r}]['redirect_uri'] to {path}, as registered with Eternaltwin."
