"""Forks and the exit of the interpreter, each in a Python process of its own, where every warning is an error."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.support.servers import responding, response_bytes

if TYPE_CHECKING:
    from tests.support.servers import Serve

PREPARATION = """
import asyncio, gc, logging, os, sys, threading
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.sync.transport import UrllibTransport

logging.getLogger("asyncio").setLevel(logging.ERROR)  # a slow machine is no failure
request = HTTPRequest(method="GET", target="/", headers={}, body=None, timeout=10.0, is_idempotent=True)
sync, looping = UrllibTransport(sys.argv[1]), AiohttpTransport(sys.argv[1])

def fetch():
    return sync.send(request).status_code

async def afetch():
    return (await looping.send(request)).status_code

def in_child(call):
    child = os.fork()
    if not child:
        call()
        sys.stdout.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


def run(script: str, origin: str) -> list[str]:
    """Run a script in a Python process of its own, and return the lines that it prints."""
    program = PREPARATION + dedent(script)
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program, origin],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("script", "connections"),
    [
        ("print(fetch(), fetch())", 1),
        ("print(asyncio.run(afetch()))", 1),
        ("runner = asyncio.Runner(); print(runner.run(afetch())); runner.close()", 1),
        ("print(fetch()); sync.close(); print(asyncio.run(afetch()))", 2),
    ],
)
def test_the_interpreter_exits_without_a_warning(serve: Serve, script: str, connections: int) -> None:
    server = serve(responding(response_bytes()))
    assert run(script, server.origin)
    assert server.connections == connections


def test_a_loop_that_is_never_closed_causes_no_warning_of_ours(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(afetch()))
    import atexit
    atexit._run_exitfuncs()
    print(loop.is_closed())
    loop.close()
    """
    assert run(script, server.origin) == ["200", "False"]


def test_a_loop_closed_abruptly_causes_no_warning_of_ours(serve: Serve) -> None:
    server = serve(responding(response_bytes(b"{}", "Connection: close")))
    script = """
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(afetch()))
    loop.close()
    """
    assert run(script, server.origin) == ["200"]


def test_the_session_of_a_loop_in_a_thread_is_closed_at_exit(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    print(asyncio.run_coroutine_threadsafe(afetch(), loop).result())
    import atexit
    atexit._run_exitfuncs()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    """
    assert run(script, server.origin) == ["200"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_has_connections_of_its_own(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    print(fetch())
    sys.stdout.flush()
    in_child(lambda: print(fetch(), fetch()))
    print(fetch())
    """
    assert run(script, server.origin) == ["200", "200 200", "200"]
    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_runs_its_exit_handlers(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    print(fetch())
    sys.stdout.flush()
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
    print(fetch())
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_of_a_process_whose_pool_is_all_in_use(serve: Serve) -> None:
    """For the child, the parent's other thread holds the only permit for ever."""
    server = serve(responding(response_bytes()))
    script = """
    import warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    sync = UrllibTransport(sys.argv[1], pool_size=1)
    pool = sync._pool()
    assert pool.acquire(1)
    in_child(lambda: print(fetch()))
    pool.release()
    print(fetch())
    """
    assert run(script, server.origin) == ["200", "200"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_event_loops_in_parent_and_child(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    print(asyncio.run(afetch()))
    sys.stdout.flush()
    in_child(lambda: print(asyncio.run(afetch())))
    print(asyncio.run(afetch()))
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_leaves_its_parents_open_session_alone(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    def child():
        print(asyncio.run(afetch()))
        looping.discard()
        import atexit
        atexit._run_exitfuncs()

    with asyncio.Runner() as runner:
        print(runner.run(afetch()))
        sys.stdout.flush()
        in_child(child)
        print(runner.run(afetch()))
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 2
