"""Sessions belong to their event loops, which close them without a warning."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.asyncio.sessions import LoopSession
from eternaltwin.clients.asyncio.transport import AiohttpTransport
from tests.support.callers import make_request
from tests.support.interruptions import InterruptError
from tests.support.servers import JSON, responding, response_bytes
from tests.support.transport_processes import needs_fork, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.servers import Peer, ScriptedServer, Serve


class Counting:
    """A script that responds, and counts the open connections."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def __call__(self, peer: Peer) -> None:
        self._add(1)
        responding(response_bytes())(peer)
        self._add(-1)

    def _add(self, number: int) -> None:
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def becomes(self, count: int) -> bool:
        """Return whether this number of connections is open, or becomes so within a time."""
        with self.changed:
            return self.changed.wait_for(lambda: self.count == count, 5)


@pytest.fixture
def open_connections() -> Counting:
    return Counting()


@pytest.fixture
def server(serve: Serve, open_connections: Counting) -> ScriptedServer:
    return serve(open_connections)


@pytest.fixture(autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Check that nothing is left open: that causes a warning when it is collected, and warnings are errors here."""
    yield
    gc.collect()


async def fetch(transport: AiohttpTransport) -> bytes:
    return (await transport.send(make_request())).content


def test_loops_one_after_another(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    for number in range(1, 4):
        assert asyncio.run(fetch(transport)) == JSON
        gc.collect()
        assert server.connections == number
        assert open_connections.becomes(0)


def test_a_runner_keeps_its_connection_between_calls(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)
    with asyncio.Runner() as runner:
        assert [runner.run(fetch(transport)) for _ in range(3)] == [JSON] * 3
    assert server.connections == 1


def test_two_loops_in_two_threads_at_once(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)
    together = threading.Barrier(2)

    async def repeat() -> set[bytes]:
        await fetch(transport)
        together.wait()
        return {await fetch(transport) for _ in range(20)}

    with ThreadPoolExecutor(2) as threads:
        contents = list(threads.map(asyncio.run, [repeat(), repeat()]))
    assert contents == [{JSON}, {JSON}]
    assert server.connections == 2


@pytest.mark.asyncio
async def test_close_closes_the_running_loops_connections(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    await transport.close()
    await fetch(transport)
    await transport.close()
    assert await asyncio.to_thread(open_connections.becomes, 0)
    assert await fetch(transport) == JSON
    assert server.connections == 2


@pytest.mark.asyncio
async def test_close_leaves_other_loops_alone(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)

    def other() -> None:
        with asyncio.Runner() as runner:
            runner.run(fetch(transport))
            asyncio.run_coroutine_threadsafe(transport.close(), loop).result()
            runner.run(fetch(transport))

    loop = asyncio.get_running_loop()
    await fetch(transport)
    await asyncio.to_thread(other)
    assert server.connections == 2


@pytest.mark.asyncio
async def test_discard_closes_without_waiting(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    await fetch(transport)
    transport.discard()
    assert await asyncio.to_thread(open_connections.becomes, 0)
    assert await fetch(transport) == JSON


@pytest.mark.asyncio
async def test_discard_from_another_thread(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    await fetch(transport)
    await asyncio.to_thread(transport.discard)
    assert await asyncio.to_thread(open_connections.becomes, 0)


@pytest.mark.asyncio
async def test_a_transport_that_is_dropped_closes(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    await fetch(transport)
    del transport
    gc.collect()
    assert await asyncio.to_thread(open_connections.becomes, 0)


@pytest.mark.asyncio
async def test_a_session_whose_start_is_interrupted_is_closed(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def interrupted(held: LoopSession) -> None:
        await start(held)
        started.append(held)
        raise InterruptError

    started: list[LoopSession] = []
    start = LoopSession.start
    transport = AiohttpTransport(server.origin)
    with monkeypatch.context() as patch:
        patch.setattr(LoopSession, "start", interrupted)
        with pytest.raises(InterruptError):
            await fetch(transport)
    assert await fetch(transport) == JSON
    assert [held.is_open for held in started] == [False]
    await transport.close()


def test_a_loop_at_rest_closes_what_was_discarded(server: ScriptedServer, open_connections: Counting) -> None:
    transport = AiohttpTransport(server.origin)
    with asyncio.Runner() as runner:
        runner.run(fetch(transport))
        transport.discard()
        del transport
        gc.collect()
    assert open_connections.becomes(0)


def test_asynchronous_generators_shut_down_early(server: ScriptedServer) -> None:
    async def twice() -> None:
        await fetch(transport)
        await asyncio.get_running_loop().shutdown_asyncgens()

    transport = AiohttpTransport(server.origin)
    asyncio.run(twice())
    assert server.connections == 1


def abrupt(transport: AiohttpTransport) -> None:
    """Run on a loop that is closed without finishing its asynchronous generators."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(fetch(transport))
    loop.close()


@pytest.mark.parametrize("ending", ["next loop", "discard", "drop"])
def test_a_loop_closed_abruptly(server: ScriptedServer, ending: str, caplog: pytest.LogCaptureFixture) -> None:
    transport: AiohttpTransport | None = AiohttpTransport(server.origin)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert transport is not None
        abrupt(transport)
        if ending == "next loop":
            asyncio.run(fetch(transport))
        elif ending == "discard":
            transport.discard()
        transport = None
        gc.collect()
    assert not caplog.records
    # asyncio's own transports cannot be closed without their loop: no other warning is accepted
    messages = [str(warning.message) for warning in caught]
    assert not [text for text in messages if not text.startswith(("unclosed transport", "unclosed <socket"))]


@pytest.mark.filterwarnings(
    "ignore:asynchronous generator .* was scheduled after loop.shutdown_asyncgens:ResourceWarning"
)
def test_a_session_that_its_loop_has_closed_is_replaced(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(fetch(transport))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(fetch(transport))
    assert server.connections == 2
    loop.run_until_complete(transport.close())
    loop.close()


@pytest.mark.filterwarnings("ignore:unclosed")  # asyncio's own transports cannot be closed without their loop
def test_a_loop_that_was_closed_abruptly_is_forgotten(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(fetch(transport))
    loop.close()
    closed = weakref.ref(loop)
    del loop
    asyncio.run(fetch(transport))
    gc.collect()
    assert closed() is None


def test_a_loop_that_only_shuts_its_generators_down_leaves_nothing_open(server: ScriptedServer) -> None:
    transport = AiohttpTransport(server.origin)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(fetch(transport))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
        gc.collect()
    assert [str(warning.message) for warning in caught] == []


def test_a_loop_that_is_closed_between_check_and_call(server: ScriptedServer) -> None:
    """A loop may be closed between `is_running` and `call_soon_threadsafe`."""

    class Ending(asyncio.SelectorEventLoop):
        def is_running(self) -> bool:
            return self.is_ending or super().is_running()

        is_ending = False

        def call_soon_threadsafe(self, *args: object, **names: object) -> asyncio.Handle:
            raise RuntimeError("Event loop is closed", args, names)

    transport = AiohttpTransport(server.origin)
    with asyncio.Runner(loop_factory=Ending) as runner, suppress(RuntimeError):
        runner.run(fetch(transport))
        loop = runner.get_loop()
        assert isinstance(loop, Ending)
        loop.is_ending = True
        transport.discard()
        loop.is_ending = False


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


@needs_fork
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


@needs_fork
def test_a_child_leaves_its_parents_open_session_alone(serve: Serve) -> None:
    server = serve(responding(response_bytes()))
    script = """
    def child():
        print(asyncio.run(afetch()))
        async_transport.discard()
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
