"""What is measured."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.client_worker import AT_ONCE


@dataclass(frozen=True)
class Case:
    """One row of the report.

    Attributes:
        task: what the workers call it.
        label: what the report calls it.
        calls: how many calls one unit of the task makes.
        in_older: whether the older package has a name for it.
    """

    task: str
    label: str
    calls: int = 1
    in_older: bool = True


_SERVERS = {
    "http": "fixed answer, HTTP",
    "tls": "fixed answer, TLS",
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
    Case("state", "a state, made and checked"),
    Case("page", "User.search, a page of 100"),
    Case("decode", "decoding a page of 100", in_older=False),
]
