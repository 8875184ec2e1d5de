"""The stream of changes, over real sockets."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.asgi.changes import MAX_LISTENERS, Changes
from eternaltwin.devserver.asgi.event_stream import PAUSE

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

EVENT = b"event: change\ndata: 1\n\n"


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
def server(changes: Changes, monkeypatch: pytest.MonkeyPatch) -> Iterator[DevServer]:
    monkeypatch.setattr("eternaltwin.devserver.server.Changes", lambda: changes)
    with DevServer() as server:
        yield server


class Stream:
    """A connection that has asked for the stream and received the head of the response."""

    def __init__(self, server: DevServer, method: str = "GET", **fields: str) -> None:
        address = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=5)
        self.connection.request(method, "/events", headers={name.replace("_", "-"): fields[name] for name in fields})
        self.response = self.connection.getresponse()

    @property
    def status(self) -> int:
        return self.response.status

    def read(self, size: int) -> bytes:
        return self.response.read(size)

    def begin(self) -> None:
        """Expect the beginning of the stream."""
        assert self.status == 200
        assert self.read(len(b"retry: 1000\n\n")) == b"retry: 1000\n\n"

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@contextmanager
def begun(server: DevServer) -> Generator[Stream]:
    with closing(Stream(server)) as stream:
        stream.begin()
        yield stream


def request(server: DevServer, method: str, path: str, body: str = "", **fields: str) -> int:
    address = urlsplit(server.url)
    with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=5)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): fields[name] for name in fields})
        return connection.getresponse().status


def wait_for_listeners(server: DevServer, changes: Changes, count: int) -> None:
    """Wait until the server has noticed who is gone."""
    end = time.monotonic() + 5
    while changes.listener_count != count:
        assert time.monotonic() < end
        request(server, "GET", "/_dev/health")


def test_it_is_a_stream_of_events(server: DevServer) -> None:
    with begun(server) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        assert stream.response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/clock", ""),
        ("GET", "/nowhere", ""),
        ("POST", "/", "action=advance&seconds=60"),
        ("POST", "/login", "action=password"),
        ("POST", "/_dev/reset", ""),
        ("POST", "/v1/traces", ""),
    ],
)
def test_a_change_is_an_event(server: DevServer, method: str, path: str, body: str) -> None:
    with begun(server) as stream:
        request(server, method, path, body, eternaltwin_dev="1")
        assert stream.read(len(EVENT)) == EVENT


def test_a_refused_host_and_a_reset_from_python_are_events(server: DevServer) -> None:
    with begun(server) as stream:
        assert request(server, "GET", "/api/v1", host="evil.example") == 421
        assert stream.read(len(EVENT)) == EVENT
        server.reset()
        assert stream.read(len(EVENT)) == EVENT
        server.reconfigure({"seed": {"app": {"arena": {"oauth_callback": "http://localhost/"}}}})
        assert stream.read(len(EVENT)) == EVENT


def test_reading_the_pages_is_no_event(server: DevServer) -> None:
    with begun(server) as stream:
        for path in (
            "/",
            "/?q=a",
            "/overview.js",
            "/reference",
            "/reference/control",
            "/_dev/health",
            "/_dev/requests",
        ):
            request(server, "GET", path, eternaltwin_dev="1")
        request(server, "HEAD", "/")
        stream.connection.sock.settimeout(3 * PAUSE)
        with pytest.raises(TimeoutError):
            stream.read(1)


def test_changes_that_follow_each_other_are_one_event(server: DevServer) -> None:
    with begun(server) as stream:
        started = time.monotonic()
        for _ in range(40):
            request(server, "GET", "/api/v1")
        lasted = time.monotonic() - started
        request(server, "GET", "/api/v1")
        time.sleep(2 * PAUSE)
        received = stream.response.read1(1000)
        assert 1 <= received.count(EVENT) <= lasted / PAUSE + 2
        assert received.replace(EVENT, b"") == b""


def test_streams_end_at_once_when_the_server_stops() -> None:
    with ExitStack() as stack:
        server = stack.enter_context(DevServer())
        streams = [stack.enter_context(begun(server)) for _ in range(5)]
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 0.45  # sooner than the server would give up on pending requests
        for stream in streams:
            assert stream.read(1) == b""


def test_streams_end_while_changes_are_awaited(server: DevServer) -> None:
    with begun(server) as stream:
        request(server, "GET", "/api/v1")
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 1
        assert stream.read(len(EVENT) + 1) in (EVENT, b"")


def test_a_server_that_starts_again_streams_again() -> None:
    server = DevServer()
    with server, begun(server):
        server.stop()
    with server, begun(server) as stream:
        request(server, "GET", "/api/v1")
        assert stream.read(len(EVENT)) == EVENT


def test_listeners_are_bounded_and_leave_with_their_browser(server: DevServer, changes: Changes) -> None:
    with ExitStack() as stack:
        for _ in range(MAX_LISTENERS):
            stack.enter_context(begun(server))
        assert changes.listener_count == MAX_LISTENERS
        with closing(Stream(server)) as refused:
            assert (refused.status, refused.response.headers["retry-after"]) == (503, "10")
        assert request(server, "GET", "/api/v1") == 200
    wait_for_listeners(server, changes, 0)
    with begun(server):
        assert changes.listener_count == 1


def test_a_browser_that_reads_nothing_does_not_hinder_others(server: DevServer, changes: Changes) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), address.port or 0)) as silent, begun(server) as stream:
        silent.sendall(f"GET /events HTTP/1.1\r\nhost: {address.netloc}\r\n\r\n".encode())
        wait_for_listeners(server, changes, 2)
        request(server, "GET", "/api/v1")
        assert stream.read(len(EVENT)) == EVENT
    wait_for_listeners(server, changes, 0)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_sites_get_no_stream(server: DevServer, site: str) -> None:
    with closing(Stream(server, sec_fetch_site=site)) as stream:
        assert (stream.status, stream.read(1)) == (403, b"")


def test_other_methods_are_refused(server: DevServer) -> None:
    with closing(Stream(server, "POST")) as stream:
        assert (stream.status, stream.response.headers["allow"]) == (405, "GET")


def test_the_stream_is_neither_logged_nor_made_to_fail(server: DevServer) -> None:
    server.fail_next(503)
    with begun(server):
        assert server.requests == []


def test_changes_can_be_announced_from_any_thread_and_after_the_end(server: DevServer, changes: Changes) -> None:
    with begun(server) as stream:
        threads = [threading.Thread(target=changes.announce) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert stream.read(len(EVENT)) == EVENT
    changes.end()
    changes.announce()
    wait_for_listeners(server, changes, 0)
