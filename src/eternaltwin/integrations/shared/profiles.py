"""The last step of a sign-in: the profile of the player, and the errors of reading it and of the game."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.exceptions import (
    AccountRefusedError,
    AccountTakenError,
    ConfigurationError,
    GameCodeError,
    LoginError,
    LoginMisconfiguredError,
    UnknownConnectionError,
)
from eternaltwin.login.exchanges import CALL_ERRORS, interrupted

if TYPE_CHECKING:
    from collections.abc import Generator

    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.login import Login
    from eternaltwin.users import User


@contextmanager
def login_cookies(login: Login[User]) -> Generator[None]:
    """Add the cookies that clear those of a sign-in, and what it was for, to every `LoginError` that is raised inside.

    Args:
        login: The finished sign-in.

    Yields:
        Nothing.
    """
    try:
        yield
    except LoginError as exc:
        exc.cookies = login.cookies
        exc.next = login.next
        exc.process = login.process
        raise


@contextmanager
def profile_errors() -> Generator[None]:
    """Convert the errors of reading a profile inside to a `LoginInterruptedError`.

    Yields:
        Nothing.

    Raises:
        LoginInterruptedError: The profile could not be read.
    """
    try:
        yield
    except CALL_ERRORS as exc:
        raise interrupted(exc) from exc


@contextmanager
def setting_errors() -> Generator[None]:
    """Convert the errors of wrong settings inside, so that the callback redirects.

    Yields:
        Nothing.

    Raises:
        LoginMisconfiguredError: A setting is wrong. The error is its cause.
    """
    try:
        yield
    except (ConfigurationError, UnknownConnectionError) as exc:
        raise LoginMisconfiguredError(str(exc)) from exc


@contextmanager
def game_errors() -> Generator[None]:
    """Convert the errors of the game's own code and settings inside, so that the callback redirects.

    Yields:
        Nothing.

    Raises:
        LoginError: The same error, with which the game refuses a sign-in.
        LoginMisconfiguredError: A setting is wrong. The error is its cause.
        GameCodeError: Any other error, which is its cause.
    """
    try:
        with setting_errors():
            yield
    except LoginError:
        raise
    except Exception as exc:
        raise GameCodeError("the code of the game failed while a player signed in") from exc


def check_connects(login: Login[User], player: Player | None) -> None:
    """Check that connecting an account makes nobody somebody else, in a game whose only accounts are Eternaltwin's.

    Args:
        login: The finished sign-in.
        player: Who is signed in with Eternaltwin, or None.

    Raises:
        AccountTakenError: The account was to be connected to a player who is another account of Eternaltwin.
    """
    if player is None or login.process != "connect" or login.subject != player.identifier:
        return
    if login.user.identifier != player.identifier:
        raise AccountTakenError(f"the player who is signed in is another account, {player.identifier}")


def complete_user(user: User, profile: User) -> None:
    """Copy the attributes of a profile that a sign-in does not return to its user.

    Args:
        user: The user of the sign-in. `is_administrator` and `created_at` are set.
        profile: The public profile of the same user.

    Raises:
        AccountRefusedError: The account is deleted.
    """
    if profile.deleted_at is not None:
        raise AccountRefusedError(f"the account {profile.identifier} is deleted at Eternaltwin")
    user.is_administrator = profile.is_administrator
    user.created_at = profile.created_at
