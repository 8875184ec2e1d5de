"""Reads a configuration again when one of its files changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

#: Seconds between two looks at the files.
INTERVAL = 0.5

#: When a file was changed last, its size and its number. None if there is no such file.
_Stamp = tuple[int, int, int] | None


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class ConfigWatch:
    """Calls functions in a thread of its own when files change; a context manager.

    Args:
        files: Returns the files to watch. They need not exist.
        read: Reads the files and applies them. It is called again at each look as long as it fails, since another file
            may be the cause.
        report: Called with each new failure of `read`. What was applied before stays.
        interval: Seconds between two looks at the files.
    """

    def __init__(
        self,
        files: Callable[[], Iterable[Path]],
        read: Callable[[], None],
        report: Callable[[EternalTwinError], None],
        interval: float = INTERVAL,
    ) -> None:
        self._files = files
        self._read = read
        self._report = report
        self._interval = interval
        self._seen = self._stamps()
        self._failure: str | None = None
        self._is_requested = False
        self._is_stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="eternaltwin configuration", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_stopped = True
        self._wake.set()
        self._thread.join()

    def request(self) -> None:
        """Read the files now, even if none has changed. May be called from a signal handler."""
        self._is_requested = True
        self._wake.set()

    def _stamps(self) -> dict[Path, _Stamp]:
        return {path: _stamp(path) for path in self._files()}

    def _run(self) -> None:
        while not self._is_stopped_after_waiting():
            self._look()

    def _is_stopped_after_waiting(self) -> bool:
        self._wake.wait(self._interval)
        self._wake.clear()
        return self._is_stopped

    def _look(self) -> None:
        stamps = self._stamps()
        if self._is_requested or self._failure is not None or stamps != self._seen:
            self._is_requested = False
            self._try()
            found = self._stamps()
            while not found.keys() <= stamps.keys():
                # What was read has led to other files. They may have changed between reading and looking at them.
                stamps |= found
                self._try()
                found = self._stamps()
            self._seen = {path: stamps[path] for path in found}

    def _try(self) -> None:
        try:
            self._read()
        except EternalTwinError as exc:
            if str(exc) != self._failure:
                self._failure = str(exc)
                self._report(exc)
        else:
            self._failure = None
