"""Finding the account of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from eternaltwin.integrations.django.models import EternaltwinAccount

__all__ = ["account_of"]


def account_of(user: object) -> EternaltwinAccount | None:
    """Return the Eternaltwin account of a user.

    Unlike `user.eternaltwin_account`, this works for every user: administrators with a password have no account. The
    account is read once for each user object.

    Args:
        user: A user, such as `request.user`, signed in or not.

    Returns:
        The account, or None if the user has none.

    Example:
        >>> account = account_of(request.user)
        >>> account.display_name if account else request.user.get_username()
        'Zoé'
    """
    # the error of a missing account is an AttributeError, and an AnonymousUser has no such attribute
    return cast("EternaltwinAccount | None", getattr(user, "eternaltwin_account", None))
