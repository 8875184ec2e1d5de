"""Limits the number of connections in use on one event loop."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Event


class Turns:
    """Admits a number of calls at a time: first come, first served.

    As for the pool of a sync transport, the exception of a signal handler may interrupt a call between any two steps. A
    turn may therefore be released before it is held and again after it was released. A semaphore would be left locked.

    A turn is an event, which is set when its call may go on.

    Args:
        size: Maximum number of calls at a time.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._turns: dict[Event, None] = {}  # a call has its turn when it is one of the first `size`

    def hold(self, turn: Event) -> None:
        """Ask for a turn. The turn is set at once if one more connection may be in use, and later otherwise.

        Args:
            turn: A new turn. `release` it at least once, whatever this method does.
        """
        self._turns[turn] = None
        if len(self._turns) <= self._size:
            turn.set()

    def release(self, turn: Event) -> None:
        """Let another connection be used.

        Args:
            turn: A turn that was given to `hold`, released already or not.
        """
        self._turns.pop(turn, None)
        if len(self._turns) >= self._size:  # the last of them may have been waiting
            for admitted in islice(self._turns, self._size):
                admitted.set()
