"""The client against a running server, which `--eternaltwin-server` chooses."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.scenario import MAIN
from conformance.servers import development_server, official_server
from tests.live.target import Target
from tests.live.variants import VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.live.target import Player
    from tests.live.variants import Variant

OPTION = "--eternaltwin-server"

SERVERS: Mapping[str, Callable[[Path], AbstractContextManager[str]]] = {
    "development": partial(development_server, api_version="latest"),
    "development-0.16.4": partial(development_server, api_version="0.16.4"),
    "official": official_server,
}

MARKERS = {
    "newer_server": "(reason, raises): fails on servers of version 0.16.4, official or not",
    "official_memory_store": "(reason, raises): fails on the official server with its store in memory",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, choices=sorted(SERVERS), default="development", help="the server for tests/live")


def pytest_configure(config: pytest.Config) -> None:
    for name, description in MARKERS.items():
        config.addinivalue_line("markers", f"{name}{description}")


def _server(config: pytest.Config) -> str:
    """Return the option, which pytest does not know if it was not started with this folder."""
    return str(config.getoption(OPTION, default="development"))


def _applies(marker: str, server: str) -> bool:
    return server == "official" or (marker == "newer_server" and server == "development-0.16.4")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    server = _server(config)
    for item in items:
        for marker in item.iter_markers():
            if marker.name in MARKERS and _applies(marker.name, server):
                reason, raises = marker.args
                item.add_marker(pytest.mark.xfail(reason=reason, raises=raises, strict=True))


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """Start the server. At first it has the accounts of the seeds only."""
    with ExitStack() as stack:
        yield Target(stack.enter_context(SERVERS[_server(pytestconfig)](MAIN.configuration)))


@pytest.fixture
def player(target: Target) -> Player:
    """Register a new player."""
    return target.register()


@pytest.fixture(params=sorted(VARIANTS))
def variant(request: pytest.FixtureRequest, target: Target) -> Iterator[Variant]:
    """Return the library in one of its two variants, connected as a game of the configuration."""
    with VARIANTS[str(request.param)](target.settings()) as connected:
        yield connected
