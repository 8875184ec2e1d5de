"""Checks of the settings of a login flow, which integrations offer under names of their own."""

from __future__ import annotations

import re
from typing import Literal

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login.stores import SingleUseStore

_COOKIE_NAME = re.compile(r"(?!__Host-|__Secure-)[A-Za-z0-9_-]{1,64}", re.ASCII)
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
