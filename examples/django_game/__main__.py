"""Starts the game and the development server with one command.

    python -m examples.django_game [--port 8000] [--eternaltwin-port 50320]

Both lose their data when they stop.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from examples.shared.launch import PLAYERS, chosen_ports, print_urls, running_eternaltwin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord


def main() -> None:
    """Start the game and the development server, and serve until Ctrl-C."""
    chosen = chosen_ports("examples.django_game", "Django")
    game_url = f"http://localhost:{chosen.port}"
    with running_eternaltwin(game_url, "/eternaltwin/callback/", chosen.eternaltwin_port) as (server, database):
        _serve(server, game_url, database)


def _serve(server: DevServer, game_url: str, database: str) -> None:
    os.environ.update(
        DATABASE=database,
        DEBUG="1",
        DJANGO_SETTINGS_MODULE="examples.django_game.settings",
        ETERNALTWIN_CLIENT_ID="dice@clients",
        ETERNALTWIN_CLIENT_SECRET=server.connection_settings("dice@clients")["client_secret"],
        ETERNALTWIN_URL=server.url,
        GAME_URL=game_url,
        SECRET_KEY=secrets.token_hex(32),
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    _add_history(server.add_user(name, shown) for name, shown in PLAYERS.items())
    print_urls(game_url, server)
    call_command("runserver", game_url.removeprefix("http://"), use_reloader=False)


def _add_history(players: Iterable[UserRecord]) -> None:
    """Add players who have played for a few days, so that the leaderboards are not empty."""
    from eternaltwin.integrations.django.accounts import sign_in_account
    from eternaltwin.users import User
    from examples.django_game.dice.models import Throw
    from examples.django_game.dice.views import today
    from examples.shared.dice import Roll

    for index, player in enumerate(players):
        user = User(str(player.id), player.display_name, None, None, None)
        account, _ = sign_in_account(user, "default")
        for days in range(index % 2, 5 - index // 2):
            roll = Roll.new()
            day = today() - timedelta(days=days)
            Throw.objects.create(player_id=account.user.pk, day=day, dice=roll.dice, score=roll.score)


if __name__ == "__main__":
    main()
