"""The cases that are measured."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.client_worker import AT_ONCE
from benchmarks.workers import BARE, OLDER


@dataclass(frozen=True)
class Case:
    """One row of the report.

    Attributes:
        task: Name of the task in the workers.
        label: Name of the row in the report.
        calls: Number of calls in one unit of the task.
        in_older: Whether the older package supports it.
        in_bare: Whether aiohttp alone can do it.
    """

    task: str
    label: str
    calls: int = 1
    in_older: bool = True
    in_bare: bool = False

    def is_for(self, worker: str) -> bool:
        """Return whether a worker runs it."""
        return self.in_older if worker == OLDER else self.in_bare if worker == BARE else True


_SERVERS = {
    "http": "fixed response, HTTP",
    "tls": "fixed response, TLS",
    "development": "development server",
}

CASES = [
    *(Case(f"get_{key}", f"User.get, {name}") for key, name in _SERVERS.items()),
    *(Case(f"aget_{key}", f"User.aget, {name}", in_bare=True) for key, name in _SERVERS.items()),
    *(
        Case(f"aget_{AT_ONCE}_{key}", f"User.aget, {AT_ONCE} at once, {name}", AT_ONCE, in_bare=True)
        for key, name in _SERVERS.items()
    ),
    Case("sign_in", "a whole sign-in, development server"),
    Case("state", "a state, created and validated"),
    Case("page", "User.search, a page of 100"),
    Case("linked_page", "User.search, a page of 100 with linked accounts"),
    Case("decode", "decoding a page of 100", in_older=False),
]
