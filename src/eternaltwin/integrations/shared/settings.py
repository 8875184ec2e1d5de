"""Checks of what a game's makers set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Seconds for which a player stays signed in, by default.
SESSION_MAX_AGE = 14 * 24 * 60 * 60

#: The longest session, in seconds: 400 days, after which browsers forget every cookie.
LONGEST_SESSION = 400 * 24 * 60 * 60

#: The shortest secret that signs, in bytes.
MIN_SECRET_LENGTH = 32

_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*", re.ASCII)


def checked_session_age(seconds: object) -> int:
    """Seconds for which a player stays signed in."""
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= LONGEST_SESSION:
        raise ConfigurationError(
            f"session_max_age must be a whole number of seconds from 1 to {LONGEST_SESSION}", setting="session_max_age"
        )
    return seconds


def checked_prefix(prefix: object) -> str:
    """What the paths of a sign-in start with."""
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        raise ConfigurationError("prefix must be a path such as '/eternaltwin', or ''", setting="prefix")
    return prefix


def checked_session(kind: object) -> str:
    """Where a session is kept."""
    if kind not in ("cookie", "starlette"):
        raise ConfigurationError("session must be 'cookie' or 'starlette'", setting="session")
    return str(kind)


def checked_home(path: object) -> str | None:
    """The path of the front page; None for the application's own root."""
    if path is None:
        return None
    safe = safe_next(path)
    if safe is None:
        raise ConfigurationError("home must be a path of this site, such as '/'", setting="home")
    return safe


def checked_secrets(secrets: object, setting: str = "secret_key") -> list[str]:
    """The secrets that sign sessions, the newest first."""
    given = [secrets] if isinstance(secrets, str) else secrets
    if not isinstance(given, list | tuple) or not given:
        raise ConfigurationError(f"{setting} must be a text, or a list of them", setting=setting)
    every = cast("list[object] | tuple[object, ...]", given)
    for secret in every:
        check_secret(secret if isinstance(secret, str) else "", setting)
    return [str(secret) for secret in every]


def check_secret(secret: str | bytes, setting: str) -> None:
    """Check that nobody finds out a secret by trying: who knows it can sign in as anybody."""
    if len(secret.encode() if isinstance(secret, str) else secret) < MIN_SECRET_LENGTH:
        raise ConfigurationError(
            f"{setting} must have at least {MIN_SECRET_LENGTH} bytes, made by chance:"
            " python -c 'import secrets; print(secrets.token_hex(32))'",
            setting=setting,
        )


def check_callback(redirect_uri: str, prefix: str, places: Sequence[str] = ()) -> None:
    """Check that players come back to where the callback is.

    A proxy may have the application below a path of its own, so only the end is looked at.

    Args:
        redirect_uri: the connection's.
        prefix: the path below which the routes are.
        places: paths at which an application has the callback, if that is known.

    Raises:
        ConfigurationError: they do not.
    """
    expected = f"{prefix}/callback"
    awaited = places or [expected]
    if urlsplit(redirect_uri).path.endswith(tuple(awaited)):
        return
    if expected in awaited:
        raise ConfigurationError(
            f"redirect_uri is {redirect_uri}, but players are awaited at {expected}: change one of them",
            setting="redirect_uri",
        )
    extra = awaited[0].removesuffix(expected)
    raise ConfigurationError(
        f"redirect_uri is {redirect_uri}, but the routes were added below {extra!r}, so players are awaited"
        f" at {awaited[0]}: add them without that, and use EternaltwinLogin(prefix=...) instead; redirect_uri is"
        " 'callback' below that prefix",
        setting="prefix",
    )
