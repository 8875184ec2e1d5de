"""Work that nobody waits for, in a thread."""

from __future__ import annotations

from threading import Thread, current_thread
from typing import TYPE_CHECKING, Any

from eternaltwin.clients.driver import run
from eternaltwin.locks import ForkSafeLock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class BackgroundThread:
    """Runs a coroutine function in a thread, which ends when there is nothing left to do.

    The thread does not keep the process from ending.
    """

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._thread: Thread | None = None
        self._is_wanted = False

    def __call__(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run work soon: in a new thread, or once more in the running one.

        Args:
            work: The work, always the same, which never suspends.
        """
        with self._lock.current:
            self._is_wanted = True
            if self._thread is None or not self._thread.is_alive():  # as after a fork
                self._thread = Thread(target=self._work, args=(work,), name="eternaltwin-profiles", daemon=True)
                self._thread.start()

    def join(self) -> None:
        """Wait until the running work is done."""
        thread = self._thread
        if thread is not None and thread is not current_thread():
            thread.join()

    def _work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while self._is_wanted_again():
            run(work())

    def _is_wanted_again(self) -> bool:
        """Return whether there is more to do. If not, the next call starts another thread."""
        with self._lock.current:
            is_wanted, self._is_wanted = self._is_wanted, False
            if not is_wanted:
                self._thread = None
            return is_wanted
