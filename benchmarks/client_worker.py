"""The tasks of a game, written with names that exist in this package and in the older one.

`python -m benchmarks.client_worker HTTP TLS DEVELOPMENT` (three ports) uses the package
that is installed for its interpreter.
"""

from __future__ import annotations

import asyncio
import sys
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.samples import CLIENT_ID, CLIENT_SECRET, PAGE_SIZE, PLAYER_ID, REDIRECT_URI, STATE_KEY
from benchmarks.signed_in_browser import SignedInBrowser
from benchmarks.worker_protocol import repeated, resident_memory, serve_tasks
from eternaltwin.connections import configure, connections
from eternaltwin.keys import HS256Key
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.worker_protocol import Task
    from eternaltwin.connections import ConnectionSettings

#: Number of concurrent calls.
AT_ONCE = 50


def configure_connections(http: int, tls: int, development: int) -> None:
    """Configure three connections: `http`, `tls` and `development`."""
    common: ConnectionSettings = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT_URI,
        "state_key": HS256Key(STATE_KEY),
        "host": "127.0.0.1",
    }
    configure(
        http={**common, "port": http},
        tls={**common, "port": tls, "scheme": "https"},
        development={**common, "port": development},
    )


def gets(using: str) -> Task:
    """Return the task that calls `User.get`."""
    return repeated(lambda: User.get(PLAYER_ID, using=using))


def agets(runner: asyncio.Runner, using: str, at_once: int) -> Task:
    """Return the task that calls `User.aget`, `at_once` calls at a time."""

    async def batch() -> None:
        if at_once == 1:
            await User.aget(PLAYER_ID, using=using)
        else:
            await asyncio.gather(*(User.aget(PLAYER_ID, using=using) for _ in range(at_once)))

    return lambda count: runner.run(timed(batch, count))


async def timed(call: Callable[[], Awaitable[object]], count: int) -> float:
    """Return how many seconds `count` calls take, one after the other."""
    start = perf_counter()
    for _ in range(count):
        await call()
    return perf_counter() - start


def sign_ins(browser: SignedInBrowser) -> Task:
    """Return the task of a whole sign-in. The browser is the same raw socket for every package."""

    def sign_in() -> None:
        state, url = User.start_authorization(using="development")
        query = parse_qs(urlsplit(browser.follow(url)).query)
        User.from_authorization_code(query["code"][0], query["state"][0], state, using="development")

    return repeated(sign_in)


def state_checks() -> Task:
    """Return the task that creates and validates a state."""
    client = connections["http"]
    return repeated(lambda: client.validate_state(client.generate_state()))


def tasks(ports: list[int]) -> dict[str, Task]:
    """Return all tasks by name, after a first call of the sync client."""
    configure_connections(*ports)
    gets("http")(1)
    runner = asyncio.Runner()
    found: dict[str, Task] = {
        "memory": resident_memory,
        "sign_in": sign_ins(SignedInBrowser(ports[2])),
        "state": state_checks(),
        "page": repeated(lambda: User.search(limit=PAGE_SIZE, using="http")),
        "linked_page": repeated(lambda: User.search("linked", limit=PAGE_SIZE, using="http")),
    }
    for using in ("http", "tls", "development"):
        found[f"get_{using}"] = gets(using)
        found[f"aget_{using}"] = agets(runner, using, 1)
        found[f"aget_{AT_ONCE}_{using}"] = agets(runner, using, AT_ONCE)
    return found


if __name__ == "__main__":
    serve_tasks(tasks([int(port) for port in sys.argv[1:]]))
