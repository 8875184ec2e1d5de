"""The game and the development server, with one command.

    python -m examples.django_game [--port 8000] [--eternaltwin-port 50320]

Both forget everything when they stop.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.records import UserRecord

PLAYERS = {"zoe": "Zoé la Grande", "grym": "Grymwald", "mimi": "Mimi (la vraie)", "tarpin": "Tarpin bien", "ola": "Ola"}


def main() -> None:
    """Start both, and serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m examples.django_game", description="A dice game, with Django.")
    parser.add_argument("--port", type=int, default=8000, help="of the game (default: %(default)s)")
    parser.add_argument("--eternaltwin-port", type=int, default=50320, help="of the server (default: %(default)s)")
    chosen = parser.parse_args()
    game_url = f"http://localhost:{chosen.port}"
    app = {
        "display_name": "Five Dice",
        "uri": f"{game_url}/",
        "oauth_callback": f"{game_url}/eternaltwin/callback/",
        "secret": secrets.token_hex(16),
    }
    config = {"seed": {"app": {"dice": app}}}
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            DevServer(config, port=chosen.eternaltwin_port, clock="System") as server,
        ):
            _serve(server, game_url, app["secret"], Path(folder))
    except ConfigurationError as exc:
        sys.exit(f"{exc}")


def _serve(server: DevServer, game_url: str, secret: str, folder: Path) -> None:
    os.environ.update(
        DATABASE=str(folder / "dice.sqlite3"),
        DEBUG="1",
        DJANGO_SETTINGS_MODULE="examples.django_game.settings",
        ETERNALTWIN_CLIENT_ID="dice@clients",
        ETERNALTWIN_CLIENT_SECRET=secret,
        ETERNALTWIN_URL=server.url,
        GAME_URL=game_url,
        SECRET_KEY=secrets.token_hex(32),
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _play_before(server.add_user(name, shown) for name, shown in PLAYERS.items())
    print(f"\n  Play at        {game_url}\n  Eternaltwin is {server.url}\n", flush=True)
    call_command("runserver", game_url.removeprefix("http://"), use_reloader=False)


def _play_before(players: Iterable[UserRecord]) -> None:
    """Let some players have played for a few days, so that nobody plays alone."""
    from eternaltwin.integrations.django.accounts import sign_in_account
    from eternaltwin.users import User
    from examples.django_game.dice.models import Throw
    from examples.django_game.dice.views import today
    from examples.shared.dice import Roll

    for index, player in enumerate(players):
        known = User(str(player.id), player.display_name, None, None, None)
        account, _ = sign_in_account(known, "default")
        for days in range(index % 2, 5 - index // 2):
            roll = Roll.new()
            day = today() - timedelta(days=days)
            Throw.objects.create(player_id=account.user.pk, day=day, dice=roll.dice, score=roll.score)


if __name__ == "__main__":
    main()
