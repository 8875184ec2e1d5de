"""Sessions of aiohttp: one for each event loop, closed by the loop that it belongs to."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from eternaltwin.clients.asyncio.deadlines import Deadlines
from eternaltwin.clients.asyncio.turns import Turns
from eternaltwin.clients.driver import run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import aiohttp

    ByLoop = dict[asyncio.AbstractEventLoop, "LoopSession"]

#: Seconds that the interpreter waits at its exit for an event loop of another thread.
_EXIT_TIMEOUT = 1.0

#: All open sessions of the process, of whichever transport.
_open: set[LoopSession] = set()


class LoopSession:
    """A session that the running event loop closes.

    The session is held by an asynchronous generator that was started on its loop. Whatever shuts a
    loop down in the usual way (`asyncio.run`, `asyncio.Runner`, servers, test runners) first
    finishes its asynchronous generators, which closes the session.

    Args:
        session: An open session.
        size: Maximum number of its connections in use.

    Attributes:
        session: The session.
        turns: The turns of calls to use its connections.
        deadlines: The deadlines of calls.
        loop: The event loop that it belongs to.
    """

    def __init__(self, session: aiohttp.ClientSession, size: int) -> None:
        self.session = session
        self.turns = Turns(size)
        self.loop = asyncio.get_running_loop()
        self.deadlines = Deadlines(self.loop)
        self._process = os.getpid()
        self._keeper = self._keep()

    @property
    def is_open(self) -> bool:
        """Whether the session can be used, in this process."""
        return not self.session.closed and self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether the session was opened in this process, not before a fork."""
        return self._process == os.getpid()

    async def start(self) -> None:
        """Hand the session over to the loop. This does not suspend."""
        await anext(self._keeper)

    async def _keep(self) -> AsyncGenerator[None]:
        try:
            _open.add(self)
            yield
        finally:
            _open.discard(self)
            self.deadlines.stop()
            # Not the session: it would forget its connector before pending requests see that it is closed.
            await cast("aiohttp.BaseConnector", self.session.connector).close()
            await asyncio.sleep(0)  # sockets are closed in the loop's next iteration, and there may be no other

    async def close(self) -> None:
        """Close the session, and wait until it is closed."""
        await self._keeper.aclose()

    def close_soon(self) -> None:
        """Close the session without waiting. A loop that is not running closes it when it shuts down."""
        if not self.is_ours:
            return
        with suppress(RuntimeError):  # another thread closed the loop just now
            if self.loop.is_closed():
                run(self._keeper.aclose())
            elif self.loop.is_running():
                self.loop.call_soon_threadsafe(self._create_close_task)

    def _create_close_task(self) -> None:
        self.loop.create_task(self._keeper.aclose())

    def close_at_exit(self) -> None:
        """Close the session at the exit of the interpreter, waiting at most a second for a running loop."""
        with suppress(RuntimeError, TimeoutError):
            if self.loop.is_closed():
                run(self._keeper.aclose())
            elif self.loop.is_running():
                asyncio.run_coroutine_threadsafe(self._keeper.aclose(), self.loop).result(_EXIT_TIMEOUT)
            else:
                self.loop.run_until_complete(self._keeper.aclose())


class LoopSessions:
    """The sessions of one transport, by event loop.

    Args:
        size: Maximum number of connections in use, of each.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._by_loop: ByLoop = {}
        weakref.finalize(self, _close_all_soon, self._by_loop).atexit = False

    def current(self) -> LoopSession | None:
        """Return the session of the running event loop.

        Returns:
            The session, or None if there is no open one.
        """
        held = self._by_loop.get(asyncio.get_running_loop())
        return held if held is not None and held.is_open else None

    async def open(self, session: aiohttp.ClientSession) -> LoopSession:
        """Use a new session for the running event loop. This does not suspend.

        Args:
            session: A session created on this loop.

        Returns:
            The session, held for its loop.
        """
        self._remove_closed_loops()
        held = LoopSession(session, self._size)
        try:
            await held.start()
            self._by_loop[held.loop] = held
        except BaseException:  # that of a signal handler
            held.close_soon()
            raise
        return held

    async def close(self) -> None:
        """Close the session of the running event loop, and wait until it is closed."""
        held = self._by_loop.pop(asyncio.get_running_loop(), None)
        if held is not None:
            await held.close()

    def discard(self) -> None:
        """Close every session without waiting."""
        _close_all_soon(self._by_loop)

    def _remove_closed_loops(self) -> None:
        """Close the sessions of loops that were closed without finishing their asynchronous generators."""
        for held in list(_open):
            if held.loop.is_closed():
                held.close_soon()
        for loop in list(self._by_loop):
            if loop.is_closed():
                self._by_loop.pop(loop, None)


def _close_all_soon(by_loop: ByLoop) -> None:
    with suppress(KeyError):  # there are none left
        while True:
            by_loop.popitem()[1].close_soon()


@atexit.register
def _close_all_at_exit() -> None:
    for held in [held for held in _open if held.is_ours]:
        held.close_at_exit()
