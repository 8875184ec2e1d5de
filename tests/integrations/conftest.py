"""Fixtures: a browser and the time for all integrations, and a server for those of one module."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.integrations.support.socket_servers import foreign_token, server, shared_socket_server
from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

__all__ = ["foreign_token", "server", "shared_socket_server"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for one module only, since an event loop runs in this thread until Chromium is closed."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Return a function that advances the time of the game by seconds."""

    def advance(seconds: float) -> None:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + seconds)

    return advance
