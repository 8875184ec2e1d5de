"""Connections look up the addresses of their hosts."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

from eternaltwin.clients.sync import connections

if TYPE_CHECKING:
    import pytest

    from tests.support.resolvers import Resolver


def test_names_are_looked_up_without_a_thread_when_none_can_be_started(
    monkeypatch: pytest.MonkeyPatch, resolver: Resolver
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError(f"can't start new thread at interpreter shutdown: {thread.name}")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    resolver.may_return.set()
    found = connections.find_addresses("two.test", 80, monotonic() + 5)
    assert [address[4][0] for address in found] == ["127.0.0.2", "127.0.0.1"]
