"""The retry policy."""

from __future__ import annotations

import pytest

from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.exceptions import (
    BrokenConnectionError,
    ConnectError,
    RequestTimeoutError,
    TLSError,
    TransportError,
)
from eternaltwin.responses import Response


def response(status: int, retry_after: str | None = None) -> Response:
    return Response(
        "http://eternaltwin.test/", status, b"", {} if retry_after is None else {"Retry-After": retry_after}
    )


@pytest.mark.parametrize(
    ("attempt", "jitter", "expected"),
    [(0, 1.0, 0.1), (1, 1.0, 0.2), (2, 1.0, 0.4), (9, 1.0, 5.0), (1, 0.25, 0.05), (5000, 1.0, 5.0)],
)
def test_waits_double_up_to_a_cap_with_full_jitter(attempt: int, jitter: float, expected: float) -> None:
    policy = RetryPolicy(retries=10_000, jitter=lambda: jitter)
    assert policy.delay(True, attempt, ConnectError("down"), 60) == pytest.approx(expected)


def test_no_wait_is_longer_than_the_time_that_is_left() -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert policy.delay(True, 0, ConnectError("down"), 0.05) is None


@pytest.mark.parametrize(
    ("requested", "left", "expected"),
    [
        ("0", 60.0, 0.0),
        ("4", 60.0, 4.0),
        ("5", 60.0, 5.0),
        ("6", 60.0, None),
        ("3", 3.0, 3.0),
        ("3", 2.999, None),
        ("soon", 60.0, 0.1),
    ],
)
def test_a_requested_wait_is_kept_up_to_the_cap_and_the_time_left(
    requested: str, left: float, expected: float | None
) -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert policy.delay(True, 0, response(429, requested), left) == expected


def test_a_wait_of_exactly_the_time_that_is_left_is_too_long() -> None:
    policy = RetryPolicy(jitter=lambda: 1.0)
    assert policy.delay(True, 0, ConnectError("down"), 0.1) is None
    assert policy.delay(True, 0, ConnectError("down"), 0.1001) == 0.1


@pytest.mark.parametrize(("attempt", "is_sent"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_call_is_sent_again_at_most_twice_by_default(attempt: int, is_sent: bool) -> None:
    assert (RetryPolicy().delay(True, attempt, response(503), 60) is not None) is is_sent


@pytest.mark.parametrize("status", range(200, 600))
def test_the_statuses_of_temporary_failures(status: int) -> None:
    is_sent = RetryPolicy().delay(True, 0, response(status), 60) is not None
    assert is_sent is (status in {429, 502, 503, 504})
    assert RetryPolicy().delay(False, 0, response(status), 60) is None


@pytest.mark.parametrize("kind", [BrokenConnectionError, RequestTimeoutError, TLSError, TransportError])
def test_of_the_errors_only_that_of_connecting_is_temporary(kind: type[TransportError]) -> None:
    assert RetryPolicy().delay(True, 0, kind("broken"), 60) is None
    assert RetryPolicy().delay(True, 0, ConnectError("down"), 60) is not None
    assert RetryPolicy().delay(False, 0, ConnectError("down"), 60) is None


def test_the_default_jitter_is_random_and_less_than_one() -> None:
    waits = {RetryPolicy().delay(True, 0, ConnectError("down"), 60) for _ in range(20)}
    assert len(waits) > 1
    assert all(wait is not None and 0 <= wait < 0.1 for wait in waits)
