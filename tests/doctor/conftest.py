"""Servers that know the game."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from eternaltwin.devserver import DevServer
from tests.support.game_setups import SEEDS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[DevServer]:
    """Run a server on a socket."""
    with DevServer(SEEDS, clock="System") as running:
        yield running


@pytest.fixture
def local() -> Iterator[DevServer]:
    """Return a server without a socket, which may be changed."""
    with DevServer.in_process(SEEDS, clock="Virtual") as made:
        yield made


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return an authority that nobody trusts by itself."""
    return trustme.CA()
