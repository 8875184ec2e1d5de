"""Measures pages of lists of the development server, with 100,000 users and 10,000 posts.

`python -m benchmarks.listings` runs this measurement only, with SQLite; `python -m benchmarks.listings postgres` with
PostgreSQL.
"""

from __future__ import annotations

import http.client
import itertools
import statistics
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from benchmarks.large_database import FIRST_POST, LONGEST, LONGEST_THREAD, SECTION, SYLLABLES, THREADS, USERS, fill
from benchmarks.report import duration, table
from benchmarks.servers import DEVELOPMENT_SERVER, started
from benchmarks.targets import Target
from tests.support.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

#: Maximum duration of a page of a list, in seconds.
MAX_SECONDS = 0.015

#: Maximum memory of the server, in MiB.
MAX_MEMORY = 100

_USERS = "/api/v1/users"
_FORUM = "/api/v1/forum"
_LAST_USERS = f"{_USERS}?limit=100&offset={USERS - 100}"
_THREAD = f"{_FORUM}/threads/{LONGEST_THREAD}"


def _searches() -> Iterator[str]:
    """Yield new searches, with many matches, a few, or none."""
    for first, second in itertools.product(SYLLABLES, repeat=2):
        yield from (f"{_USERS}?q={first}{second[:1]}", f"{_USERS}?q={first}{second}9", f"{_USERS}?q={second}{first}x")


class Page(NamedTuple):
    """A page of a list, and the targets (path and query) of the requests for it."""

    label: str
    targets: Iterator[str]


def pages() -> list[Page]:
    """Return the pages that are measured."""
    same = {
        "users": f"{_USERS}?limit=20",
        "users, a page of 100": f"{_USERS}?limit=100",
        "users, the last page of 100": _LAST_USERS,
        "users found by few letters": f"{_USERS}?q=a",
        "users found by few letters, deep": f"{_USERS}?q=a&limit=100&offset=50000",
        "users found by many letters": f"{_USERS}?q=karo",
        "users not found": f"{_USERS}?q=nobody",
        "sections": f"{_FORUM}/sections",
        "threads of a section": f"{_FORUM}/sections/{SECTION}",
        "threads of a section, the last page": f"{_FORUM}/sections/{SECTION}?offset={THREADS - 20}",
        "posts of a thread": _THREAD,
        "posts of a thread, the last page": f"{_THREAD}?offset={LONGEST - 10}",
        "revisions of a post": f"{_FORUM}/posts/{FIRST_POST}",
    }
    found = [Page(label, itertools.repeat(target)) for label, target in same.items()]
    return [*found[:3], Page("users found for the first time", _searches()), *found[3:]]


@contextmanager
def running_server(folder: Path, socket_folder: str | None = None) -> Generator[tuple[int, Path]]:
    """Fill a database, and run a server with it in a separate process.

    Args:
        folder: Folder for the configuration and the SQLite file.
        socket_folder: Folder of the socket of a PostgreSQL server. None means SQLite.

    Yields:
        The port, and the path of the file with which Linux describes the process.
    """
    sqlite = f'[backend]\nstore = "Sqlite"\n[sqlite]\nfile = "{folder / "large.sqlite"}"\n'
    postgres = (
        f'[backend]\nstore = "Postgres"\n[postgres]\nhost = "{socket_folder}"\nname = "postgres"\nuser = "postgres"\n'
    )
    configuration = folder / "listings.toml"
    configuration.write_text(sqlite if socket_folder is None else postgres, encoding="utf-8")
    fill(configuration)
    with started([*DEVELOPMENT_SERVER, "--config", str(configuration)]) as server:
        yield urlsplit(server.line.split()[-1]).port or 0, Path(f"/proc/{server.process_id}/status")


def _timer(connection: http.client.HTTPConnection) -> Callable[[str], float]:
    def seconds(target: str) -> float:
        start = perf_counter()
        connection.request("GET", target)
        response = connection.getresponse()
        response.read()
        taken = perf_counter() - start
        if response.status != 200:
            raise RuntimeError(f"the status of {target} is {response.status}")
        return taken

    return seconds


def measure(folder: Path, rounds: int, socket_folder: str | None = None) -> tuple[dict[str, float], float]:
    """Measure all pages.

    Args:
        folder: An empty folder.
        rounds: Number of requests for each page.
        socket_folder: Folder of the socket of a PostgreSQL server. None means SQLite.

    Returns:
        The median duration of each page in seconds, and the peak memory of the server in MiB.
    """
    with running_server(folder, socket_folder) as (port, status):
        seconds_of = _timer(http.client.HTTPConnection("127.0.0.1", port))
        seconds_of(f"{_USERS}?limit=1")
        taken = {
            label: statistics.median(map(seconds_of, itertools.islice(targets, rounds))) for label, targets in pages()
        }
        return taken, _memory(status)


def _memory(status: Path) -> float:
    """Return the peak memory of a process in MiB; nan if the system does not report it."""
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    peak = next((line for line in lines if line.startswith("VmHWM:")), None)
    return float("nan") if peak is None else int(peak.split()[1]) / 1024


def judge(taken: dict[str, float], memory: float) -> list[Target]:
    """Compare the durations and the memory with their targets."""
    slowest = max(taken, key=taken.__getitem__)
    found = f"{duration(taken[slowest])} for {slowest}"
    return [
        Target("every page of a list: at most 15 ms", found, taken[slowest] <= MAX_SECONDS),
        Target(f"memory of the server: at most {MAX_MEMORY} MiB", f"{memory:.0f} MiB", memory <= MAX_MEMORY),
    ]


def as_text(taken: dict[str, float]) -> str:
    """Return a table of the medians."""
    heading = ("a page of a list, with 100,000 users and 10,000 posts", "median")
    return "\n".join(table([heading, *((label, duration(seconds)) for label, seconds in taken.items())], ">"))


def main() -> int:
    """Measure, report, and return the exit status: 1 if a target is missed."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        socket_folder = stack.enter_context(postgresql()) if "postgres" in sys.argv[1:] else None
        taken, memory = measure(Path(folder), 100, socket_folder)
    targets = judge(taken, memory)
    print(as_text(taken))
    for target in targets:
        print("reached" if target.is_reached else "MISSED", target.goal, target.found, sep="  ")
    return 0 if all(target.is_reached for target in targets) else 1


if __name__ == "__main__":
    sys.exit(main())
