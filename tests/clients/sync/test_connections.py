"""Connections look up the addresses of their hosts."""

from __future__ import annotations

import socket
import threading
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync import connections
from eternaltwin.clients.sync.transport import UrllibTransport
from eternaltwin.exceptions import ConnectError, RequestTimeoutError
from tests.support.callers import assert_fails, make_request
from tests.support.interruptions import InterruptError
from tests.support.servers import JSON, responding, response_bytes

if TYPE_CHECKING:
    from tests.support.resolvers import Resolver
    from tests.support.servers import Peer, Serve


def test_names_are_looked_up_without_a_thread_when_none_can_be_started(
    monkeypatch: pytest.MonkeyPatch, resolver: Resolver
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(f"can't start new thread at interpreter shutdown: {thread.name}")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    resolver.may_return.set()
    found = connections.find_addresses("two.test", 80, monotonic() + 5)
    assert [address[4][0] for address in found] == ["127.0.0.2", "127.0.0.1"]


def test_a_file_of_a_socket_waits_until_the_deadline(serve: Serve) -> None:
    def script(peer: Peer) -> None:
        peer.send(b"hello")
        peer.hang()

    with connections.open_socket("127.0.0.1", serve(script).port, monotonic() + 5) as sock:
        buffer = bytearray(8)
        assert sock.recv_into(buffer, 0, socket.MSG_PEEK) == 5
        assert sock.recv_into(buffer, 1) == 1
        assert sock.recv_into(buffer) == 4
        sock.deadline = monotonic() + 0.05
        with pytest.raises(TimeoutError):
            sock.recv_into(buffer)


def test_a_connection_and_its_request_have_the_same_time_by_default(resolver: Resolver) -> None:
    """The timeout of the request is the one to raise then."""
    del resolver  # it does not return in time
    transport = UrllibTransport("http://slow.test:50320", connect_timeout=0.1)
    message = "http://slow.test:50320/api/v1 did not respond within 0.1 s"
    assert_fails(lambda: transport.send(make_request(timeout=0.1)), RequestTimeoutError, message)
    message = "http://slow.test:50320/api/v1 did not accept a connection within 0.1 s"
    assert_fails(lambda: transport.send(make_request(timeout=0.2)), ConnectError, message)


def test_sending_to_a_server_that_reads_nothing_ends_in_time(serve: Serve) -> None:
    server = serve(lambda peer: peer.wait(threading.Event()))
    transport = UrllibTransport(server.origin)
    body = b"x" * 20_000_000  # more than the buffers of sockets hold
    message = f"{server.origin}/api/v1 did not respond within 0.3 s"
    assert_fails(lambda: transport.send(make_request("POST", body=body, timeout=0.3)), RequestTimeoutError, message)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_numeric_address_is_not_looked_up_in_a_thread(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    started: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", started.append)
    assert [found[4][0] for found in connections.find_addresses(address, 80, monotonic() + 5)] == [address]
    assert started == []


def test_a_resolver_that_hangs_does_not_keep_the_interpreter_running(resolver: Resolver) -> None:
    del resolver  # it does not return in time
    before = set(threading.enumerate())
    with pytest.raises(TimeoutError):
        connections.find_addresses("slow.test", 80, monotonic() + 0.05)
    (thread,) = set(threading.enumerate()) - before
    assert (thread.name, thread.daemon) == ("eternaltwin-resolver", True)


def test_addresses_of_a_name_are_those_of_tcp() -> None:
    found = connections.find_addresses("localhost", 80, monotonic() + 5)
    assert {kind for _, kind, *_ in found} == {socket.SOCK_STREAM}


def test_each_address_of_a_host_gets_its_share_of_the_time(monkeypatch: pytest.MonkeyPatch, resolver: Resolver) -> None:
    def hang(sock: connections.DeadlineSocket, address: tuple[str, int]) -> None:
        shares.append((address[0], round(sock.gettimeout() or 0)))
        raise TimeoutError

    shares: list[tuple[str, int]] = []
    resolver.hosts = ("127.0.0.2", "127.0.0.3", "127.0.0.4")
    resolver.may_return.set()
    monkeypatch.setattr(connections.DeadlineSocket, "connect", hang)
    with pytest.raises(TimeoutError):
        connections.open_socket("three.test", 80, monotonic() + 60)
    assert shares == [("127.0.0.2", 20), ("127.0.0.3", 30), ("127.0.0.4", 60)]


def test_a_host_without_addresses_cannot_be_reached(resolver: Resolver) -> None:
    resolver.hosts = ()
    resolver.may_return.set()
    assert_fails(lambda: UrllibTransport("http://none.test").send(make_request()), ConnectError, "cannot be reached")


def test_a_socket_whose_connecting_is_interrupted_is_closed(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(sock: connections.DeadlineSocket, address: tuple[str, int]) -> None:
        socket.socket.connect(sock, address)
        sockets.append(sock)
        raise InterruptError

    sockets: list[connections.DeadlineSocket] = []
    server = serve(responding(response_bytes()))
    transport = UrllibTransport(server.origin, pool_size=1)
    with monkeypatch.context() as patch:
        patch.setattr(connections.DeadlineSocket, "connect", interrupted)
        with pytest.raises(InterruptError):
            transport.send(make_request())
    assert [sock.fileno() for sock in sockets] == [-1]
    assert transport.send(make_request(timeout=1)).content == JSON
    transport.close()
