"""The retry policy."""

from __future__ import annotations

import pytest

from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.exceptions import ConnectError


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
