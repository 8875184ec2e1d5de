"""A server, and a program that uses its control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer
from tests.support.control import Control

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer.in_process() as server:
        yield server


@pytest.fixture
def control(server: DevServer) -> Control:
    return Control(server)
