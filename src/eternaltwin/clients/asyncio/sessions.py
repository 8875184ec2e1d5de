"""aiohttp's sessions, one for each event loop, closed by the loop they belong to."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from eternaltwin.clients.driver import run

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import aiohttp

    ByLoop = dict[asyncio.AbstractEventLoop, "LoopSession"]

#: Seconds that the interpreter's exit waits for an event loop of another thread.
_EXIT_PATIENCE = 1.0

#: Every session of this process that is not closed: it belongs to its loop, whoever opened it.
_open: set[LoopSession] = set()


class LoopSession:
    """A session of the running event loop, which closes it.

    The session is held by an asynchronous generator that was started on its loop: whoever shuts a
    loop down in the usual way (`asyncio.run`, `asyncio.Runner`, servers, test runners)
    finishes its asynchronous generators first, and so closes the session without anybody's help.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.loop = asyncio.get_running_loop()
        self._process = os.getpid()
        self._keeper = self._keep()

    @property
    def is_open(self) -> bool:
        """Whether it can be used, in this process."""
        return not self.session.closed and self.is_ours

    @property
    def is_ours(self) -> bool:
        """Whether it was opened in this process, and not before a fork."""
        return self._process == os.getpid()

    async def start(self) -> None:
        """Hand the session over to the loop. It does not suspend."""
        await anext(self._keeper)

    async def _keep(self) -> AsyncGenerator[None]:
        _open.add(self)
        try:
            yield
        finally:
            _open.discard(self)
            # and not the session, which would forget its connector before requests under way have seen it closed
            await cast("aiohttp.BaseConnector", self.session.connector).close()
            await asyncio.sleep(0)  # sockets are closed in the loop's next round, which it may not have if it ends now

    async def close(self) -> None:
        """Close, and wait until it is done."""
        await self._keeper.aclose()

    def let_go(self) -> None:
        """Close without waiting, now or as soon as the loop can; a loop at rest closes it when it shuts down."""
        if not self.is_ours:
            return
        with suppress(RuntimeError):  # another thread closed the loop just now
            if self.loop.is_closed():
                run(self._keeper.aclose())
            elif self.loop.is_running():
                self.loop.call_soon_threadsafe(self._close_soon)

    def _close_soon(self) -> None:
        self.loop.create_task(self._keeper.aclose())

    def finish(self) -> None:
        """Close at the interpreter's exit, if the loop answers."""
        with suppress(RuntimeError, TimeoutError):
            if self.loop.is_closed():
                run(self._keeper.aclose())
            elif self.loop.is_running():
                asyncio.run_coroutine_threadsafe(self._keeper.aclose(), self.loop).result(_EXIT_PATIENCE)
            else:
                self.loop.run_until_complete(self._keeper.aclose())


class Sessions:
    """The sessions of one transport, by event loop."""

    def __init__(self) -> None:
        self._by_loop: ByLoop = {}
        weakref.finalize(self, _let_go, self._by_loop).atexit = False

    def current(self) -> aiohttp.ClientSession | None:
        """The session of the running event loop, if there is one."""
        held = self._by_loop.get(asyncio.get_running_loop())
        return held.session if held is not None and held.is_open else None

    async def open(self, session: aiohttp.ClientSession) -> aiohttp.ClientSession:
        """Make a session that of the running event loop. It does not suspend."""
        self._forget_closed_loops()
        held = LoopSession(session)
        self._by_loop[held.loop] = held
        await held.start()
        return session

    async def close(self) -> None:
        """Close the session of the running event loop, and wait until it is done."""
        held = self._by_loop.pop(asyncio.get_running_loop(), None)
        if held is not None:
            await held.close()

    def discard(self) -> None:
        """Let go of every session without waiting."""
        _let_go(self._by_loop)

    def _forget_closed_loops(self) -> None:
        """Some loops are closed without a word to their asynchronous generators."""
        for held in list(_open):
            if held.loop.is_closed():
                held.let_go()
        for loop in list(self._by_loop):
            if loop.is_closed():
                self._by_loop.pop(loop, None)


def _let_go(by_loop: ByLoop) -> None:
    with suppress(KeyError):  # there are none left
        while True:
            by_loop.popitem()[1].let_go()


@atexit.register
def _finish_all() -> None:
    for held in [held for held in _open if held.is_ours]:
        held.finish()
