"""One short line for each request, in colour where that can be seen."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.request_log import RecordedRequest

_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_COLOURS = {2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: "\x1b[31m"}


def wants_colour(stream: TextIO) -> bool:
    """Whether to write in colour: on a terminal, unless `NO_COLOR` is set (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


class RequestLog:
    """Writes a line for each request. Queries, which may hold codes and states, are left out.

    Args:
        stream: where to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_coloured = wants_colour(stream)

    def __call__(self, request: RecordedRequest) -> None:
        """Write the line of a request that is being answered."""
        status, path = request.status or 0, "".join(char if char.isprintable() else "?" for char in request.path)
        took = f"{(request.duration or 0) * 1000:.1f} ms"
        clock = time.strftime("%H:%M:%S")
        dim, colour, reset = (_DIM, _COLOURS.get(status // 100, ""), _RESET) if self._is_coloured else ("", "", "")
        line = f"{dim}{clock}{reset}  {colour}{status}{reset}  {request.method:<6} {path}  {dim}{took}{reset}"
        with suppress(OSError):  # whoever read the log may have gone
            print(line, file=self._stream, flush=True)
