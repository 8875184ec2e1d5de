"""User names of the game's own, made from display names.

A display name is neither unique nor lasting, so a user name only starts from it: no user is ever
looked up by a name, and no name is given out twice, whatever its case.
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

# "@" is left out, so that no name looks like an e-mail address of somebody else.
_UNFIT = re.compile(r"[^\w.+-]+")

#: What a name is called that has nothing fit in it.
NAMELESS = "player"

#: How many names with a small number are tried before one with a part of the UUID.
NUMBERED = 5

#: Where e-mail addresses lead that are user names: nowhere (RFC 2606, section 2).
DOMAIN = "eternaltwin.invalid"


class _UserModel(Protocol):
    """What every user model has."""

    USERNAME_FIELD: str


def username_field_name() -> str:
    """What the user model calls the field that holds the user name."""
    return cast("_UserModel", get_user_model()).USERNAME_FIELD


def username_field() -> models.CharField[str, str]:
    """The field of the user model that holds the user name.

    Raises:
        ConfigurationError: it holds no text.
    """
    model = get_user_model()
    field = cast("object", model._meta.get_field(username_field_name()))
    if isinstance(field, models.CharField):
        return cast("models.CharField[str, str]", field)
    raise ConfigurationError(
        f"{model.__name__}.{username_field_name()} is no text, so write ETERNALTWIN_LOGIN['new_user']",
        setting="new_user",
    )


def free_usernames(display_name: str, identifier: UUID) -> Iterator[str]:
    """Names that nobody has at this moment, nor was given at a first sign-in, the nicest first.

    Another sign-in may take one meanwhile, in whatever case: the unique `username_key` of the
    account tells, so whoever inserts it goes on to the next name.
    """
    field = username_field()
    lookup = f"{field.name}__iexact"
    users = get_user_model()._base_manager
    for name in usernames(display_name, identifier, field):
        is_given = EternaltwinAccount.objects.filter(username_key=username_key(name)).exists()
        if not is_given and not users.filter(**{lookup: name}).exists():
            yield name


def username_key(username: str) -> str:
    """What two user names have in common that differ only in case.

    So have some of more than 255 characters that differ at the end; there is always a shorter name.
    """
    return username.casefold()[:MAX_KEY_LENGTH]


def usernames(display_name: str, identifier: UUID, field: models.CharField[str, str]) -> Iterator[str]:
    """Every name that a player may get, the nicest first; the last is nobody else's."""
    if isinstance(field, models.EmailField):
        yield f"{identifier}@{DOMAIN}"
        return
    length = field.max_length or 150
    base = fit_name(display_name)
    suffixes = ["", *(f"_{number}" for number in range(2, NUMBERED + 1)), f"_{identifier.hex[:8]}"]
    yield from (base[: length - len(suffix)] + suffix for suffix in suffixes)
    yield identifier.hex[:length]


def fit_name(display_name: str) -> str:
    """A display name, in the characters that Django allows in user names."""
    text = unicodedata.normalize("NFKC", display_name)
    return _UNFIT.sub("_", text).strip("_") or NAMELESS
