"""What the tests of all frameworks share: a browser."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.browsers import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset the proxy variables of the environment."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium for one module: while it runs, asyncio counts as running in this thread."""
    with chromium() as browser:
        yield browser
