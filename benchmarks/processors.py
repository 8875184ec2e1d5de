"""On which processor everything runs."""

from __future__ import annotations

import os


def share_one_processor() -> None:
    """Keep this process, and all that it starts, on one processor, where the system can be told so.

    Left to the system, one client runs beside its server and the next runs on another processor, which
    has to be woken for each answer: ratios between them say more about that than about the clients.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
