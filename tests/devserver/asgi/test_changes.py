"""Listeners to changes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.asgi.changes import MAX_LISTENERS, Changes, ChangesMiddleware, TooManyListenersError

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.protocol import Message, Receive, Scope, Send


async def is_announced(waiting: asyncio.Future[None]) -> bool:
    """Return whether a wait ends."""
    done, _ = await asyncio.wait({waiting}, timeout=0.02)
    return bool(done)


def test_an_announcement_ends_the_wait_until_it_is_forgotten() -> None:
    async def play() -> None:
        changes = Changes()
        with changes.listen() as listener:
            waiting = asyncio.ensure_future(listener.wait())
            assert not await is_announced(waiting)
            changes.announce()
            changes.announce()
            assert await is_announced(waiting)
            changes.announce()
            listener.forget()
            later = asyncio.ensure_future(listener.wait())
            assert not await is_announced(later)
            changes.announce()
            assert await is_announced(later)
            assert not listener.is_over

    asyncio.run(play())


def test_an_end_is_not_forgotten() -> None:
    async def play() -> None:
        changes = Changes()
        with changes.listen() as listener:
            changes.end()
            await listener.wait()
            listener.forget()
            await listener.wait()
            assert listener.is_over
        with changes.listen() as late:
            await late.wait()
            assert late.is_over

    asyncio.run(play())


def test_there_are_no_more_than_a_hundred() -> None:
    async def play() -> None:
        changes = Changes()
        entered = [changes.listen() for _ in range(MAX_LISTENERS)]
        for each in entered:
            each.__enter__()
        with pytest.raises(TooManyListenersError), changes.listen():
            pass
        for each in entered:
            each.__exit__(None, None, None)
        assert changes.listener_count == 0

    asyncio.run(play())


def test_listeners_of_a_loop_that_is_closed_are_left_out() -> None:
    changes = Changes()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        changes.listen().__enter__()

    loop.run_until_complete(listen())
    loop.close()
    changes.announce()
    changes.end()


@pytest.mark.parametrize("may_change", [True, False])
def test_a_request_that_fails_is_a_change_too(may_change: bool) -> None:
    async def fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ValueError

    async def nothing() -> Message:
        return {}

    async def play() -> None:
        changes = Changes()
        with changes.listen() as listener:
            with pytest.raises(ValueError, match=r"^$"):
                await ChangesMiddleware(fail, changes, lambda _: may_change)({}, nothing, lambda _: nothing_sent())
            assert await is_announced(asyncio.ensure_future(listener.wait())) is may_change

    async def nothing_sent() -> None:
        pass

    asyncio.run(play())
