"""The keys `ETERNALTWIN_*` of an application's configuration."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask.sessions import SecureCookieSessionInterface

from eternaltwin.connections import async_connections, connections, offline_client
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared import settings
from eternaltwin.integrations.shared.stores import store_of
from eternaltwin.keys import HS256Key
from eternaltwin.login import LoginFlow
from eternaltwin.login.flow import COOKIE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask

    from eternaltwin.clients.settings import ConnectionSettings
    from eternaltwin.users import User

#: The keys that are about signing in, in lower case; all others are settings of the connection.
OPTIONS = {
    "store": None,
    "scope": "base",
    "home": None,
    "session_max_age": settings.SESSION_MAX_AGE,
    "login_max_age": 600,
    "login_cookie": COOKIE_NAME,
    "secure": "auto",
}


@dataclass(frozen=True)
class LoginConfig:
    """What an application has set.

    Attributes:
        flow: the sign-in.
        scope: what the game asks for.
        home: the path where players land who wanted to go nowhere special; None for the application's own root.
        session_max_age: seconds after which a session ends.
    """

    flow: LoginFlow[User]
    scope: str | Iterable[str]
    home: str | None
    session_max_age: int


def read_config(app: Flask, using: str, config_prefix: str) -> LoginConfig:
    """Read the keys, and configure the connection if there are any for it.

    Raises:
        ConfigurationError: one is unknown or wrong.
    """
    given = {
        key.removeprefix(config_prefix).lower(): value
        for key, value in _config(app).items()
        if key.startswith(config_prefix)
    }
    options = {name: given.pop(name, default) for name, default in OPTIONS.items()}
    if isinstance(app.session_interface, SecureCookieSessionInterface):
        _check_secrets(app)
    if given:
        _connect(app, using, given)
    return LoginConfig(
        flow=_flow(using, options),
        scope=_checked_scope(options["scope"]),
        home=settings.checked_home(options["home"]),
        session_max_age=settings.checked_session_age(options["session_max_age"]),
    )


def _config(app: Flask) -> dict[str, object]:
    return cast("dict[str, object]", app.config)


def _flow(using: str, options: dict[str, object]) -> LoginFlow[User]:
    return LoginFlow(
        using,
        store_of(options["store"]),
        cast("str", options["login_cookie"]),
        cast("int", options["login_max_age"]),
        cast("bool", options["secure"]),
    )


def _checked_scope(scope: object) -> str | list[str]:
    if isinstance(scope, str):
        return scope
    if isinstance(scope, list | tuple):
        return [str(part) for part in cast("list[object]", scope)]
    raise ConfigurationError("scope must be a text, such as 'base', or a list of them", setting="scope")


def _connect(app: Flask, using: str, given: dict[str, object]) -> None:
    whole = given if "state_key" in given else {**given, "state_key": _derived_keys(app, using)}
    chosen = cast("ConnectionSettings", whole)  # `check` reports what is wrong
    async_connections.check(**{using: chosen})
    connections[using] = chosen
    async_connections[using] = chosen


def _derived_keys(app: Flask, using: str) -> list[HS256Key]:
    """Keys of the application's own secret, so that none has to be made, and rotated with it."""
    secrets = _secrets(app)
    if not secrets:
        raise ConfigurationError(
            "set SECRET_KEY before the extension is made: it signs the sessions", setting="SECRET_KEY"
        )
    _check_secrets(app)
    salt = f"eternaltwin.state.{using}".encode()
    return [HS256Key(hmac.digest(_as_bytes(secret), salt, "sha256")) for _, secret in secrets]


def _secrets(app: Flask) -> list[tuple[str, str | bytes]]:
    """What signs in an application, and the keys of its configuration."""
    fallbacks = cast("list[str | bytes]", _config(app).get("SECRET_KEY_FALLBACKS") or [])
    named = [("SECRET_KEY", app.secret_key), *(("SECRET_KEY_FALLBACKS", secret) for secret in fallbacks)]
    return [(name, secret) for name, secret in named if secret]


def _check_secrets(app: Flask) -> None:
    for name, secret in _secrets(app):
        settings.check_secret(secret, name)


def _as_bytes(secret: str | bytes) -> bytes:
    return secret.encode() if isinstance(secret, str) else secret


def protect_session_cookie(app: Flask, using: str, prefix: str) -> None:
    """Keep other sites from sending the session's cookie, and http from carrying it where players come by https.

    Raises:
        ConfigurationError: the connection's `redirect_uri` is not the callback of this application.
    """
    if _config(app).get("SESSION_COOKIE_SAMESITE") is None:
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    if using not in connections:
        return  # it is configured later, by other means
    redirect_uri = offline_client(using).redirect_uri
    settings.check_callback(redirect_uri, prefix)
    if redirect_uri[:8].lower() == "https://":
        app.config["SESSION_COOKIE_SECURE"] = True
