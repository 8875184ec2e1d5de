"""Announces that the state of a server has changed, to listeners on event loops."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send

#: Maximum number of listeners at a time.
MAX_LISTENERS = 100


class TooManyListenersError(Exception):
    """There are as many listeners as there may be."""


class Listener:
    """Waits for changes, on the event loop that creates it.

    Attributes:
        is_over: Whether no changes are announced any more.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()

    async def wait(self) -> None:
        """Wait until something has changed since the last call of `forget`, or the listener is over."""
        await self._wake.wait()

    def forget(self) -> None:
        """Regard the changes so far as one that has been announced."""
        if not self.is_over:
            self._wake.clear()

    def end(self) -> None:
        """End the wait. May be called from any thread."""
        self.is_over = True
        self._set()

    def wake(self) -> None:
        """Announce a change. May be called from any thread."""
        if not self._wake.is_set():
            self._set()

    def _set(self) -> None:
        with suppress(RuntimeError):  # the event loop is closed, and so is whatever waited on it
            self._loop.call_soon_threadsafe(self._wake.set)


class Changes:
    """The listeners of a server. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._is_over = False

    @property
    def listener_count(self) -> int:
        """The number of listeners."""
        return len(self._listeners)

    def announce(self) -> None:
        """Announce a change to every listener."""
        for listener in self._copy():
            listener.wake()

    def end(self) -> None:
        """End every listener, also later ones."""
        self._is_over = True
        for listener in self._copy():
            listener.end()

    def _copy(self) -> list[Listener]:
        with self._lock:
            return list(self._listeners)

    @contextmanager
    def listen(self) -> Generator[Listener]:
        """Listen on the running event loop. A context manager.

        Yields:
            The listener.

        Raises:
            TooManyListenersError: There are 100 listeners already.
        """
        listener = Listener()
        with self._lock:
            if len(self._listeners) >= MAX_LISTENERS:
                raise TooManyListenersError
            self._listeners.add(listener)
        try:
            if self._is_over:
                listener.end()
            yield listener
        finally:
            with self._lock:
                self._listeners.discard(listener)


class ChangesMiddleware:
    """An ASGI application that announces a change after each request to another one that may have caused one.

    Args:
        app: The other application.
        changes: The listeners.
        may_change: Returns whether a request may change what listeners show.
    """

    def __init__(self, app: ASGIApp, changes: Changes, may_change: Callable[[Scope], bool]) -> None:
        self._app = app
        self._changes = changes
        self._may_change = may_change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the other application, then announce a change.

        Args:
            scope: The ASGI scope.
            receive: The ASGI function that receives a message.
            send: The ASGI function that sends a message.
        """
        try:
            await self._app(scope, receive, send)
        finally:
            if self._may_change(scope):
                self._changes.announce()
