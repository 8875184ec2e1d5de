"""Clocks, and times in milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.clock import SystemClock, VirtualClock, from_milliseconds, to_milliseconds


def test_the_system_clock_has_whole_milliseconds() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.microsecond % 1000 == 0


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    start = datetime(2021, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    clock = VirtualClock(start)
    assert clock.now() == start
    assert clock.now().tzinfo is UTC
    assert clock.advance(1.5) == start + timedelta(seconds=1.5)
    assert clock.advance(timedelta(days=1)) == clock.now()
    assert clock.set(datetime.fromisoformat("2020-01-01")) == datetime(2020, 1, 1, tzinfo=UTC)
    assert clock.reset() == start


@given(st.datetimes(timezones=st.just(UTC)))
def test_milliseconds_convert_to_times_and_back(time: datetime) -> None:
    clock = VirtualClock(time)
    assert from_milliseconds(to_milliseconds(clock.now())) == clock.now()
    assert timedelta() <= time - clock.now() < timedelta(milliseconds=1)
