"""The log of failed sign-ins, and the causes that are shown in debug mode."""

from __future__ import annotations

import logging

import pytest

from eternaltwin import exceptions
from eternaltwin.exceptions import (
    AccountTakenError,
    AuthorizationError,
    ConnectError,
    DoubledParameterError,
    GameCodeError,
    LoginError,
    LoginInterruptedError,
    LoginMisconfiguredError,
    LoginStateError,
)
from eternaltwin.integrations.shared.failures import (
    FAILURES,
    MAX_CAUSES,
    FailureCauses,
    failure_word,
    log_failure,
    story_of,
    with_purpose,
)
from eternaltwin.integrations.shared.profiles import game_errors

logger = logging.getLogger("eternaltwin.integrations.tests")


def interrupted() -> LoginError:
    """Return an error with a cause, which has a cause itself."""
    failure = LoginInterruptedError("start the sign-in again")
    failure.__cause__ = ConnectError("http://eternaltwin.test/oauth/token could not be reached")
    failure.__cause__.__cause__ = OSError("connection refused")
    return failure


def test_a_failure_that_is_not_the_players_is_a_warning_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    log_failure(logger, interrupted())
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("eternaltwin.integrations.tests", "WARNING")
    assert record.getMessage() == (
        "nobody was signed in: LoginInterruptedError: start the sign-in again,"
        " caused by ConnectError: http://eternaltwin.test/oauth/token could not be reached,"
        " caused by OSError: connection refused"
    )
    assert record.exc_info is None


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("LoginRefusedError", "INFO"),
        ("LoginExpiredError", "INFO"),
        ("OtherBrowserError", "INFO"),
        ("LoginReplayedError", "INFO"),
        ("AccountRefusedError", "INFO"),
        ("AccountTakenError", "INFO"),
        ("OtherPlayerError", "INFO"),
        ("LoginStateError", "WARNING"),
        ("IssuerMismatchError", "WARNING"),
        ("MissingParameterError", "WARNING"),
        ("DoubledParameterError", "WARNING"),
        ("LoginCallbackError", "WARNING"),
        ("AuthorizationError", "WARNING"),
        ("TermsNotAcceptedError", "INFO"),
        ("CodeRefusedError", "WARNING"),
        ("LoginInterruptedError", "WARNING"),
        ("LoginError", "WARNING"),
        ("LoginMisconfiguredError", "ERROR"),
        ("LoginStoreError", "ERROR"),
        ("GameCodeError", "ERROR"),
    ],
)
def test_levels_of_failures(kind: str, level: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        log_failure(logger, error_of(getattr(exceptions, kind)))
    assert [record.levelname for record in caplog.records] == [level]


def error_of(kind: type[LoginError]) -> LoginError:
    """Return an error of a class."""
    if issubclass(kind, LoginStateError | AuthorizationError):
        return kind("failed", "a state or a code")
    return kind("failed")


def test_an_error_of_the_game_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(GameCodeError) as caught, game_errors():
        raise KeyError("inventory")
    log_failure(logger, caught.value)
    assert caplog.records[0].levelname == "ERROR"
    assert 'raise KeyError("inventory")' in caplog.text
    assert "caused by KeyError: 'inventory'" in caplog.text


def test_a_refusal_of_the_game_stays_what_it_is() -> None:
    refusal = LoginMisconfiguredError("not today")
    with pytest.raises(LoginMisconfiguredError) as caught, game_errors():
        raise refusal
    assert caught.value is refusal


def test_a_story_is_one_line_without_codes_and_states() -> None:
    exc = ValueError("GET /callback?code=s3cret&state=als0\nwas not good")
    assert story_of(exc) == "ValueError: GET /callback?code=[hidden]&state=[hidden] was not good"
    assert story_of(ValueError()) == "ValueError"
    assert story_of(ValueError("x" * 1000)) == f"ValueError: {'x' * 500}"


def test_a_story_has_each_message_once_and_an_end() -> None:
    exc = LoginInterruptedError("not reached: refused")
    exc.__cause__ = OSError("refused")
    assert story_of(exc) == "LoginInterruptedError: not reached: refused, caused by OSError"
    exc.__cause__.__cause__ = exc
    assert story_of(exc).count("caused by") == MAX_CAUSES - 1


def test_a_story_follows_what_was_being_handled_unless_it_was_suppressed() -> None:
    exc = ValueError("second")
    exc.__context__ = KeyError("first")
    assert story_of(exc) == "ValueError: second, caused by KeyError: 'first'"
    exc.__suppress_context__ = True
    assert story_of(exc) == "ValueError: second"


def test_causes_are_kept_in_debug_mode_only() -> None:
    causes = FailureCauses()
    causes.keep(interrupted(), is_debug=False)
    assert causes.find("unreachable", is_debug=True) is None
    causes.keep(interrupted(), is_debug=True)
    assert "connection refused" in str(causes.find("unreachable", is_debug=True))
    assert causes.find("unreachable", is_debug=False) is None
    assert causes.find("state", is_debug=True) is None


def test_the_page_of_a_failure_keeps_what_the_sign_in_was_for() -> None:
    failure = LoginError("failed")
    assert with_purpose("/failed/expired", failure) == "/failed/expired"
    failure.next = "/arena?a=1&b=é x"
    assert with_purpose("/failed/expired", failure) == "/failed/expired?next=/arena%3Fa%3D1%26b%3D%C3%A9%20x"
    failure.process = "connect"
    assert with_purpose("/f", failure) == "/f?next=/arena%3Fa%3D1%26b%3D%C3%A9%20x&process=connect"
    failure.next = None
    assert with_purpose("/f", failure) == "/f?process=connect"


def test_the_page_of_an_account_that_is_taken_offers_to_sign_in_with_it() -> None:
    failure = AccountTakenError("taken")
    failure.process = "connect"
    assert with_purpose("/failed/taken", failure) == "/failed/taken"


def test_every_class_has_a_word() -> None:
    assert failure_word(DoubledParameterError("twice")) == "incomplete"
    assert {failure_word(error_of(failure.error)) for failure in FAILURES.values()} == set(FAILURES)


def test_the_log_ends_with_the_id_of_the_request_that_failed() -> None:
    failure = interrupted()
    assert isinstance(failure.__cause__, ConnectError)
    failure.__cause__.request_id = "0123456789abcdef"
    assert story_of(failure).endswith("OSError: connection refused (request 0123456789abcdef)")
