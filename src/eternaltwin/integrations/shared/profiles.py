"""The last step of a sign-in: reading the player's own profile, and the game's say."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.exceptions import (
    AccountRefusedError,
    LoginError,
    LoginInterruptedError,
    RequestError,
    TransportError,
    UnexpectedResponseError,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from eternaltwin.login import Login
    from eternaltwin.users import User


@contextmanager
def login_cookies(login: Login[User]) -> Generator[None]:
    """Let every `LoginError` that is raised inside clear the cookies of a sign-in.

    Args:
        login: The sign-in, which is used up.

    Yields:
        Nothing.
    """
    try:
        yield
    except LoginError as exc:
        exc.cookies = login.cookies
        raise


@contextmanager
def profile_errors() -> Generator[None]:
    """Raise a `LoginInterruptedError` if a profile cannot be read inside.

    Yields:
        Nothing.
    """
    try:
        yield
    except (RequestError, TransportError, UnexpectedResponseError) as exc:
        raise LoginInterruptedError(f"start the sign-in again, this one is used up: {exc}") from exc


def complete_user(user: User, profile: User) -> None:
    """Add to a user who has signed in what their token does not contain.

    Args:
        user: The user of the sign-in, which is changed.
        profile: The same user, as the server shows them to everybody.

    Raises:
        AccountRefusedError: The account is deleted.
    """
    if profile.deleted_at is not None:
        raise AccountRefusedError(f"the account {profile.identifier} is deleted at Eternaltwin")
    user.is_administrator = profile.is_administrator
    user.created_at = profile.created_at
