"""Forks, and the interpreter's end: each in a Python of its own, where every warning is an error."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.support.servers import answer, answering

if TYPE_CHECKING:
    from tests.support.servers import Serve

PREPARATION = """
import asyncio, gc, logging, os, sys, threading
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.clients.asyncio.transport import AiohttpTransport
from eternaltwin.clients.sync.transport import UrllibTransport

logging.getLogger("asyncio").setLevel(logging.ERROR)  # a slow machine is no failure
request = HTTPRequest(method="GET", target="/", headers={}, body=None, timeout=10.0, is_idempotent=True)
blocking, looping = UrllibTransport(sys.argv[1]), AiohttpTransport(sys.argv[1])

def ask():
    return blocking.send(request).status_code

async def aask():
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
    """Run a script in a Python of its own; what it prints, line by line."""
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
        ("print(ask(), ask())", 1),
        ("print(asyncio.run(aask()))", 1),
        ("runner = asyncio.Runner(); print(runner.run(aask())); runner.close()", 1),
        ("print(ask()); blocking.close(); print(asyncio.run(aask()))", 2),
    ],
)
def test_the_interpreter_ends_without_a_word(serve: Serve, script: str, connections: int) -> None:
    server = serve(answering(answer()))
    assert run(script, server.origin)
    assert server.connections == connections


def test_a_loop_that_nobody_closes_ends_without_a_word_of_ours(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(aask()))
    import atexit
    atexit._run_exitfuncs()
    print(loop.is_closed())
    loop.close()
    """
    assert run(script, server.origin) == ["200", "False"]


def test_a_loop_closed_abruptly_ends_without_a_word_of_ours(serve: Serve) -> None:
    server = serve(answering(answer(b"{}", "Connection: close")))
    script = """
    loop = asyncio.new_event_loop()
    print(loop.run_until_complete(aask()))
    loop.close()
    """
    assert run(script, server.origin) == ["200"]


def test_a_loop_in_a_thread_is_told_of_the_end(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    print(asyncio.run_coroutine_threadsafe(aask(), loop).result())
    import atexit
    atexit._run_exitfuncs()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    """
    assert run(script, server.origin) == ["200"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_has_connections_of_its_own(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    print(ask())
    sys.stdout.flush()
    in_child(lambda: print(ask(), ask()))
    print(ask())
    """
    assert run(script, server.origin) == ["200", "200 200", "200"]
    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_ends_as_programs_do(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    print(ask())
    sys.stdout.flush()
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
    print(ask())
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_of_a_process_whose_pool_is_all_in_use(serve: Serve) -> None:
    """The parent's other thread holds its only permit for ever, as far as the child can see."""
    server = serve(answering(answer()))
    script = """
    import warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    blocking = UrllibTransport(sys.argv[1], pool_size=1)
    pool = blocking._pool()
    assert pool.acquire(1)
    in_child(lambda: print(ask()))
    pool.release()
    print(ask())
    """
    assert run(script, server.origin) == ["200", "200"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_event_loops_in_parent_and_child(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    print(asyncio.run(aask()))
    sys.stdout.flush()
    in_child(lambda: print(asyncio.run(aask())))
    print(asyncio.run(aask()))
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork()")
def test_a_child_leaves_its_parents_open_session_alone(serve: Serve) -> None:
    server = serve(answering(answer()))
    script = """
    def child():
        print(asyncio.run(aask()))
        looping.discard()
        import atexit
        atexit._run_exitfuncs()

    with asyncio.Runner() as runner:
        print(runner.run(aask()))
        sys.stdout.flush()
        in_child(child)
        print(runner.run(aask()))
    """
    assert run(script, server.origin) == ["200"] * 3
    assert server.connections == 2
