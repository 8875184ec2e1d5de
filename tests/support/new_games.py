"""Games that are made of what the command line prints."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING

import pytest

from eternaltwin.connections import configure
from eternaltwin.devserver import DevServer, load_config
from eternaltwin.testing import connected, open_browser, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def forget_connections() -> Iterator[None]:
    """Remove the connections that a game configures."""
    yield
    configure()


def run_game(code: str) -> dict[str, object]:
    """Run the module of a game, and return its names."""
    namespace: dict[str, object] = {"__name__": "game"}
    FunctionType(compile(code, "game.py", "exec"), namespace)()
    return namespace


def play(code: str, configuration: Path) -> None:
    """Run a game with a front page and an arena, and sign a player in to it.

    Args:
        code: The module of the game, with its `app`.
        configuration: The file of the development server that knows the game.
    """
    with (
        DevServer.in_process(load_config(configuration)) as server,
        connected(server),
        open_browser(run_game(code)["app"]) as browser,
    ):
        assert "Sign in" in browser.get("/").text
        assert browser.get("/arena").status_code == 401
        assert sign_in(browser, server, "alice", next="/arena") == "/arena"
        assert "Hello Alice!" in browser.get("/").text
        assert "Alice" in browser.get("/arena").text
