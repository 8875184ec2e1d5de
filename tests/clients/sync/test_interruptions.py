"""Exceptions of signal handlers interrupt calls anywhere, and the pool of connections stays whole."""

from __future__ import annotations

import gc
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.driver import blocking, run
from eternaltwin.clients.http.requests import Request
from eternaltwin.clients.http.retries import RetryPolicy
from eternaltwin.clients.http.sender import Sender
from eternaltwin.clients.sync import pools
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import RequestTimeoutError
from tests.support.callers import make_request
from tests.support.interruptions import Interruption
from tests.support.server_scripts import Echo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.servers import Serve

CLIENTS = str(Path(pools.__file__).parent.parent)


class Game:
    """Calls a server that echoes, with one connection at a time."""

    def __init__(self, origin: str) -> None:
        self.transport = UrllibTransport(origin, pool_size=1)
        self._numbers = count()
        self._sender = Sender(
            base_url=origin,
            exchange=blocking(self.transport.send),
            sleep=blocking(time.sleep),
            retries=RetryPolicy(retries=0),
            timeout=1,
            follow_redirects=False,
        )

    def call(self, endpoint: str | None = None) -> None:
        """Send a call, to an endpoint of its own if none is given, and check that its response belongs to it."""
        endpoint = endpoint or f"/{next(self._numbers)}"
        assert run(self._sender(Request(method="GET", endpoint=endpoint))).content == Echo.body(endpoint)

    def call_interrupted(self, interruption: Interruption, *, keeps: bool) -> bool:
        """Send a call that is interrupted, then one that is not. Return whether the first one was."""
        if not keeps:
            self.transport.close()
        is_interrupted = False
        try:
            next(iter(()))
        except StopIteration:  # a call while another exception is handled
            is_interrupted = interruption.run(self.call)
        self.call()
        return is_interrupted


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def game(serve: Serve, echo: Echo) -> Iterator[Game]:
    game = Game(serve(echo).origin)
    gc.disable()  # a finalizer of something else, which the collector runs, is no step of a call
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the connection of such a call is closed when it is collected
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        yield game
        game.transport.close()
        gc.collect()
    gc.enable()


def in_a_thread(function: Callable[[], None]) -> None:
    """Run a function in a thread of its own, so that only its trace function changes."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(function).result()


@pytest.mark.parametrize("keeps", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize(
    ("event", "folder"),
    [("line", CLIENTS), ("opcode", f"{CLIENTS}/sync")],
    ids=["lines of the clients", "instructions of the transport"],
)
def test_the_pool_is_whole_wherever_a_call_is_interrupted(
    game: Game, echo: Echo, event: str, folder: str, keeps: bool
) -> None:
    def interrupt_everywhere() -> None:
        places = count()
        while game.call_interrupted(Interruption(next(places), event, folder), keeps=keeps):
            pass
        assert next(places) > 100

    in_a_thread(interrupt_everywhere)
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(game.call, "/slow")
        echo.has_slow.wait()
        with pytest.raises(RequestTimeoutError, match="all 1 connections were in use"):
            game.transport.send(make_request(timeout=0.05))
        echo.may_respond.set()
        under_way.result()
