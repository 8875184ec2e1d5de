"""A stream notices the end of its connection."""

from __future__ import annotations

from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING

from eternaltwin.clients.sync import streams
from eternaltwin.clients.sync.transport import UrllibTransport
from tests.support.callers import post_request
from tests.support.server_scripts import Closing
from tests.support.servers import JSON

if TYPE_CHECKING:
    import pytest

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
