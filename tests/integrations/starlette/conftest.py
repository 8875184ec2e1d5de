"""The development server and the browser of the scenarios."""

from __future__ import annotations

from tests.integrations.shared.scenarios import server, shared_server, visitor, zoe

__all__ = ["server", "shared_server", "visitor", "zoe"]
