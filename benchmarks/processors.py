"""The processors of the benchmarks: one for the servers, and one for the clients that are compared.

On one for both, a client's work would also delay its server, and on whichever is free, a server might wake up on
another one for each response. So each has its own, if there are two, and nothing else should run on them.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

#: The processors that this process may use, if the system tells.
_ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else {0}

SERVERS, CLIENTS = min(_ALL), max(_ALL)


@contextmanager
def on_processor(number: int) -> Generator[None]:
    """Restrict this process, and those that are started in the block, to one processor, if the system supports it."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
