"""The set-up of a game, read from the settings of Django or from an application of Flask."""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from eternaltwin.connections import offline_client
from eternaltwin.doctor.attempts import Attempt
from eternaltwin.doctor.findings import Finding
from eternaltwin.doctor.setups import GameSetup
from eternaltwin.exceptions import ConfigurationError, EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from flask import Flask

    from eternaltwin.login import SingleUseStore

__all__ = ["django_setup", "flask_setup", "source_failure"]

T = TypeVar("T")

SOURCE_CHECK = "source"

#: Names of the application or its factory in a module, as Flask looks for them.
_FLASK_NAMES = ("app", "application", "create_app", "make_app")

#: Errors whose messages name what is missing, and contain no value of a setting.
_EXPLAINED = (ImportError, SyntaxError, KeyError, EternalTwinError)


def django_setup(settings_module: str | None = None, alias: str | None = None) -> GameSetup:
    """Read the set-up of a Django site. The working folder is put on `sys.path`, as `manage.py` has it.

    Args:
        settings_module: The settings, such as `mygame.settings`. None means the variable `DJANGO_SETTINGS_MODULE`.
        alias: Alias of the connection. None means the first that players may sign in with.

    Returns:
        The set-up.

    Raises:
        ConfigurationError: The settings cannot be imported, or contain no connection. The message has the cause.
    """
    if settings_module is not None:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    name = os.environ.get("DJANGO_SETTINGS_MODULE")
    if not name:
        raise ConfigurationError(
            "name the settings of Django: --django mygame.settings", setting="DJANGO_SETTINGS_MODULE"
        )
    _import(name, "The settings module")
    conf = _import("eternaltwin.integrations.django.conf", "The module")
    known = cast("dict[str, dict[str, object]]", _called(conf.connection_settings, "The setting ETERNALTWIN"))
    secrets = _called(_django_secrets, "The setting SECRET_KEY")
    setup = GameSetup({}, source=f"the settings {name} of Django", secrets=secrets)
    apps = _failure_of(lambda: import_module("django").setup(), "apps", "The apps of the site cannot be loaded")
    options = _failure_of(conf.options, "options", "The setting ETERNALTWIN_LOGIN is wrong")
    if options is None:
        chosen = conf.options()
        setup = replace(setup, secure=chosen.secure, alias=chosen.connections[0], store=_django_store(chosen.store))
    setup = replace(setup, findings=tuple(found for found in (apps, options) if found), alias=alias or setup.alias)
    if setup.alias not in known:
        raise ConfigurationError(f"ETERNALTWIN has no connection {setup.alias!r}, only {', '.join(known)}")
    return replace(setup, settings=known[setup.alias])


def _django_secrets() -> tuple[str | bytes, ...]:
    from django.conf import settings

    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def _django_store(setting: object) -> SingleUseStore:
    from eternaltwin.integrations.django.stores import store_of

    return store_of(setting)


def flask_setup(target: str, alias: str | None = None) -> GameSetup:
    """Read the set-up of a Flask application. The working folder is put on `sys.path`, as `flask run` does.

    Args:
        target: Module and name of the application or its factory, such as `mygame:app` or `mygame:create_app`. Without
            a name, those that Flask looks for.
        alias: Alias of the connection. None means that of the first extension.

    Returns:
        The set-up.

    Raises:
        ConfigurationError: The module or its application cannot be loaded, or has no connection. The message has the
            cause.
    """
    module_name, _, name = target.partition(":")
    module = _import(module_name, "The module")
    app = _flask_app(module, name.removesuffix("()"))
    from eternaltwin.integrations.flask.views import EXTENSION, InstalledExtension
    from eternaltwin.integrations.shared.stores import find_store

    installed = list(cast("dict[str, InstalledExtension]", app.extensions.get(EXTENSION, {})).values())
    chosen = next((item for item in installed if alias in (None, item.extension.using)), None)
    using = alias or (chosen.extension.using if chosen is not None else "default")
    try:
        settings = offline_client(using).settings.as_given()
    except EternalTwinError as exc:
        raise ConfigurationError(f"the application configures no connection {using!r}: {exc}") from None
    setup = GameSetup(settings, alias=using, source=f"the application {target} of Flask")
    setup = replace(setup, secrets=tuple(secret for secret in (app.secret_key,) if secret))
    if chosen is None:
        return setup
    store = chosen.settings.store
    return replace(setup, secure=chosen.settings.secure, store=find_store("memory" if store is None else store))


def _flask_app(module: ModuleType, name: str) -> Flask:
    from flask import Flask

    names = (name,) if name else _FLASK_NAMES
    found = next((getattr(module, each) for each in names if hasattr(module, each)), None)
    if not isinstance(found, Flask) and callable(found):
        found = _called(found, f"The factory {name or module.__name__}")
    if not isinstance(found, Flask):
        raise ConfigurationError(f"{module.__name__} has no application of Flask under the name {' or '.join(names)}")
    return found


def source_failure(exc: ConfigurationError) -> Finding:
    """Return the finding for settings that cannot be read.

    Args:
        exc: What `django_setup` or `flask_setup` has raised.

    Returns:
        The finding.
    """
    summary, _, seen = exc.problem.partition("\n")
    advice = "Run this in the folder in which the game starts, with its environment and its packages."
    return Finding(SOURCE_CHECK, "error", "unreadable-settings", summary, seen, advice)


def _import(name: str, what: str) -> ModuleType:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return _called(lambda: import_module(name), f"{what} {name}")


def _called(function: Callable[[], T], what: str) -> T:
    """Call a function of a game, and raise a `ConfigurationError` with the cause if it fails."""
    with Attempt() as attempt:
        return function()
    if isinstance(attempt.failure, ConfigurationError):
        raise attempt.failure
    raise ConfigurationError(f"{what} cannot be loaded: {_cause(attempt.failure)}")


def _failure_of(function: Callable[[], object], code: str, summary: str) -> Finding | None:
    try:
        _called(function, summary)
    except ConfigurationError as exc:
        return Finding(SOURCE_CHECK, "error", code, summary, f"{exc.problem}.")
    return None


def _cause(exc: BaseException | None) -> str:
    """Return the kind of an exception, and its message if that can hold no secret, or else its place.

    The errors that Django itself raises name settings, and contain no value.
    """
    frame, line = list(traceback.walk_tb(None if exc is None else exc.__traceback__))[-1]
    is_explained = isinstance(exc, _EXPLAINED) or str(frame.f_globals.get("__name__")).startswith("django.")
    place = f" ({Path(frame.f_code.co_filename).name}, line {line})"
    return f"{type(exc).__name__}: {exc}" if is_explained else f"{type(exc).__name__}{place}"
