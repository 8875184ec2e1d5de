"""Checks of the user model."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth import get_user_model
from django.db.models import UniqueConstraint
from django.db.models.fields import NOT_PROVIDED, Field

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.django.usernames import username_field, username_field_name
from eternaltwin.integrations.shared.checks import SettingProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    AnyField = Field[object, object]

_HINT = "Set new_user to a function of an eternaltwin.User and a user name that returns an unsaved user."

#: Fields of the user model that the library fills, besides the user name.
_FILLED = ("password",)


def check_user_model() -> Iterator[SettingProblem]:
    """Check that a user can be created from a user name alone.

    Yields:
        E010.
    """
    try:
        username_field()
    except ConfigurationError as exc:
        yield SettingProblem("E010", f"{exc}.", _HINT)
        return
    missing = [field.name for field in get_user_model()._meta.concrete_fields if _is_required(field)]
    if missing:
        yield SettingProblem(
            "E010",
            f"{get_user_model().__name__} requires {', '.join(missing)}, so ETERNALTWIN_LOGIN['new_user'] must be set.",
            _HINT,
        )


def _is_required(field: AnyField) -> bool:
    """Return whether a user cannot be inserted without a value of this field, or only once because it is unique."""
    if field.name in (username_field_name(), *_FILLED) or _is_automatic(field):
        return False
    value = cast("object", field.get_default())
    if value is None:
        return not field.null
    return _is_unique(field) and not (field.has_default() and callable(field.default))


def _is_unique(field: AnyField) -> bool:
    """Return whether no two users have the same value of a field, by the field itself or by a constraint."""
    constraints = [each for each in get_user_model()._meta.constraints if isinstance(each, UniqueConstraint)]
    return field.unique or any(each.fields == (field.name,) and each.condition is None for each in constraints)


def _is_automatic(field: AnyField) -> bool:
    """Return whether Django or the database fills a field."""
    names = ("auto_now", "auto_now_add", "generated", "primary_key")
    is_filled = any(getattr(field, name, False) for name in names)
    return is_filled or getattr(field, "db_default", NOT_PROVIDED) is not NOT_PROVIDED
