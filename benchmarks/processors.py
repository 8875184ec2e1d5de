"""The processor that all processes of the benchmarks share."""

from __future__ import annotations

import os


def share_one_processor() -> None:
    """Restrict this process and its child processes to one processor, if the system supports it.

    Otherwise, one client might run on the processor of its server and the next on another one, which would have to wake
    up for each response. The ratios would then depend more on the processors than on the clients.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
