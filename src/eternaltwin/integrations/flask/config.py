"""The keys `ETERNALTWIN_*` of the configuration of an application."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, cast

from flask.sessions import SecureCookieSessionInterface

from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.integrations.shared.checks import check_same_site, check_start
from eternaltwin.integrations.shared.settings import LoginSettings, check_callback, check_secret, with_state_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from eternaltwin.clients.settings import ConnectionSettings
    from eternaltwin.integrations.shared.checks import SettingProblem


def read_config(app: Flask, using: str, config_prefix: str, defaults: LoginSettings) -> LoginSettings:
    """Read the configuration of an application, and configure the connection if there are keys for it.

    Keys that are not settings of the sign-in are settings of the connection.

    Args:
        app: The application.
        using: Alias of the connection.
        config_prefix: Start of the names of the keys.
        defaults: Settings of the sign-in, for those without a key.

    Returns:
        The settings of the sign-in.

    Raises:
        ConfigurationError: A key is unknown, or its value is not valid, or `SECRET_KEY` is missing or too short.
    """
    given = {
        key.removeprefix(config_prefix).lower(): value
        for key, value in _config(app).items()
        if key.startswith(config_prefix)
    }
    names = [field.name for field in fields(LoginSettings)]
    options = {name: given.pop(name) for name in names if name in given}
    if isinstance(app.session_interface, SecureCookieSessionInterface):
        for name, secret in _secrets(app):
            check_secret(secret, name)
    if given:
        _connect(app, using, given)
    return cast("Callable[..., LoginSettings]", replace)(defaults, **options)


def _config(app: Flask) -> dict[str, object]:
    return cast("dict[str, object]", app.config)


def _connect(app: Flask, using: str, given: dict[str, object]) -> None:
    with_key = with_state_key(given, _secrets(app), using)
    settings = cast("ConnectionSettings", with_key)  # `check` reports unknown and missing keys
    async_connections.check(**{using: settings})
    connections[using] = settings
    async_connections[using] = settings


def _secrets(app: Flask) -> list[tuple[str, str | bytes]]:
    """Return the secrets of an application, each with its key in the configuration."""
    fallbacks = cast("list[str | bytes]", _config(app).get("SECRET_KEY_FALLBACKS") or [])
    named = [("SECRET_KEY", app.secret_key), *(("SECRET_KEY_FALLBACKS", secret) for secret in fallbacks)]
    return [(name, secret) for name, secret in named if secret]


def protect_session_cookie(app: Flask, using: str, prefix: str, settings: LoginSettings) -> None:
    """Set the attributes of the session cookie: `SameSite=Lax`, and `Secure` as `secure_session_cookie` does.

    Args:
        app: The application. `SESSION_COOKIE_SAMESITE` is set if it is None.
        using: Alias of the connection.
        prefix: Path below which the views are.
        settings: Settings of the sign-in.

    Raises:
        ConfigurationError: The connection's `redirect_uri` is not the callback of this application.
    """
    if _config(app).get("SESSION_COOKIE_SAMESITE") is None:
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    secure_session_cookie(app, using, settings)
    if using in connections:
        check_callback(offline_client(using).redirect_uri, prefix)


def secure_session_cookie(app: Flask, using: str, settings: LoginSettings) -> None:
    """Set `SESSION_COOKIE_SECURE` if `redirect_uri` is https, or if the setting `secure` is True.

    Args:
        app: The application.
        using: Alias of the connection. If it is not configured yet, nothing is set.
        settings: Settings of the sign-in.
    """
    if using in connections and settings.is_session_secure(offline_client(using).redirect_uri):
        app.config["SESSION_COOKIE_SECURE"] = True


def check_config(app: Flask, using: str, settings: LoginSettings) -> Iterator[SettingProblem]:
    """Check the configuration of an application for settings that are unsafe or contradictory together.

    Args:
        app: The application.
        using: Alias of the connection. If it is not configured yet, its settings are not checked.
        settings: Settings of the sign-in.

    Yields:
        A problem.
    """
    yield from check_same_site(_config(app)["SESSION_COOKIE_SAMESITE"])
    if using in connections:
        yield from check_start(using, settings.secure, [secret for _, secret in _secrets(app)])
