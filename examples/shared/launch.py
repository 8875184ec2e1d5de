"""Starts a game and the development server together. Both lose their data when they stop."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import ConfigurationError
from examples.shared.league import League, today

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

PLAYERS = {"zoe": "Zoé la Grande", "grym": "Grymwald", "mimi": "Mimi (la vraie)", "tarpin": "Tarpin bien", "ola": "Ola"}


def launch(module: str, framework: str, serve: Callable[[int], None]) -> None:
    """Read the command line, start the development server, and serve the game until Ctrl-C.

    Args:
        module: Module of the game, such as `examples.flask_game`.
        framework: Name of its framework.
        serve: Serves the game on a port of localhost, with its settings in the environment.
    """
    chosen = chosen_ports(module, framework)
    game_url = f"http://localhost:{chosen.port}"
    with running_eternaltwin(game_url, "/eternaltwin/callback", chosen.eternaltwin_port) as (server, database):
        os.environ |= settings(server, "dice@clients", database)
        _add_history(server, League(database))
        print_urls(game_url, server)
        serve(chosen.port)


def chosen_ports(module: str, framework: str) -> argparse.Namespace:
    """Return the arguments of the command line: `port` and `eternaltwin_port`."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=f"A dice game, with {framework}.")
    parser.add_argument("--port", type=int, default=8000, help="port of the game (default: %(default)s)")
    parser.add_argument("--eternaltwin-port", type=int, default=50320, help="port of the server (default: %(default)s)")
    return parser.parse_args()


@contextmanager
def running_eternaltwin(game_url: str, callback: str, port: int) -> Generator[tuple[DevServer, str]]:
    """Start a development server with the game, and create a path for the database of the game."""
    app = {
        "display_name": "Five Dice",
        "uri": f"{game_url}/",
        "oauth_callback": f"{game_url}{callback}",
        "secret": secrets.token_hex(16),
    }
    config = {"seed": {"app": {"dice": app}}}
    try:
        with tempfile.TemporaryDirectory() as folder, DevServer(config, port=port, clock="System") as server:
            yield server, str(Path(folder) / "dice.sqlite3")
    except ConfigurationError as exc:
        sys.exit(f"{exc}")


def print_urls(game_url: str, server: DevServer) -> None:
    """Print the URLs of the game and of the development server."""
    print(f"\n  Play at        {game_url}\n  Eternaltwin is {server.url}\n", flush=True)


def settings(server: DevServer, client: str, database: str) -> dict[str, str]:
    """Return the environment variables of a game."""
    connection = server.connection_settings(client)
    return {
        "DATABASE": database,
        "ETERNALTWIN_CLIENT_ID": connection["client_id"],
        "ETERNALTWIN_CLIENT_SECRET": connection["client_secret"],
        "ETERNALTWIN_REDIRECT_URI": connection["redirect_uri"],
        "ETERNALTWIN_STATE_KEY": secrets.token_hex(32),
        "ETERNALTWIN_URL": server.url,
        "ETERNALTWIN_PROFILE_CACHE": "memory",
        "SECRET_KEY": secrets.token_hex(32),
    }


def _add_history(server: DevServer, league: League) -> None:
    """Add players who have played for a few days, so that the leaderboards are not empty."""
    for index, (name, shown) in enumerate(PLAYERS.items()):
        player = server.add_user(name, shown)
        league.welcome(str(player.id), player.display_name)
        for days in range(index % 2, 5 - index // 2):
            league.throw(str(player.id), today() - timedelta(days=days))
