"""What the callbacks of all integrations do with the errors of Eternaltwin and of the game."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from eternaltwin.exceptions import (
    AccountRefusedError,
    AccountTakenError,
    ConfigurationError,
    ConnectError,
    GameCodeError,
    LoginError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    UnknownConnectionError,
)
from eternaltwin.integrations.shared.players import Player
from eternaltwin.integrations.shared.profiles import (
    check_connects,
    complete_user,
    game_errors,
    login_cookies,
    profile_errors,
)
from eternaltwin.login import Cookie, Login
from eternaltwin.tokens import Token
from eternaltwin.users import User

if TYPE_CHECKING:
    from eternaltwin.login.tickets import Process

IDENTIFIER = "9f310484-963b-446b-af69-797feec6813f"


def user(*, is_administrator: bool | None = None, deleted_at: datetime | None = None) -> User:
    created_at = datetime(2026, 1, 1, tzinfo=UTC)
    return User(IDENTIFIER, "Zoé", is_administrator, created_at, deleted_at)


def test_an_error_of_reading_the_profile_interrupts_the_sign_in() -> None:
    cause = ConnectError("http://eternaltwin.test cannot be reached")
    with pytest.raises(LoginInterruptedError) as caught, profile_errors():
        raise cause
    assert str(caught.value) == f"start the sign-in again, this one is used up: {cause}"
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("cause", [ConfigurationError("wrong"), UnknownConnectionError("unknown")], ids=repr)
def test_a_wrong_setting_is_one_of_the_game(cause: Exception) -> None:
    with pytest.raises(LoginMisconfiguredError) as caught, game_errors():
        raise cause
    assert str(caught.value) == str(cause)
    assert caught.value.__cause__ is cause


def test_any_other_error_is_one_of_the_code_of_the_game() -> None:
    cause = KeyError("inventory")
    with pytest.raises(GameCodeError) as caught, game_errors():
        raise cause
    assert str(caught.value) == "the code of the game failed while a player signed in"
    assert caught.value.__cause__ is cause


def test_a_failure_after_the_sign_in_keeps_its_cookies_and_its_destination() -> None:
    cookies = (Cookie("a", "b", 5),)
    login = Login(user(), Token.bearer("secret"), "/arena", cookies)
    with pytest.raises(LoginError) as caught, login_cookies(login):
        raise AccountRefusedError("banned")
    assert (caught.value.cookies, caught.value.next) == (cookies, "/arena")


def test_the_profile_completes_the_user() -> None:
    signed_in = User(IDENTIFIER, "Zoé", None, None, None)
    complete_user(signed_in, user(is_administrator=True))
    assert (signed_in.is_administrator, signed_in.created_at) == (True, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_deleted_account_signs_nobody_in() -> None:
    with pytest.raises(AccountRefusedError) as caught:
        complete_user(User(IDENTIFIER, "Zoé", None, None, None), user(deleted_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert str(caught.value) == f"the account {IDENTIFIER} is deleted at Eternaltwin"


ALICE = Player("00000000-0000-4000-8000-000000000001", "Alice", False, datetime(2026, 1, 1, tzinfo=UTC))


def login_for(process: Process, subject: str | None) -> Login[User]:
    """Return a finished sign-in of Zoé."""
    return Login(user(), Token.bearer("secret"), None, (), process, subject)


def test_an_account_is_not_connected_to_a_player_who_is_another_account() -> None:
    with pytest.raises(AccountTakenError) as caught:
        check_connects(login_for("connect", ALICE.identifier), ALICE)
    assert str(caught.value) == f"the player who is signed in is another account, {ALICE.identifier}"


@pytest.mark.parametrize(
    ("process", "subject"), [("connect", "42"), ("connect", None), ("login", ALICE.identifier), ("login", None)]
)
def test_a_game_with_accounts_of_its_own_decides_who_gets_an_account(process: Process, subject: str | None) -> None:
    check_connects(login_for(process, subject), ALICE)
