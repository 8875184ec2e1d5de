"""The fixtures of the scenarios."""

from __future__ import annotations

from tests.integrations.support.game_servers import eternaltwin, game
from tests.integrations.support.web_scenarios import server, shared_server, visitor, zoe

__all__ = ["eternaltwin", "game", "server", "shared_server", "visitor", "zoe"]
