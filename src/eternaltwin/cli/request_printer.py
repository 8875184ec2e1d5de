"""Prints a line for each request, in color on a terminal."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.request_log import RecordedRequest

_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_COLORS = {2: "\x1b[32m", 3: "\x1b[36m", 4: "\x1b[33m", 5: "\x1b[31m"}


def wants_color(stream: TextIO) -> bool:
    """Return whether to write in color: on a terminal, unless `NO_COLOR` is set (no-color.org).

    Args:
        stream: The stream to write to.

    Returns:
        Whether the stream is a terminal that shows colors, and colors are not turned off.
    """
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and stream.isatty()


class RequestPrinter:
    """Prints a line for each request. Queries are left out, as they may contain codes and states.

    Args:
        stream: The stream to write to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_colored = wants_color(stream)

    def __call__(self, request: RecordedRequest) -> None:
        """Print the line of a request.

        Args:
            request: The request, with the status of its response.
        """
        status, path = request.status or 0, "".join(char if char.isprintable() else "?" for char in request.path)
        duration = f"{(request.duration or 0) * 1000:.1f} ms"
        now = time.strftime("%H:%M:%S")
        dim, color, reset = (_DIM, _COLORS.get(status // 100, ""), _RESET) if self._is_colored else ("", "", "")
        line = f"{dim}{now}{reset}  {color}{status}{reset}  {request.method:<6} {path}  {dim}{duration}{reset}"
        with suppress(OSError):  # the reader of the stream may have closed it
            print(line, file=self._stream, flush=True)
