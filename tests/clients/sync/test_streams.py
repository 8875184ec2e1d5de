"""A stream notices data and the end of its connection without waiting for them."""

from __future__ import annotations

import socket
from contextlib import closing
from time import monotonic
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from eternaltwin.clients.sync import streams
from eternaltwin.clients.sync.transport import UrllibTransport
from tests.support.callers import post_request
from tests.support.server_scripts import Closing
from tests.support.servers import JSON

if TYPE_CHECKING:
    from tests.support.servers import Serve


def test_a_closed_connection_is_noticed_where_there_is_no_poll(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "select", SimpleNamespace())  # as on Windows
    script = Closing()
    server = serve(script)
    with closing(UrllibTransport(server.origin)) as transport:
        transport.send(post_request())
        script.may_close.set()
        script.has_closed.wait()
        assert transport.send(post_request()).content == JSON
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("has_poll", [True, False])
def test_a_stream_is_quiet_until_data_or_the_end_arrives(monkeypatch: pytest.MonkeyPatch, has_poll: bool) -> None:
    if not has_poll:
        monkeypatch.setattr(streams, "select", SimpleNamespace())
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = streams.Stream(ours)
        stream.deadline = monotonic() + 5
        started = monotonic()
        seen = [stream.is_quiet]
        assert monotonic() - started < 0.5
        theirs.sendall(b"x")
        seen.append(stream.is_quiet)
        assert stream.read_some(1) == b"x"
        seen.append(stream.is_quiet)
        theirs.close()
        seen.append(stream.is_quiet)
    assert seen == [True, False, True, False]


def test_a_new_stream_has_no_time_to_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        stream = streams.Stream(ours)
        theirs.sendall(b"x")
        with pytest.raises(TimeoutError):
            stream.read_some(1)
        assert stream.has_received is False
        stream.deadline = monotonic() + 5
        assert stream.read_some(1) == b"x"
        assert stream.has_received is True


def test_no_time_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "monotonic", lambda: 100.0)
    assert streams.remaining(100.5) == 0.5
    with pytest.raises(TimeoutError):
        streams.remaining(100.0)
