"""Helpers for games under test behind a socket: their URLs and log, and a server that signals when it is ready."""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    import threading
    from collections.abc import Generator

#: The loggers of games and of their servers.
_LOGGERS = ("django", "django.server", "eternaltwin", "uvicorn.access", "uvicorn.error", "werkzeug")

#: The name of the thread in which the game's server accepts requests.
GAME = "the game"


@dataclass
class LiveGame:
    """A `tests.integrations.support.browser_scenarios.Game` that is running."""

    url: str
    login_path: str = "/eternaltwin/login"
    callback_path: str = "/eternaltwin/callback"
    stream: io.StringIO = field(default_factory=io.StringIO)

    def log(self) -> str:
        """Return the log of the server."""
        return self.stream.getvalue()


@contextmanager
def logged(stream: io.StringIO) -> Generator[None]:
    """Write the logs of a server, of every level, into a stream."""
    handler = logging.StreamHandler(stream)
    # The development server runs in the same process, and uses the same loggers.
    handler.addFilter(lambda record: not record.name.startswith("uvicorn") or record.threadName == GAME)
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [(logger.level, logger.handlers[:]) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.handlers[:] = [handler]
    yield
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers[:] = handlers


class AnnouncingServer(uvicorn.Server):
    """A server that sets an event when it accepts requests."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()
