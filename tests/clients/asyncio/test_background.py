"""Work that nobody waits for, in tasks."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from eternaltwin.clients.asyncio.background import BackgroundTasks

if TYPE_CHECKING:
    import pytest


async def work_for_ever() -> None:
    await asyncio.Event().wait()


def test_a_loop_that_was_closed_with_its_tasks_does_not_disturb_others(caplog: pytest.LogCaptureFixture) -> None:
    background = BackgroundTasks()
    done: list[str] = []

    async def start() -> None:
        background(work_for_ever)

    async def work() -> None:
        done.append("work")

    async def start_and_wait() -> None:
        background(work)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    loop = asyncio.new_event_loop()
    loop.run_until_complete(start())
    loop.close()
    background.discard()
    asyncio.run(start_and_wait())
    assert done == ["work"]
    del loop
    gc.collect()
    assert [record.name for record in caplog.records] == ["asyncio"]  # "Task was destroyed but it is pending!"
