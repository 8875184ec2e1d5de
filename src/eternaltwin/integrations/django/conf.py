"""The settings `ETERNALTWIN` and `ETERNALTWIN_LOGIN`, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eternaltwin import connections
from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.stores import store_of
from eternaltwin.integrations.shared.settings import checked_scope, derived_state_keys
from eternaltwin.login import LoginFlow
from eternaltwin.login.flow import COOKIE_NAME

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.users import User

    NewUser = Callable[[User, str], AbstractBaseUser]

CONNECTIONS = "ETERNALTWIN"
OPTIONS = "ETERNALTWIN_LOGIN"


@dataclass(frozen=True)
class LoginOptions:
    """The setting `ETERNALTWIN_LOGIN`; each of its keys may be left out.

    Attributes:
        connections: the aliases that players may sign in with.
        store: where used sign-ins are remembered: `"database"`, `"cache:ALIAS"`,
            `"redis://..."`, `"sqlite:PATH"`, `"memory"`, a dotted path, or a store.
        max_age: seconds that a sign-in may take.
        cookie_name: what the names of the cookies start with.
        secure: whether the cookies are sent over https only; `"auto"` looks at `redirect_uri`.
        scope: what the game asks for.
        new_user: makes the user of a new player, not saved yet, from the
            [`User`][eternaltwin.users.User] and a free user name; a function, or its dotted path.
    """

    connections: tuple[str, ...] = (DEFAULT_ALIAS,)
    store: object = "database"
    max_age: int = 600
    cookie_name: str = COOKIE_NAME
    secure: bool | Literal["auto"] = "auto"
    scope: str | tuple[str, ...] = "base"
    new_user: NewUser | None = None


def connection_settings() -> dict[str, dict[str, object]]:
    """The connections of the setting `ETERNALTWIN`, each with a key for its states.

    Raises:
        ConfigurationError: it is no mapping of mappings.
    """
    given = cast("object", getattr(settings, CONNECTIONS, None))
    if not isinstance(given, Mapping) or not given:
        raise ConfigurationError(
            f"{CONNECTIONS} must hold the connections, as in {CONNECTIONS} = {{'default': {{'client_id': ...}}}}",
            setting=CONNECTIONS,
        )
    return {alias: _with_key(alias, entry) for alias, entry in cast("Mapping[str, object]", given).items()}


def _with_key(alias: str, entry: object) -> dict[str, object]:
    if not isinstance(entry, Mapping):
        raise ConfigurationError("the settings of a connection are a mapping", setting=CONNECTIONS, alias=alias)
    given = cast("Mapping[str, object]", entry)
    if "state_key" in given:
        return dict(given)
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return {**given, "state_key": derived_state_keys(secrets, alias)}


@cache
def configure() -> None:
    """Configure the connections, of both colours, once.

    Raises:
        ConfigurationError: a setting is wrong.
    """
    connections.configure(**connection_settings())


@cache
def options() -> LoginOptions:
    """The setting `ETERNALTWIN_LOGIN`, checked.

    Raises:
        ConfigurationError: a key is unknown, or a value wrong.
    """
    given = cast("object", getattr(settings, OPTIONS, {}))
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{OPTIONS} must be a mapping", setting=OPTIONS)
    entries = dict(cast("Mapping[str, object]", given))
    known = [field.name for field in fields(LoginOptions)]
    for name in entries:
        if name not in known:
            raise ConfigurationError(f"{OPTIONS} has no key {name!r}: {_nearest(str(name), known)}", setting=OPTIONS)
    return _checked(entries)


def _checked(entries: dict[str, object]) -> LoginOptions:
    aliases = _aliases(entries.get("connections", DEFAULT_ALIAS))
    checked = {**entries, "connections": aliases, "scope": checked_scope(entries.get("scope", "base"))}
    if checked.get("new_user") is not None:
        checked["new_user"] = _function(checked["new_user"])
    made = cast("Callable[..., LoginOptions]", LoginOptions)(**checked)
    _flow(DEFAULT_ALIAS, made)  # checks the others
    return made


def _aliases(value: object) -> tuple[str, ...]:
    entries = (value,) if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or not entries:
        raise ConfigurationError("connections must be a list of aliases", setting="connections")
    aliases = list(cast("tuple[object, ...]", entries))
    if not all(isinstance(alias, str) for alias in aliases):
        raise ConfigurationError("connections must be a list of aliases", setting="connections")
    return tuple(str(alias) for alias in aliases)


def _function(value: object) -> object:
    if isinstance(value, str):
        try:
            value = cast("object", import_string(value))
        except ImportError as exc:
            raise ConfigurationError(f"new_user cannot be imported: {exc}", setting="new_user") from exc
    if not callable(value):
        raise ConfigurationError("new_user must be a function, or its dotted path", setting="new_user")
    return value


def _nearest(name: str, known: list[str]) -> str:
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(known)}"


@cache
def flow(alias: str) -> LoginFlow[User]:
    """The sign-in with a connection.

    Raises:
        ConfigurationError: a setting is wrong.
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
    )


def forget(*, setting: str, **_: object) -> None:
    """Read the settings anew when a test changes them."""
    if setting in (CONNECTIONS, OPTIONS, "SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        for cached in (configure, options, flow):
            cached.cache_clear()
