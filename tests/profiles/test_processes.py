"""Many processes with one Redis server: each user is asked for once."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from eternaltwin import User, configure
from eternaltwin.profiles import ProfileCache
from tests.support.many_calls import user_id
from tests.support.programs import ROOT
from tests.support.redis_server import RedisServer
from tests.support.user_servers import UserServer, user_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: A process that has no turn for long enough believes that the cache is slow, and asks the server.
pytestmark = pytest.mark.long

#: The number of processes that ask at the same time.
PROCESSES = 50

IDS = [user_id(number) for number in range(20)]

#: Forks the processes, which ask as soon as all of them are there, and prints their results.
SCRIPT = """
import asyncio, os, sys, threading, traceback
import redis.asyncio
import eternaltwin.clients.asyncio.transport, eternaltwin.clients.sync.transport, eternaltwin.profiles.redis
from eternaltwin import User, configure
from eternaltwin.connections import async_connections, connections

url, store, kind, processes, *ids = sys.argv[1:]

def ask():
    users = User.get_many(ids)
    for thread in threading.enumerate():
        if thread.name == "eternaltwin-profiles":
            thread.join()
    connections.get_connection().close()
    return users

async def aask():
    users = await User.aget_many(ids)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "eternaltwin-profiles"))
    await async_connections.get_connection().close()
    return users

def work():
    configure(default={"url": url, "profile_cache": store, "timeout": 30})
    os.read(start, 1)
    users = ask() if kind == "sync" else asyncio.run(aask())
    assert [user.identifier for user in users.values()] == ids

def child():
    try:
        os.close(begin)
        work()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0

start, begin = os.pipe()
children = []
for _ in range(int(processes)):
    process = os.fork()
    if process == 0:
        os._exit(child())
    children.append(process)
os.close(begin)  # which lets all of them begin
statuses = [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in children]
sys.exit(f"exit statuses: {statuses}" if any(statuses) else 0)
"""


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    """Run a Redis server."""
    server = RedisServer(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def users() -> Iterator[UserServer]:
    """Run a server that knows every user, and takes a while."""
    with user_server(0.02) as server:
        yield server


def ask_in_many_processes(users: UserServer, redis: RedisServer, kind: str) -> None:
    """Ask for the same users in all processes at the same time."""
    arguments = [users.url, redis.url, kind, str(PROCESSES), *IDS]
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
def test_fifty_processes_that_find_stale_users_ask_once_for_each(
    redis: RedisServer, users: UserServer, kind: str
) -> None:
    long_ago = ProfileCache(redis.url, clock=lambda: time.time() - 400)
    configure(default={"url": users.url, "profile_cache": long_ago})
    User.get_many(IDS)
    configure()
    users.asked.clear()
    ask_in_many_processes(users, redis, kind)
    assert users.asked == dict.fromkeys(IDS, 1)


@pytest.mark.parametrize("kind", ["sync", "asyncio"])
def test_fifty_processes_that_find_nothing_ask_once_for_each(redis: RedisServer, users: UserServer, kind: str) -> None:
    ask_in_many_processes(users, redis, kind)
    assert users.asked == dict.fromkeys(IDS, 1)
