"""Checks of users and accounts.

Only what the server certainly refuses is refused here, with a reason: the official server responds to most of it
with a bare parse error (422) or an internal error (500).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast
from uuid import UUID

from eternaltwin.clients.validation.values import check_string, check_uuid, is_encodable
from eternaltwin.error_responses import printable
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.rules.accounts import DISPLAY_NAME_RULE, USERNAME_RULE, is_display_name, is_username

#: Maximum length of a wrong id that a message shows. Codes and other long secrets are longer.
MAX_SHOWN = 64

_PLAIN_UUID = re.compile(r"[0-9a-f]{32}", re.ASCII | re.IGNORECASE)
_COOKIE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # RFC 6265, section 4.1.1


def check_user_id(user_id: object) -> str:
    """Return the id of a user as a string that can be put into a URL.

    Args:
        user_id: A UUID, as a string, with dashes or without, or a `UUID`.

    Returns:
        The id in lower case, as the server spells it.

    Raises:
        InvalidArgumentError: It is not a UUID.
    """
    if isinstance(user_id, str) and _PLAIN_UUID.fullmatch(user_id):
        return str(UUID(user_id))
    needed = f"a UUID, such as '9f310484-963b-446b-af69-797feec6813f', not {_described(user_id)}"
    return check_uuid("user_id", user_id, needed)


def _described(given: object) -> str:
    if not isinstance(given, str):
        return f"an object of type {type(given).__name__}"
    if len(given) > MAX_SHOWN:
        return f"a string of {len(given)} characters"
    return f"{printable(given)!r} (is this a display name? User.find finds it)"


def check_user_ids(user_ids: object) -> list[str]:
    """Return the ids of users, each once, in the order in which they first occur.

    Args:
        user_ids: An iterable of UUIDs, as strings or `UUID`s.

    Returns:
        The ids in lower case, as the server spells them.

    Raises:
        InvalidArgumentError: It is not an iterable, or one of its items is not a UUID.
    """
    if isinstance(user_ids, str | bytes) or not isinstance(user_ids, Iterable):
        raise InvalidArgumentError("ids must be an iterable of user ids, such as a list")
    return list(dict.fromkeys(map(check_user_id, cast("Iterable[object]", user_ids))))


def check_query(query: object) -> str | None:
    """Return what to search users for.

    Args:
        query: Part of a display name, or None for all users.

    Returns:
        The query.

    Raises:
        InvalidArgumentError: It is not a string that can be sent.
    """
    if query is None or (isinstance(query, str) and is_encodable(query)):
        return query
    raise InvalidArgumentError("query must be a string, or None for all users")


def check_username(username: object) -> str:
    """Return a username, with which people log in.

    Args:
        username: The name.

    Returns:
        The name.

    Raises:
        InvalidArgumentError: The server would refuse it.
    """
    if isinstance(username, str) and is_username(username):
        return username
    raise InvalidArgumentError(f"username must be {USERNAME_RULE}")


def check_display_name(display_name: object) -> str:
    """Return a display name.

    Args:
        display_name: The name.

    Returns:
        The name.

    Raises:
        InvalidArgumentError: The server would refuse it.
    """
    if isinstance(display_name, str) and is_display_name(display_name):
        return display_name
    raise InvalidArgumentError(f"display_name must be {DISPLAY_NAME_RULE}")


def check_login(login: object) -> str:
    """Return the name by which an account is found at log-in.

    Args:
        login: A username, an id of a user, or the id of a game.

    Returns:
        The name.

    Raises:
        InvalidArgumentError: It is empty, not a string, or contains control characters or a colon (RFC 7617,
            section 2).
    """
    text = check_string("username", login)
    if text and ":" not in text and text.isprintable():
        return text
    raise InvalidArgumentError("username must be a string without a colon, and not empty")


def check_password(password: object) -> str:
    """Return a password.

    Args:
        password: The password.

    Returns:
        The password.

    Raises:
        InvalidArgumentError: It is empty, or not a string that can be sent. The message does not show it.
    """
    if text := check_string("password", password, "a string that is not empty"):
        return text
    raise InvalidArgumentError("password must be a string that is not empty")


def check_session(session_id: object) -> str:
    """Return the id of a session, which is the value of a cookie.

    Args:
        session_id: Value of the cookie `sid`.

    Returns:
        The id.

    Raises:
        InvalidArgumentError: No cookie can have this value. The message does not show it.
    """
    if isinstance(session_id, str) and _COOKIE.fullmatch(session_id):
        return session_id
    raise InvalidArgumentError("identifier must be the value of the cookie sid: a string without spaces or separators")
