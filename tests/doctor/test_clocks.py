"""How much two clocks may differ."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.doctor.clocks import duration, explain_difference

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("difference", "uncertainty", "level"),
    [(4.9, 0, "ok"), (-4.9, 0, "ok"), (5, 0, "warning"), (6, 2, "ok"), (-299, 0, "warning"), (300, 0, "error")],
)
def test_small_differences_are_tolerated(difference: float, uncertainty: float, level: str) -> None:
    assert explain_difference(difference, uncertainty, NOON).level == level


def test_the_consequence_and_both_times_are_shown() -> None:
    found = explain_difference(-7200, 0, NOON)
    assert found.summary == "The server's clock is 2 h behind that of this machine"
    assert "2026-11-28 12:00:00 UTC" in found.detail
    assert "certificates" in found.detail


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (86_398, "1 day"),
        (7300, "2 h 2 min"),
        (59.6, "1 min"),
        (61, "1 min 1 s"),
        (86_400, "1 day"),
        (200_000, "2 days 8 h"),
        (3600, "1 h"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(0, 1e9))
def test_a_duration_is_never_empty(seconds: float) -> None:
    assert duration(seconds)
