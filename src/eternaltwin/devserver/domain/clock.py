"""Clocks of the server: the system clock, and a virtual clock that stands still until it is moved."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from eternaltwin.exceptions import InvalidArgumentError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """A source of the current time, in UTC and in whole milliseconds."""

    def now(self) -> datetime:
        """Return the current time.

        Returns:
            The time, with `tzinfo` UTC and whole milliseconds.
        """
        ...


def whole_milliseconds(time: datetime) -> datetime:
    """Convert a time to UTC and cut it to milliseconds, the resolution of the official server.

    Args:
        time: Any time. A time without time zone is taken as UTC.

    Returns:
        The time, with `tzinfo` UTC and whole milliseconds.

    Raises:
        InvalidArgumentError: The time in UTC would not be within the years 1 to 9999.
    """
    try:
        aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise InvalidArgumentError(f"the time {time} is not within the years 1 to 9999 in UTC") from None
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)


def to_milliseconds(time: datetime) -> int:
    """Convert a time to milliseconds since the Unix epoch.

    Args:
        time: A time with a time zone.

    Returns:
        Whole milliseconds, negative before 1970.
    """
    return (time - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    """Convert milliseconds since the Unix epoch to a time.

    Args:
        milliseconds: Whole milliseconds, negative before 1970.

    Returns:
        The time, with `tzinfo` UTC.
    """
    return _EPOCH + timedelta(milliseconds=milliseconds)


class ClockNotMovableError(InvalidArgumentError):
    """The clock is the machine's."""


class SystemClock:
    """The clock of the operating system."""

    def now(self) -> datetime:
        """Return the current time.

        Returns:
            The time, with `tzinfo` UTC and whole milliseconds.
        """
        return whole_milliseconds(datetime.now(UTC))


class VirtualClock:
    """A clock that stands still until it is moved. It may be used from several threads.

    Args:
        start: The initial time. A time without time zone is taken as UTC. None means the time of the operating system.

    Raises:
        InvalidArgumentError: The time in UTC would not be within the years 1 to 9999.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._now = self._initial()

    def _initial(self) -> datetime:
        return whole_milliseconds(self._start if self._start is not None else datetime.now(UTC))

    def now(self) -> datetime:
        """Return the current time.

        Returns:
            The time, with `tzinfo` UTC and whole milliseconds.
        """
        return self._now

    def advance(self, by: float | timedelta) -> datetime:
        """Move the clock by a duration.

        Args:
            by: The duration, in seconds if it is a number. Negative durations move the clock back.

        Returns:
            The new time.

        Raises:
            InvalidArgumentError: The new time would not be within the years 1 to 9999, or `by` is not finite.
        """
        with self._lock, suppress(ValueError, OverflowError):
            self._now = whole_milliseconds(self._now + (by if isinstance(by, timedelta) else timedelta(seconds=by)))
            return self._now
        raise InvalidArgumentError(f"a clock cannot be moved by {by!r}: times must be within the years 1 to 9999")

    def set(self, time: datetime) -> datetime:
        """Move the clock to a time.

        Args:
            time: The new time, earlier or later. A time without time zone is taken as UTC.

        Returns:
            The new time, with `tzinfo` UTC and whole milliseconds.

        Raises:
            InvalidArgumentError: The time in UTC would not be within the years 1 to 9999.
        """
        with self._lock:
            self._now = whole_milliseconds(time)
            return self._now

    def reset(self) -> datetime:
        """Move the clock back to its initial time.

        Returns:
            The new time: `start`, or the time of the operating system if there was no `start`.
        """
        return self.set(self._initial())


def movable_clock(clock: Clock) -> VirtualClock:
    """Return a clock as one that can be moved.

    Args:
        clock: The clock of a server.

    Returns:
        The clock itself.

    Raises:
        ClockNotMovableError: It is the machine's.
    """
    if not isinstance(clock, VirtualClock):
        raise ClockNotMovableError("the clock is the machine's, which cannot be moved")
    return clock
