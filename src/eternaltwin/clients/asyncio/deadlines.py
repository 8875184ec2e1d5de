"""Ends calls whose time has passed."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Self, cast

if TYPE_CHECKING:
    from types import TracebackType

#: Calls that end within this number of seconds after another one may end with the next ones, so that thousands of calls
#: that are ended in a row are not looked through for each of them.
RESOLUTION = 0.005


class Deadlines:
    """The deadlines of the calls on one event loop, with one timer for all of them.

    Almost every call is done long before its deadline. A timer for each call, as `asyncio.timeout` has it, takes 4 µs;
    a place among these takes less than 1 µs. The timer is started for the first deadline, and when it fires, for the
    first one that is left.

    Args:
        loop: The event loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due: dict[Deadline, float] = {}  # times of the loop
        self._timer: asyncio.TimerHandle | None = None
        self._fires_at = math.inf

    def add(self, deadline: Deadline, seconds: float) -> None:
        """Let a deadline pass after a time.

        Args:
            deadline: A deadline. `remove` it at least once, whatever happens.
            seconds: The time in seconds.
        """
        due = self._loop.time() + seconds
        self._due[deadline] = due
        if due < self._fires_at:
            self._start_timer(due)

    def remove(self, deadline: Deadline) -> None:
        """Forget a deadline.

        Args:
            deadline: A deadline that was given to `add`, forgotten already or not.
        """
        self._due.pop(deadline, None)

    def stop(self) -> None:
        """Stop the timer. Deadlines that are left do not pass before another one is added."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._fires_at = math.inf

    def _start_timer(self, time: float) -> None:
        self.stop()
        self._fires_at = time
        self._timer = self._loop.call_at(time, self._fire)

    def _fire(self) -> None:
        self.stop()
        now = self._loop.time()
        for deadline in [deadline for deadline, due in self._due.items() if due <= now]:
            self.remove(deadline)
            deadline.end_call()
        if self._due:
            self._start_timer(max(now + RESOLUTION, min(self._due.values())))


class Deadline:
    """The deadline of the call in its block, which then ends with a `TimeoutError`.

    It is `asyncio.timeout` with another timer. The block may be cancelled from outside at the same time: that is then
    what happens.

    Args:
        deadlines: The deadlines of the event loop.

    Attributes:
        has_passed: Whether the time has passed before the block was left.
    """

    __slots__ = ("_cancelling", "_deadlines", "_task", "has_passed")

    def __init__(self, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        self._task = cast("asyncio.Task[object]", asyncio.current_task())  # a call always runs in a task
        self._cancelling = self._task.cancelling()
        self.has_passed = False

    def start(self, seconds: float) -> None:
        """Let the time begin, in the block.

        Args:
            seconds: The time in seconds.
        """
        self._deadlines.add(self, seconds)

    def stop(self) -> None:
        """Let the time not pass any more. It may be called any number of times."""
        self._deadlines.remove(self)

    def end_call(self) -> None:
        """Cancel the call, since its time has passed."""
        self.has_passed = True
        self._task.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        is_cancelled = kind is asyncio.CancelledError
        if self.has_passed and self._task.uncancel() <= self._cancelling and is_cancelled:
            raise TimeoutError from exc
