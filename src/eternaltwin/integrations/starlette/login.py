"""Sign-in for Starlette: the routes, and the signed-in player."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.integrations.starlette.refusals import refuse_guest, refuse_player
from eternaltwin.integrations.starlette.routes import LoginRoutes

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from eternaltwin.integrations.shared.players import Player


class EternaltwinLogin(LoginRoutes):
    """Sign-in with Eternaltwin for a Starlette application.

    Args:
        secret_key: Secret that signs the session cookie, at least 32 bytes that only the game knows. Of a list, the
            first signs and all verify. Not needed with `session="starlette"`.
        using: Alias of the connection, or an asyncio client.
        prefix: Path below which the routes are. The path of the connection's `redirect_uri` is `callback` below it.
        store: Store of used sign-ins: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store. Several processes need a shared one, not the memory.
        scope: Scopes that the game requests, one or several.
        session: `"cookie"` for a signed cookie, `"starlette"` for the session of Starlette's `SessionMiddleware`,
            before which it needs `StrictCookieMiddleware`.
        session_cookie: Name of the session cookie. None means `"eternaltwin_session"`, or `"session"` with
            `session="starlette"`, where it is the name of the middleware's cookie.
        session_max_age: Seconds until a session ends, 1 to 34,560,000 (400 days).
        login_max_age: Seconds until a sign-in expires, 1 to 86,400 (a day).
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether cookies are sent over https only. `"auto"` means whether `redirect_uri` is https. False is for
            the cookies of sign-ins only: if `redirect_uri` is https, that of the session is sent over https only.
            Starlette's `SessionMiddleware` has its own setting.
        trusted_origins: Origins of front ends that may sign players in with scripts, and to which `next` may lead
            back, such as `"http://localhost:5173"`.
        domains: Origins of all domains of the game, if they share one callback, such as `"https://fr.game.example"`.
        language: Language of the buttons and pages: `"en"`, `"fr"`, `"de"`, `"es"` or `"eo"`. None means that of the
            player's browser.
        game_name: Name of the game, for the link to its front page. None means "Back to the front page".
        label: Name of the server on the buttons. None means Eternaltwin, and with several connections also the alias.
        home: Path of the front page, to which a sign-in or sign-out without `next` redirects. None means the root
            of the application.
        on_login: Function that is called with the request and the [`Login`][eternaltwin.login.Login] before the
            session is opened, to find or create the game's own player, or to store the token. A coroutine function
            is awaited, any other function runs in a thread. It turns a player away by raising an
            [`AccountRefusedError`][eternaltwin.exceptions.AccountRefusedError].
        subject: Function that is called with the request, and returns who is signed in to the game, as a string such
            as the primary key of a player with a password, or None. An account is connected to that player only. None
            means the identifier of the signed-in player. It may be a coroutine function.
        render: Function that is called with the request and a
            [`Page`][eternaltwin.integrations.shared.pages.Page], and returns the response that shows it. None
            means the built-in pages.

    Raises:
        ConfigurationError: A setting is not valid.
    """

    async def optional_user(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player, if there is one.

        Args:
            connection: The request, or a WebSocket.

        Returns:
            The player, or None.

        Raises:
            WebSocketException: It is a WebSocket of another origin, whose handshake fails.
        """
        return self.player_of(connection)

    async def current_user(self, connection: HTTPConnection) -> Player:
        """Return the signed-in player.

        Args:
            connection: The request, or a WebSocket, before it is accepted.

        Returns:
            The player.

        Raises:
            SignInRequired: Nobody is signed in (status 401).
            WebSocketException: The same for a WebSocket, which is accepted and closed with the code 4401. Or it is a
                WebSocket of another origin, whose handshake fails.
        """
        player = self.player_of(connection)
        return await refuse_guest(connection) if player is None else player

    async def require_admin(self, connection: HTTPConnection) -> Player:
        """Return the signed-in player, who was an administrator of Eternaltwin at the sign-in.

        Args:
            connection: The request, or a WebSocket, before it is accepted.

        Returns:
            The player.

        Raises:
            SignInRequired: Nobody is signed in (status 401).
            HTTPException: The player is not an administrator (status 403).
            WebSocketException: The same for a WebSocket, which is closed with the code 4401 or 4403.
        """
        player = await self.current_user(connection)
        return player if player.is_administrator else await refuse_player(connection)
