"""Exceptions as those of signal handlers, raised at chosen places."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from types import FrameType


@contextmanager
def without_collections() -> Generator[None]:
    """Keep the garbage collector from running.

    The exception of a signal handler is raised in the code that runs at that moment. In a callback of the collector, as
    Hypothesis has one, or in a finalizer that it runs, Python swallows the exception and reports it as unraisable.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class InterruptError(BaseException):
    """The exception of a signal handler."""


class Interruption:
    """Raises an `InterruptError` before one of the steps of a function: a line, or an instruction.

    Args:
        place: The number of the step, from 0.
        event: `line` or `opcode`.
        folder: The folder below which the steps of files are counted.
    """

    def __init__(self, place: int, event: str, folder: str) -> None:
        self._left = place
        self._has_come = False
        self._event = event
        self._folder = folder

    def run(self, function: Callable[[], object]) -> bool:
        """Run a function. Return whether it was interrupted, which it is not if it has fewer steps."""
        with self._tracing():
            function()
        return self._has_come

    async def run_async(self, function: Callable[[], Awaitable[object]]) -> bool:
        """Run a coroutine function in the same way, in the running event loop."""
        with self._tracing():
            await function()
        return self._has_come

    @contextmanager
    def _tracing(self) -> Generator[None]:
        before = sys.gettrace()
        with without_collections():
            sys.settrace(self._enter)
            try:
                yield
            except InterruptError:
                return
            finally:
                sys.settrace(before)
        assert not self._has_come, "nothing may swallow the exception of a signal handler"

    def _enter(self, frame: FrameType, event: str, argument: object) -> Any:
        del event, argument
        if not frame.f_code.co_filename.startswith(self._folder):
            return None
        frame.f_trace_opcodes = self._event == "opcode"
        return self._step

    def _step(self, frame: FrameType, event: str, argument: object) -> Any:
        del frame, argument
        if event == self._event:
            self._left -= 1
            if self._left < 0:
                self._has_come = True
                raise InterruptError
        return self._step
