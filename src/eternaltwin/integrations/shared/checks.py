"""Checks of settings that are valid each, and unsafe or contradictory together.

Django's system checks show the problems with their ids. The other integrations log them when the application starts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eternaltwin.clients.validation.settings import DEFAULT_URL
from eternaltwin.connections import offline_client
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.addresses import is_local
from eternaltwin.integrations.shared.settings import NEW_SECRET
from eternaltwin.keys import HS256Key, KeyRing
from eternaltwin.login.cookies import is_https

if TYPE_CHECKING:
    import logging
    from collections.abc import Iterable, Iterator, Sequence

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.clients.settings import CheckedSettings
    from eternaltwin.keys import KeyABC


@dataclass(frozen=True)
class SettingProblem:
    """A problem of the settings.

    Attributes:
        id: `E` for what makes sign-ins impossible or unsafe, or `W` for what is possibly intended, and a number.
        problem: What is wrong, in one sentence, without a secret.
        hint: What to do about it.
    """

    id: str
    problem: str
    hint: str


def check_secure(
    using: str | ClientABC, redirect_uri: str, secure: object, setting: str = "secure"
) -> Iterator[SettingProblem]:
    """Check that the setting `secure` does not contradict `redirect_uri`.

    Args:
        using: Alias of the connection, or a client.
        redirect_uri: Setting of the connection.
        secure: Whether cookies are sent over https only, or `"auto"`.
        setting: Name of the setting.

    Yields:
        E009.
    """
    has_https = is_https(redirect_uri)
    if secure is True and not has_https and not is_local(redirect_uri):
        yield SettingProblem(
            "E009",
            f"{setting} is True, but the redirect_uri of {using!r} does not start with https://:"
            " browsers would not send the cookies of sign-ins.",
            "Leave 'secure' out, or use a redirect_uri that starts with https://.",
        )
    if secure is False and has_https:
        yield SettingProblem(
            "E009",
            f"{setting} is False, but the redirect_uri of {using!r} starts with https://: the"
            " cookies of sign-ins would be sent over http as well.",
            "Leave 'secure' out.",
        )


def check_state_key(
    using: str | ClientABC,
    connection: CheckedSettings,
    secrets: Iterable[str | bytes],
    hint: str = f"Create a key that is used for nothing else: {NEW_SECRET}.",
) -> Iterator[SettingProblem]:
    """Check that `state_key` is not the secret of the OAuth client, and no secret of the application.

    Args:
        using: Alias of the connection, or a client.
        connection: Checked settings of the connection.
        secrets: The secrets of the application.
        hint: What to do about it.

    Yields:
        W003.
    """
    if _is_one_of(connection.state_key, (connection.client_secret, *secrets)):
        yield SettingProblem("W003", f"The state_key of {using!r} is also used as another secret.", hint)


def _is_one_of(key: KeyABC, secrets: Iterable[str | bytes]) -> bool:
    keys = key.keys if isinstance(key, KeyRing) else (key,)
    for secret in secrets:
        with suppress(ConfigurationError):  # the secret is too short for a key
            if HS256Key(secret) in keys:
                return True
    return False


def check_same_site(value: object) -> Iterator[SettingProblem]:
    """Check the attribute `SameSite` of the session cookie of Django or Flask.

    Args:
        value: The framework's setting `SESSION_COOKIE_SAMESITE`.

    Yields:
        W002.
    """
    if str(value).lower() != "lax":
        yield SettingProblem(
            "W002",
            f"SESSION_COOKIE_SAMESITE is {value!r}: with 'Strict', players who return"
            " from Eternaltwin seem to be signed out; with 'None' or False, other sites can act in their name.",
            "Leave SESSION_COOKIE_SAMESITE out; the default is 'Lax'.",
        )


def check_strict_cookies(
    middleware: Sequence[object], strict: type, readers: tuple[type, ...]
) -> Iterator[SettingProblem]:
    """Check that a site with Django reads the names of cookies strictly, before anything uses them.

    Args:
        middleware: What the setting `MIDDLEWARE` names, in its order.
        strict: The middleware that reads cookies strictly.
        readers: The middleware that uses cookies.

    Yields:
        W006.
    """
    reading = [index for index, item in enumerate(middleware) if is_kind(item, readers)]
    strictly = [index for index, item in enumerate(middleware) if is_kind(item, strict)]
    if not strictly or (reading and min(strictly) > min(reading)):
        yield SettingProblem(
            "W006",
            f"{strict.__qualname__} {'comes too late' if strictly else 'is missing'}: hosts below this site's can set"
            " cookies that Django takes for those of sessions, and sign a player in as somebody else.",
            f"Put '{strict.__module__}.{strict.__qualname__}' at the top of MIDDLEWARE.",
        )


def is_kind(item: object, wanted: type | tuple[type, ...]) -> bool:
    """Return whether something that a setting names is a class, and that class or a subclass of it.

    Args:
        item: What the setting names.
        wanted: The class, or several.

    Returns:
        True for the class and its subclasses.
    """
    return isinstance(item, type) and issubclass(item, wanted)


def check_callback_scheme(using: str | ClientABC, redirect_uri: str) -> Iterator[SettingProblem]:
    """Check that players use a deployed game over https.

    Args:
        using: Alias of the connection, or a client.
        redirect_uri: Setting of the connection.

    Yields:
        W102.
    """
    if not is_https(redirect_uri):
        yield SettingProblem(
            "W102",
            f"The redirect_uri of {using!r} does not start with https://: codes and sessions can be read on the way.",
            "Serve the game over https, and register the callback with https://.",
        )


def check_server(using: str | ClientABC, connection: CheckedSettings) -> Iterator[SettingProblem]:
    """Check that a deployed game reaches Eternaltwin, and nobody else, over https.

    Args:
        using: Alias of the connection, or a client.
        connection: Checked settings of the connection.

    Yields:
        W104 and W105.
    """
    if not is_https(connection.base_url) and not is_local(connection.base_url):
        yield SettingProblem(
            "W104",
            f"{using!r} reaches Eternaltwin over http: client_secret and the players' tokens can be read on the way.",
            "Use a url that starts with https://, unless the network in between is your own.",
        )
    if connection.verify_ssl is False:
        yield SettingProblem(
            "W105",
            f"{using!r} has verify_ssl=False: a server that pretends to be Eternaltwin can sign in as anybody.",
            "Leave verify_ssl out, or set it to the path of a file of CA certificates.",
        )


def check_development(using: str | ClientABC, connection: CheckedSettings) -> Iterator[SettingProblem]:
    """Check that a game on the developer's machine does not sign its players in with the community's own server.

    Args:
        using: Alias of the connection, or a client.
        connection: Checked settings of the connection.

    Yields:
        W005.
    """
    if is_local(connection.redirect_uri) and connection.base_url == DEFAULT_URL:
        yield SettingProblem(
            "W005",
            f"The redirect_uri of {using!r} is on this machine, but url is not set: players would be sent to"
            f" {DEFAULT_URL}, which does not know this callback.",
            "Start a development server (eternaltwin serve), and set url to its address, such as"
            " 'http://127.0.0.1:50320'.",
        )


def check_start(using: str | ClientABC, secure: object, secrets: Iterable[str | bytes]) -> Iterator[SettingProblem]:
    """Check the settings of an application that starts, which is deployed unless `redirect_uri` is on this machine.

    Args:
        using: Alias of the connection, or a client.
        secure: Whether cookies are sent over https only, or `"auto"`.
        secrets: The secrets of the application.

    Yields:
        A problem.

    Raises:
        UnknownConnectionError: The connection is not configured.
    """
    connection = offline_client(using).settings
    yield from check_secure(using, connection.redirect_uri, secure)
    yield from check_state_key(using, connection, secrets)
    yield from check_development(using, connection)
    if not is_local(connection.redirect_uri):
        yield from check_callback_scheme(using, connection.redirect_uri)
        yield from check_server(using, connection)


def log_problems(logger: logging.Logger, problems: Iterable[SettingProblem]) -> None:
    """Log problems as warnings, each with its hint.

    Args:
        logger: Logger of the integration.
        problems: The problems.
    """
    for problem in problems:
        logger.warning("%s %s", problem.problem, problem.hint)
