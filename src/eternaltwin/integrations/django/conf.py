"""The settings `ETERNALTWIN` and `ETERNALTWIN_LOGIN`, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eternaltwin import connections
from eternaltwin.clients.settings import ConnectionSettings
from eternaltwin.clients.validation.setting_names import suggestion
from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.stores import store_of
from eternaltwin.integrations.shared.origins import checked_trusted_origins
from eternaltwin.integrations.shared.settings import (
    LOGIN_MAX_AGE,
    checked_home,
    checked_name,
    checked_scope,
    with_state_key,
)
from eternaltwin.login import LoginFlow
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.login.settings import checked_origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.users import User

    NewUser = Callable[[User, str], AbstractBaseUser]
    MapAdministrator = Callable[[AbstractBaseUser, bool], object]

CONNECTIONS = "ETERNALTWIN"
OPTIONS = "ETERNALTWIN_LOGIN"


@dataclass(frozen=True)
class LoginOptions:
    """The setting `ETERNALTWIN_LOGIN`. All of its keys are optional.

    Attributes:
        connections: Aliases of the connections that players may sign in with.
        store: Store of used sign-ins: `"database"`, `"cache:ALIAS"`, `"redis://..."`,
            `"sqlite:PATH"`, `"memory"`, a dotted path, or a store.
        max_age: Seconds that a sign-in may take, 1 to 86,400.
        cookie_name: Prefix of the names of the cookies: 1 to 64 letters, digits, `_` and `-`.
        secure: Whether the cookies are sent over https only. `"auto"` means that `redirect_uri`
            starts with `https://`.
        scope: Scopes that the game requests, one or several.
        new_user: Function, or its dotted path, that creates the user of a new player without saving it.
            Its arguments are the [`User`][eternaltwin.users.User] and a free user name.
        administrator: Function, or its dotted path, that gives rights to administrators of Eternaltwin and takes them
            away again. Its arguments are the user of a player, and whether the player is an administrator of
            Eternaltwin. It changes attributes such as `is_staff` without saving the user. None, the default, means
            that administrators of Eternaltwin are players like all others.
        trusted_origins: Origins of front ends on other hosts or ports that may sign players in with scripts, and to
            which `next` may lead back, such as `"http://localhost:5173"`.
        domains: Origins of all domains of the game, if they share one callback, such as `"https://fr.game.example"`.
        home: Path of the front page, to which the pages link. None means the root of the site.
        game_name: Name of the game, for that link. None means "Back to the front page".
        labels: Names of the servers on the buttons, by alias. Without one, a button says Eternaltwin, and with several
            connections also the alias.
        retired_connections: Aliases of connections that were removed from `ETERNALTWIN`, not renamed. Their accounts
            remain, and are known to be those of other players than the ones of the connections that are left.
    """

    connections: tuple[str, ...] = (DEFAULT_ALIAS,)
    store: object = "database"
    max_age: int = LOGIN_MAX_AGE
    cookie_name: str = COOKIE_NAME
    secure: bool | Literal["auto"] = "auto"
    scope: str | tuple[str, ...] = "base"
    new_user: NewUser | None = None
    administrator: MapAdministrator | None = None
    trusted_origins: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    home: str | None = None
    game_name: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    retired_connections: tuple[str, ...] = ()


def connection_settings() -> dict[str, dict[str, object]]:
    """Read the setting `ETERNALTWIN`, and add keys to connections without `state_key`.

    Returns:
        The settings of the connections, by alias, not checked further.

    Raises:
        ConfigurationError: The setting is missing, empty, or not a mapping of mappings. Or `SECRET_KEY`, from which a
            key is derived, has less than 32 bytes.
    """
    given = cast("object", getattr(settings, CONNECTIONS, None))
    if not isinstance(given, Mapping) or not given:
        raise ConfigurationError(
            f"{CONNECTIONS} must contain the connections, as in {CONNECTIONS} = {{'default': {{'client_id': ...}}}}",
            setting=CONNECTIONS,
        )
    named = cast("Mapping[str, object]", given)
    _check_aliases(named)
    return {alias: _with_key(alias, entry) for alias, entry in named.items()}


def _check_aliases(named: Mapping[str, object]) -> None:
    """Check that the settings of a connection do not stand where those of all connections belong."""
    flat = [name for name in ConnectionSettings.__annotations__ if name in named and not _is_mapping(named[name])]
    if flat:
        raise ConfigurationError(
            f"{CONNECTIONS} contains {flat[0]!r}, a setting of one connection. Name the connection:"
            f' {CONNECTIONS} = {{"default": {{"{flat[0]}": ..., ...}}}}',
            setting=CONNECTIONS,
        )


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def _with_key(alias: str, entry: object) -> dict[str, object]:
    if not isinstance(entry, Mapping):
        raise ConfigurationError("the settings of a connection must be a mapping", setting=CONNECTIONS, alias=alias)
    return with_state_key(cast("Mapping[str, object]", entry), _secrets(), alias)


def _secrets() -> Iterator[tuple[str, str | bytes]]:
    """Return the secrets of the site, each with the name of its setting."""
    yield "SECRET_KEY", settings.SECRET_KEY
    for secret in settings.SECRET_KEY_FALLBACKS:
        yield "SECRET_KEY_FALLBACKS", secret


@cache
def configure() -> None:
    """Configure the sync and the async connections, once.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    connections.configure(**cast("dict[str, ConnectionSettings]", connection_settings()))


@cache
def options() -> LoginOptions:
    """Read and check the setting `ETERNALTWIN_LOGIN`.

    Returns:
        The options.

    Raises:
        ConfigurationError: A key is unknown, or a value is wrong.
    """
    given = cast("object", getattr(settings, OPTIONS, {}))
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{OPTIONS} must be a mapping", setting=OPTIONS)
    entries = dict(cast("Mapping[str, object]", given))
    known = [option.name for option in fields(LoginOptions)]
    for name in entries:
        if name not in known:
            hint = suggestion(str(name), known, "keys")
            raise ConfigurationError(f"{OPTIONS} has no key {name!r}: {hint}", setting=OPTIONS)
    return _checked(entries)


def _checked(entries: dict[str, object]) -> LoginOptions:
    aliases = _aliases(entries.get("connections", DEFAULT_ALIAS), "connections")
    if not aliases:
        raise ConfigurationError("connections must contain an alias", setting="connections")
    checked = {
        **entries,
        "connections": aliases,
        "retired_connections": _aliases(entries.get("retired_connections", ()), "retired_connections"),
        "scope": checked_scope(entries.get("scope", "base")),
        "trusted_origins": checked_trusted_origins(entries.get("trusted_origins", ())),
        "domains": checked_origins(entries.get("domains", ()), "domains"),
        "home": checked_home(entries.get("home")),
        "game_name": checked_name(entries.get("game_name"), "game_name"),
        "labels": _labels(entries.get("labels", {})),
    }
    for name in ("new_user", "administrator"):
        if checked.get(name) is not None:
            checked[name] = _function(name, checked[name])
    chosen = cast("Callable[..., LoginOptions]", LoginOptions)(**checked)
    _flow(DEFAULT_ALIAS, chosen)  # checks the other options
    return chosen


def _aliases(value: object, setting: str) -> tuple[str, ...]:
    entries = (value,) if isinstance(value, str) else value
    aliases = list(cast("tuple[object, ...]", entries)) if isinstance(entries, list | tuple) else [None]
    if not all(isinstance(alias, str) for alias in aliases):
        raise ConfigurationError(f"{setting} must be a list of aliases", setting=setting)
    return tuple(str(alias) for alias in aliases)


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise ConfigurationError("labels must be a mapping of aliases to names", setting="labels")
    named = cast("Mapping[object, object]", value)
    return {str(alias): checked_name(name, "labels") or "" for alias, name in named.items()}


def _function(setting: str, value: object) -> object:
    if isinstance(value, str):
        try:
            value = cast("object", import_string(value))
        except ImportError as exc:
            raise ConfigurationError(f"{setting} cannot be imported: {exc}", setting=setting) from exc
    if not callable(value):
        raise ConfigurationError(f"{setting} must be a function, or its dotted path", setting=setting)
    return value


@cache
def flow(alias: str) -> LoginFlow[User]:
    """Return the login flow of a connection.

    Args:
        alias: Alias of the connection.

    Returns:
        The flow, always the same one until a setting changes.

    Raises:
        ConfigurationError: A setting is wrong.
    """
    configure()
    return _flow(alias, options())


def _flow(alias: str, chosen: LoginOptions) -> LoginFlow[User]:
    return LoginFlow(
        alias,
        store=store_of(chosen.store),
        cookie_name=chosen.cookie_name,
        max_age=chosen.max_age,
        secure=chosen.secure,
        trusted_origins=chosen.trusted_origins,
        domains=chosen.domains,
    )


def forget(*, setting: str, **_: object) -> None:
    """Discard the cached settings when a test changes them. Receives the signal `setting_changed`.

    Args:
        setting: Name of the changed setting.
    """
    if setting in (CONNECTIONS, OPTIONS, "SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        for cached in (configure, options, flow):
            cached.cache_clear()
