"""Runs code that may raise anything: that of a game, and that of other threads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Attempt(AbstractContextManager["Attempt"]):
    """Keeps the exception of a `with` block, unless it ends the program, as Ctrl-C does.

    Attributes:
        failure: The exception. None if there is none.
    """

    failure: BaseException | None = None

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        self.failure = exc
        return isinstance(exc, Exception | SystemExit)
