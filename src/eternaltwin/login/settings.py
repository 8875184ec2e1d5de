"""Checks of the settings of a login flow, which integrations offer under names of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, cast, get_args

from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError
from eternaltwin.login.stores import SingleUseStore
from eternaltwin.login.tickets import MAX_SUBJECT_LENGTH, Process

_COOKIE_NAME = re.compile(r"(?!__Host-|__Secure-)[A-Za-z0-9_-]{1,64}", re.ASCII)
#: Maximum length of an origin, in characters.
MAX_ORIGIN_LENGTH = 255

_ORIGIN = re.compile(r"(https?)://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::([1-9][0-9]{0,4}))?", re.ASCII)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_COOKIE_PATH = re.compile(r"/[\x21-\x3a\x3c-\x7e]*", re.ASCII)


def checked_store(store: object) -> SingleUseStore:
    """Check that an object is a store.

    Args:
        store: A store of used sign-ins.

    Returns:
        The same store.

    Raises:
        ConfigurationError: It lacks a method.
    """
    if not isinstance(store, SingleUseStore):
        raise ConfigurationError(
            "store must have the methods consume and aconsume: see SingleUseStore", setting="store"
        )
    return store


def checked_cookie_name(name: object, setting: str = "cookie_name") -> str:
    """Check the start of the names of cookies.

    Args:
        name: 1 to 64 letters, digits, `_` and `-`, without the prefixes that the cookies have over https.
        setting: Name of the setting, for the error.

    Returns:
        The same name.

    Raises:
        ConfigurationError: `name` is something else.
    """
    if not isinstance(name, str) or not _COOKIE_NAME.fullmatch(name):
        raise ConfigurationError(f"{setting} must be letters, digits, '_' and '-' (no '__Host-')", setting=setting)
    return name


def checked_path(path: object) -> str:
    """Check the attribute `Path` of cookies.

    Args:
        path: A path that starts with `/`.

    Returns:
        The same path.

    Raises:
        ConfigurationError: `path` is something else.
    """
    if not isinstance(path, str) or not _COOKIE_PATH.fullmatch(path):
        raise ConfigurationError("path must be a path that starts with '/'", setting="path")
    return path


def checked_age(seconds: object, longest: int, setting: str = "max_age") -> int:
    """Check after how many seconds something ends.

    Args:
        seconds: An integer, at least 1.
        longest: Maximum number of seconds.
        setting: Name of the setting, for the error.

    Returns:
        The same number.

    Raises:
        ConfigurationError: `seconds` is something else.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= longest:
        raise ConfigurationError(f"{setting} must be a whole number of seconds from 1 to {longest}", setting=setting)
    return seconds


def checked_secure(secure: object) -> bool | Literal["auto"]:
    """Check the setting `secure`.

    Args:
        secure: Whether cookies are sent over https only, or `"auto"`.

    Returns:
        The same value.

    Raises:
        ConfigurationError: `secure` is something else.
    """
    if isinstance(secure, bool):
        return secure
    if secure == "auto":
        return "auto"
    raise ConfigurationError("secure must be True, False or 'auto'", setting="secure")


def checked_process(process: object) -> Process:
    """Check what a sign-in is for.

    Args:
        process: `"login"` or `"connect"`.

    Returns:
        The same value.

    Raises:
        InvalidArgumentError: `process` is something else.
    """
    if process not in get_args(Process):
        raise InvalidArgumentError("process must be 'login' or 'connect'")
    return cast("Process", process)


def checked_subject(subject: object) -> str | None:
    """Check who is signed in, in the game's own words.

    Args:
        subject: A string of 1 to 200 printable characters, or None.

    Returns:
        The same value.

    Raises:
        InvalidArgumentError: `subject` is something else.
    """
    if subject is None:
        return None
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_LENGTH or not subject.isprintable():
        raise InvalidArgumentError(f"subject must be a string of 1 to {MAX_SUBJECT_LENGTH} printable characters")
    return "".join(subject)  # msgspec encodes no instance of a subclass, such as a safe string of a template


def checked_origins(origins: object, setting: str) -> tuple[str, ...]:
    """Check a list of origins: scheme, host and port of URLs (RFC 6454, section 4).

    Args:
        origins: Origins as browsers write them, such as `https://play.example` or `http://localhost:3000`: in lower
            case, without a final `/`, and without the default port.
        setting: Name of the setting, for the error.

    Returns:
        The origins.

    Raises:
        ConfigurationError: `origins` is not a list of such strings.
    """
    if isinstance(origins, str | bytes) or not isinstance(origins, Iterable):
        raise ConfigurationError(f"{setting} must be a list, such as ['https://play.example']", setting=setting)
    given = tuple(cast("Iterable[object]", origins))
    for origin in given:
        if not isinstance(origin, str) or not _is_origin(origin):
            raise ConfigurationError(
                f"{setting} must contain origins such as 'https://play.example', in lower case, without a path, a final"
                f" '/' or the default port, not {origin!r}",
                setting=setting,
            )
    return cast("tuple[str, ...]", given)


def _is_origin(origin: str) -> bool:
    found = _ORIGIN.fullmatch(origin)
    return found is not None and len(origin) <= MAX_ORIGIN_LENGTH and found[2] != _DEFAULT_PORTS[found[1]]
