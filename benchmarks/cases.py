"""The cases that are measured."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.client_worker import AT_ONCE


@dataclass(frozen=True)
class Case:
    """One row of the report.

    Attributes:
        task: Name of the task in the workers.
        label: Name of the row in the report.
        calls: Number of calls in one unit of the task.
        in_older: Whether the older package supports it.
    """

    task: str
    label: str
    calls: int = 1
    in_older: bool = True


_SERVERS = {
    "http": "fixed response, HTTP",
    "tls": "fixed response, TLS",
    "development": "development server",
}

CASES = [
    *(Case(f"get_{key}", f"User.get, {name}") for key, name in _SERVERS.items()),
    *(Case(f"aget_{key}", f"User.aget, {name}") for key, name in _SERVERS.items()),
    *(
        Case(f"aget_{AT_ONCE}_{key}", f"User.aget, {AT_ONCE} at once, {name}", AT_ONCE)
        for key, name in _SERVERS.items()
    ),
    Case("sign_in", "a whole sign-in, development server"),
    Case("state", "a state, created and validated"),
    Case("page", "User.search, a page of 100"),
    Case("decode", "decoding a page of 100", in_older=False),
]
