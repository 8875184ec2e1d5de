"""A child process does not use the connections of its parent, and a transport that is dropped closes its own."""

from __future__ import annotations

import gc
import os
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from eternaltwin.clients.sync.transport import UrllibTransport
from tests.support.callers import make_request
from tests.support.servers import responding, response_bytes
from tests.support.transport_processes import needs_fork, run

if TYPE_CHECKING:
    import pytest

    from tests.support.servers import Peer, Serve


def test_connections_belong_to_the_process_that_opened_them(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(responding(response_bytes()))
    with closing(UrllibTransport(server.origin)) as transport:
        for process, connections in ((1, 1), (1, 1), (2, 2), (1, 2), (2, 2)):
            monkeypatch.setattr(os, "getpid", lambda process=process: process)
            assert transport.send(make_request()).status_code == 200
            assert server.connections == connections


def test_a_transport_that_is_dropped_closes_its_connections(serve: Serve) -> None:
    def script(peer: Peer) -> None:
        responding(response_bytes())(peer)
        has_ended.set()

    has_ended = threading.Event()
    transport = UrllibTransport(serve(script).origin)
    transport.send(make_request())
    assert not has_ended.is_set()
    del transport
    gc.collect()
    assert has_ended.wait(5)


@needs_fork
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


@needs_fork
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


@needs_fork
def test_a_child_of_a_process_whose_pool_is_all_in_use(serve: Serve) -> None:
    """For the child, the parent's other thread has its turn for ever."""
    server = serve(responding(response_bytes()))
    script = """
    import queue, warnings
    warnings.simplefilter("ignore", DeprecationWarning)
    sync_transport = UrllibTransport(sys.argv[1], pool_size=1)
    pool = sync_transport._pool()
    turn = queue.SimpleQueue()
    assert pool.hold(turn, 1)
    in_child(lambda: print(fetch()))
    pool.release(turn)
    print(fetch())
    """
    assert run(script, server.origin) == ["200", "200"]
