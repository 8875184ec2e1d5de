"""Sign in with Eternaltwin, for FastAPI.

Needs the extra `fastapi`: `pip install "eternaltwin[fastapi]"`.

Example:
    ```python
    login = EternaltwinLogin(os.environ["SECRET_KEY"])
    CurrentUser = Annotated[Player, Depends(login.current_user)]

    app = FastAPI()
    app.include_router(login.router)


    @app.get("/me")
    async def me(player: CurrentUser) -> str:
        return player.display_name
    ```
"""

# FastAPI evaluates annotations at run time, those of callable objects too, so they must not be strings.

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import cast

from eternaltwin.connections import DEFAULT_ALIAS, offline_client
from eternaltwin.integrations.shared.extras import require

with require("fastapi", fastapi="fastapi", starlette="starlette", itsdangerous="itsdangerous", jinja2="jinja2"):
    from fastapi import APIRouter, Security
    from fastapi.openapi.models import APIKey, APIKeyIn
    from fastapi.openapi.models import SecurityBase as SecurityModel
    from fastapi.security.base import SecurityBase
    from starlette.requests import HTTPConnection

    from eternaltwin.integrations.shared.strict_cookies import StrictCookieMiddleware
    from eternaltwin.integrations.starlette.refusals import refuse_guest, refuse_player
    from eternaltwin.integrations.starlette.requests import base_of
    from eternaltwin.integrations.starlette.responses import SignInRequired
    from eternaltwin.integrations.starlette.routes import LoginRoutes

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import Button, Page
from eternaltwin.integrations.shared.players import Player

__all__ = [
    "FAILURES",
    "Button",
    "EternaltwinLogin",
    "Page",
    "Player",
    "SessionScheme",
    "SignInRequired",
    "StrictCookieMiddleware",
]


class _LazyModel:
    """A descriptor that builds the security scheme lazily, since the name of the cookie depends on the connection."""

    def __get__(self, scheme: "SessionScheme", owner: object) -> APIKey:
        return scheme.description


class SessionScheme(SecurityBase):
    """The session cookie as a security scheme of OpenAPI, and a dependency that returns the signed-in player.

    Args:
        login: The sign-in whose sessions it reads.

    Attributes:
        scheme_name: Name of the scheme: `Eternaltwin`, for another connection with its alias.
    """

    model: SecurityModel = cast("SecurityModel", _LazyModel())

    def __init__(self, login: LoginRoutes) -> None:
        self._login = login
        is_default = login.using == DEFAULT_ALIAS or not isinstance(login.using, str)
        self.scheme_name = "Eternaltwin" if is_default else f"Eternaltwin-{login.using}"

    @property
    def description(self) -> APIKey:
        """The session cookie as an `apiKey` in a cookie."""
        base = base_of(offline_client(self._login.using).redirect_uri, self._login.prefix, "")
        text = f"Set when a player has signed in with Eternaltwin, in a browser: {base}/login"
        fields = {"in": APIKeyIn.cookie, "name": self._login.sessions.cookie_name, "description": text}
        return APIKey.model_validate(fields)

    async def __call__(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player.

        Args:
            connection: The request or the WebSocket.

        Returns:
            The player, or None if nobody is signed in.

        Raises:
            WebSocketException: It is a WebSocket of another origin, whose handshake fails.
        """
        return self._login.player_of(connection)


class EternaltwinLogin(LoginRoutes):
    """Sign-in with Eternaltwin for a FastAPI application.

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

    @cached_property
    def router(self) -> APIRouter:
        """The routes, for `app.include_router(login.router)`. Its lifespan is `lifespan`."""
        router = APIRouter(lifespan=self.lifespan)
        router.routes.extend(self.routes)
        return router

    @cached_property
    def optional_user(self) -> SessionScheme:
        """A dependency that returns the signed-in player, or None."""
        return SessionScheme(self)

    @cached_property
    def current_user(self) -> Callable[..., Awaitable[Player]]:
        """A dependency that returns the signed-in player, or raises a `SignInRequired` (status 401).

        A WebSocket of a guest is accepted, and closed with the code 4401.
        """

        async def current_user(
            connection: HTTPConnection, player: Player | None = Security(self.optional_user)
        ) -> Player:
            return await refuse_guest(connection) if player is None else player

        return current_user

    @cached_property
    def require_admin(self) -> Callable[..., Awaitable[Player]]:
        """A dependency that returns the signed-in player, who was an administrator of Eternaltwin at the sign-in.

        It raises a `SignInRequired` (status 401) for guests, and an `HTTPException` (status 403) for other players.
        WebSockets are accepted, and closed with the codes 4401 and 4403.
        """

        async def require_admin(connection: HTTPConnection, player: Player = Security(self.current_user)) -> Player:
            return player if player.is_administrator else await refuse_player(connection)

        return require_admin
