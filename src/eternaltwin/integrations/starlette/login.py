"""Signing in, for Starlette: the routes, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from eternaltwin.integrations.starlette.routes import LoginRoutes, SignInRequired

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from eternaltwin.integrations.shared.players import Player


class EternaltwinLogin(LoginRoutes):
    """Signs players in and out of a Starlette application; the arguments are those of `LoginRoutes`."""

    async def optional_user(self, connection: HTTPConnection) -> Player | None:
        """Who is signed in; None if nobody is. For requests and for WebSockets."""
        return self.sessions.read(connection)

    async def current_user(self, connection: HTTPConnection) -> Player:
        """Who is signed in.

        Raises:
            SignInRequired: nobody is (401).
        """
        player = self.sessions.read(connection)
        if player is None:
            raise SignInRequired
        return player

    async def require_admin(self, connection: HTTPConnection) -> Player:
        """Who is signed in, if they were an administrator of Eternaltwin when they signed in.

        Raises:
            SignInRequired: nobody is (401).
            HTTPException: they are not (403).
        """
        player = await self.current_user(connection)
        check_administrator(player)
        return player


def check_administrator(player: Player) -> None:
    """Refuse (403) whoever was no administrator of Eternaltwin when they signed in."""
    if not player.is_administrator:
        raise HTTPException(403, "This is for administrators.")
