"""Sign-in for Starlette: the routes, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from eternaltwin.integrations.starlette.routes import LoginRoutes, SignInRequired

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from eternaltwin.integrations.shared.players import Player


class EternaltwinLogin(LoginRoutes):
    """Sign-in with Eternaltwin for a Starlette application.

    Args:
        secret_key: Signs the session's cookie: at least 32 bytes that only the game knows. Of a list the
            first signs, and all verify. Not needed with `session="starlette"`.
        using: Alias of the connection, or an asyncio client.
        prefix: Path below which the routes are. The connection's `redirect_uri` is `callback` below it.
        store: Where used sign-ins are remembered: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store. With several processes, memory is not enough.
        scope: Scopes that the game asks for, one or several.
        session: `"cookie"` for a signed cookie of its own, `"starlette"` for the session of Starlette's
            `SessionMiddleware`.
        session_cookie: Name of the session's cookie. None means `"eternaltwin_session"`; with
            `session="starlette"` it means `"session"`, and only OpenAPI's description needs the name.
        session_max_age: Seconds after which a session ends, at most 400 days.
        login_max_age: Seconds within which a sign-in must be finished, at most a day.
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether cookies are sent over https only. `"auto"` means: if `redirect_uri` is https.
        home: Path of the front page, where players land who did not want to go elsewhere. None means the
            application's own root.
        on_login: Called with the request and the [`Login`][eternaltwin.login.Login] before the session opens:
            to find or create the game's own player, or to keep the token. A coroutine function is awaited, a
            plain function runs in a thread. It turns a player away by raising an `AccountRefusedError`.
        render: Called with the request and a [`Page`][eternaltwin.integrations.shared.pages.Page], and
            returns the response that shows it. None means the built-in pages.

    Raises:
        ConfigurationError: A setting is not valid.
    """

    async def optional_user(self, connection: HTTPConnection) -> Player | None:
        """Return who is signed in, if anybody is.

        Args:
            connection: The request, or a WebSocket.

        Returns:
            The player, or None.
        """
        return self.sessions.read(connection)

    async def current_user(self, connection: HTTPConnection) -> Player:
        """Return who is signed in.

        Args:
            connection: The request, or a WebSocket.

        Returns:
            The player.

        Raises:
            SignInRequired: Nobody is signed in (status 401).
        """
        player = self.sessions.read(connection)
        if player is None:
            raise SignInRequired
        return player

    async def require_admin(self, connection: HTTPConnection) -> Player:
        """Return who is signed in, if they were an administrator of Eternaltwin when they signed in.

        Args:
            connection: The request, or a WebSocket.

        Returns:
            The player.

        Raises:
            SignInRequired: Nobody is signed in (status 401).
            HTTPException: The player is not an administrator (status 403).
        """
        player = await self.current_user(connection)
        check_administrator(player)
        return player


def check_administrator(player: Player) -> None:
    """Check that a player was an administrator of Eternaltwin when they signed in.

    Args:
        player: Who is signed in.

    Raises:
        HTTPException: The player is not an administrator (status 403).
    """
    if not player.is_administrator:
        raise HTTPException(403, "This is for administrators.")
