"""The keys `ETERNALTWIN_*` of an application's configuration."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, cast

from flask.sessions import SecureCookieSessionInterface

from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.addresses import is_https
from eternaltwin.integrations.shared.settings import LoginSettings, check_callback, check_secret, derived_state_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from eternaltwin.clients.settings import ConnectionSettings


def read_config(app: Flask, using: str, config_prefix: str, defaults: LoginSettings) -> LoginSettings:
    """Read an application's configuration, and configure the connection if there are keys for it.

    Args:
        app: The application.
        using: Alias of the connection.
        config_prefix: Start of the names of the keys.
        defaults: Settings of the sign-in that apply where there is no key.

    Returns:
        The settings of the sign-in. All other keys are settings of the connection.

    Raises:
        ConfigurationError: A key is unknown, or its value is not valid.
    """
    given = {
        key.removeprefix(config_prefix).lower(): value
        for key, value in _config(app).items()
        if key.startswith(config_prefix)
    }
    names = [field.name for field in fields(LoginSettings)]
    options = {name: given.pop(name) for name in names if name in given}
    if isinstance(app.session_interface, SecureCookieSessionInterface):
        _check_secrets(app)
    if given:
        _connect(app, using, given)
    return cast("Callable[..., LoginSettings]", replace)(defaults, **options)


def _config(app: Flask) -> dict[str, object]:
    return cast("dict[str, object]", app.config)


def _connect(app: Flask, using: str, given: dict[str, object]) -> None:
    whole = given if "state_key" in given else {**given, "state_key": _state_keys(app, using)}
    chosen = cast("ConnectionSettings", whole)  # `check` reports what is wrong
    async_connections.check(**{using: chosen})
    connections[using] = chosen
    async_connections[using] = chosen


def _state_keys(app: Flask, using: str) -> object:
    secrets = _secrets(app)
    if not secrets:
        raise ConfigurationError(
            "set SECRET_KEY before the extension is created: it signs the sessions", setting="SECRET_KEY"
        )
    _check_secrets(app)
    return derived_state_keys([secret for _, secret in secrets], using)


def _secrets(app: Flask) -> list[tuple[str, str | bytes]]:
    """Return the secrets of an application, each with its key in the configuration."""
    fallbacks = cast("list[str | bytes]", _config(app).get("SECRET_KEY_FALLBACKS") or [])
    named = [("SECRET_KEY", app.secret_key), *(("SECRET_KEY_FALLBACKS", secret) for secret in fallbacks)]
    return [(name, secret) for name, secret in named if secret]


def _check_secrets(app: Flask) -> None:
    for name, secret in _secrets(app):
        check_secret(secret, name)


def protect_session_cookie(app: Flask, using: str, prefix: str) -> None:
    """Let browsers send the session's cookie to this site only, and over https only if players use https.

    Args:
        app: The application, whose configuration is changed.
        using: Alias of the connection.
        prefix: Path below which the views are.

    Raises:
        ConfigurationError: The connection's `redirect_uri` is not the callback of this application.
    """
    if _config(app).get("SESSION_COOKIE_SAMESITE") is None:
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    if using not in connections:
        return  # it is configured later, by other means
    redirect_uri = offline_client(using).redirect_uri
    check_callback(redirect_uri, prefix)
    if is_https(redirect_uri):
        app.config["SESSION_COOKIE_SECURE"] = True
