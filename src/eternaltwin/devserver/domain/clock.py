"""The server's clock: the machine's, or one that only moves when it is told to."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

from eternaltwin.exceptions import InvalidArgumentError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Tells the time in UTC, in whole milliseconds."""

    def now(self) -> datetime:
        """The time it is, with `tzinfo` UTC."""
        ...


def whole_milliseconds(time: datetime) -> datetime:
    """A time in UTC, cut to milliseconds as the official server keeps it; without a zone it is taken as UTC."""
    aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return aware.replace(microsecond=aware.microsecond // 1000 * 1000)


def to_milliseconds(time: datetime) -> int:
    """Milliseconds since the Unix epoch."""
    return (time - _EPOCH) // _MILLISECOND


def from_milliseconds(milliseconds: int) -> datetime:
    """The time that many milliseconds after the Unix epoch, in UTC."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time it is, with `tzinfo` UTC."""
        return whole_milliseconds(datetime.now(UTC))


class VirtualClock:
    """A clock that stands still until it is moved. Safe to use from several threads.

    Args:
        start: where it stands at first; the machine's time when absent.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._now = self._beginning()

    def _beginning(self) -> datetime:
        return whole_milliseconds(self._start if self._start is not None else datetime.now(UTC))

    def now(self) -> datetime:
        """The time it is, with `tzinfo` UTC."""
        return self._now

    def advance(self, by: float | timedelta) -> datetime:
        """Move by a duration, in seconds when it is a number, and answer the new time."""
        with self._lock, suppress(ValueError, OverflowError):
            self._now = whole_milliseconds(self._now + (by if isinstance(by, timedelta) else timedelta(seconds=by)))
            return self._now
        raise InvalidArgumentError(f"a clock cannot be moved by {by!r}: it goes from the year 1 to the year 9999")

    def set(self, time: datetime) -> datetime:
        """Move to a time, earlier or later, and answer it as it was kept."""
        with self._lock:
            self._now = whole_milliseconds(time)
            return self._now

    def reset(self) -> datetime:
        """Move back to where it stood at first, or to the machine's time where that was it."""
        return self.set(self._beginning())
