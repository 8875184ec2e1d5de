"""User names of the game, derived from display names.

A display name is neither unique nor permanent, so it is only where a user name starts from: no user
is ever looked up by name, and no name is assigned twice, regardless of case.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Protocol, cast

from django.contrib.auth import get_user_model
from django.db import models

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.models import MAX_KEY_LENGTH, EternaltwinAccount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

# "@" is not allowed, so that no name looks like an e-mail address of somebody else.
_UNSUITABLE = re.compile(r"[^\w.+-]+")

#: The user name for a display name without any suitable character.
NAMELESS = "player"

#: The highest number that is tried at the end of a name, before a part of the UUID.
NUMBERED = 5

#: The domain of user names that must be e-mail addresses. Mail to it reaches nobody (RFC 2606, section 2).
DOMAIN = "eternaltwin.invalid"


class _UserModel(Protocol):
    """The part of a user model that this module reads."""

    USERNAME_FIELD: str


def username_field_name() -> str:
    """Return the name of the field in which the user model stores the user name.

    Returns:
        The name, such as `username`.
    """
    return cast("_UserModel", get_user_model()).USERNAME_FIELD


def username_field() -> models.CharField[str, str]:
    """Return the field in which the user model stores the user name.

    Returns:
        The field.

    Raises:
        ConfigurationError: The field does not store strings.
    """
    model = get_user_model()
    field = cast("object", model._meta.get_field(username_field_name()))
    if isinstance(field, models.CharField):
        return cast("models.CharField[str, str]", field)
    raise ConfigurationError(
        f"{model.__name__}.{username_field_name()} is not a string, so ETERNALTWIN_LOGIN['new_user'] must be set",
        setting="new_user",
    )


def free_usernames(display_name: str, identifier: UUID) -> Iterator[str]:
    """Return the user names that a player may get and that are free at this moment, the nicest first.

    Another sign-in may take one of them in the meantime, possibly in another case. The unique
    `username_key` of the account then refuses the insertion, and the caller tries the next name.

    Args:
        display_name: The display name of the player.
        identifier: UUID of the player.

    Yields:
        A name that no user has, and that no first sign-in was given.

    Raises:
        ConfigurationError: The user model does not store user names as strings.
    """
    field = username_field()
    lookup = f"{field.name}__iexact"
    users = get_user_model()._base_manager
    for name in usernames(display_name, identifier, field):
        is_given = EternaltwinAccount.objects.filter(username_key=username_key(name)).exists()
        if not is_given and not users.filter(**{lookup: name}).exists():
            yield name


def username_key(username: str) -> str:
    """Return the key that two user names share if they differ in case only.

    Case-folding can make a name longer than the 255 characters of a key, so two such names that differ
    at the end share a key as well. The names at the end of `usernames` are always shorter.

    Args:
        username: A user name.

    Returns:
        The first 255 characters of the case-folded name.
    """
    return username.casefold()[:MAX_KEY_LENGTH]


def usernames(display_name: str, identifier: UUID, field: models.CharField[str, str]) -> Iterator[str]:
    """Return every user name that a player may get, the nicest first.

    Args:
        display_name: The display name of the player.
        identifier: UUID of the player.
        field: The field in which the user model stores the user name.

    Yields:
        A name. The last one consists of the UUID, so that no other player can have it.
    """
    if isinstance(field, models.EmailField):
        yield f"{identifier}@{DOMAIN}"
        return
    length = field.max_length or 150
    base = fit_name(display_name)
    suffixes = ["", *(f"_{number}" for number in range(2, NUMBERED + 1)), f"_{identifier.hex[:8]}"]
    yield from (base[: length - len(suffix)] + suffix for suffix in suffixes)
    yield identifier.hex[:length]


def fit_name(display_name: str) -> str:
    """Convert a display name to the characters that Django allows in user names.

    Args:
        display_name: A display name.

    Returns:
        The name, normalized (NFKC), with an underscore for each run of other characters; `player` if
        nothing remains.

    Example:
        >>> fit_name("Zoé (la Grande)")
        'Zoé_la_Grande'
    """
    text = unicodedata.normalize("NFKC", display_name)
    return _UNSUITABLE.sub("_", text).strip("_") or NAMELESS
