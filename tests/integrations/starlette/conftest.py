"""The fixtures of the scenarios."""

from __future__ import annotations

from tests.integrations.shared.live import eternaltwin, game
from tests.integrations.shared.scenarios import server, shared_server, visitor, zoe

__all__ = ["eternaltwin", "game", "server", "shared_server", "visitor", "zoe"]
