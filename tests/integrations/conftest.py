"""Fixtures for the tests of all integrations: a browser, and the time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser


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
