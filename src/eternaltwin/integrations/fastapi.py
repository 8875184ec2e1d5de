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

# FastAPI evaluates annotations at run time, also those of callable objects, so they must not be strings.

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import cast

from eternaltwin.connections import DEFAULT_ALIAS, offline_client
from eternaltwin.integrations.shared.extras import missing_extra

try:
    from fastapi import APIRouter, Security
    from fastapi.openapi.models import APIKey, APIKeyIn
    from fastapi.openapi.models import SecurityBase as SecurityModel
    from fastapi.security.base import SecurityBase
    from starlette.requests import HTTPConnection

    from eternaltwin.integrations.starlette.login import check_administrator
    from eternaltwin.integrations.starlette.requests import base_of
    from eternaltwin.integrations.starlette.routes import LoginRoutes, SignInRequired
except ModuleNotFoundError as exc:
    raise missing_extra(exc, "fastapi", fastapi="fastapi", starlette="starlette", itsdangerous="itsdangerous") from None

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import Button, Page
from eternaltwin.integrations.shared.players import Player

__all__ = ["FAILURES", "Button", "EternaltwinLogin", "Page", "Player", "SignInRequired"]


class _Model:
    """Builds the security scheme lazily: the cookie's name depends on the connection."""

    def __get__(self, scheme: "SessionScheme", owner: object) -> APIKey:
        return scheme.description


class SessionScheme(SecurityBase):
    """The session's cookie, as OpenAPI describes it (`apiKey` in a cookie), and a dependency that reads it.

    Args:
        login: Sign-in whose session it is.
    """

    model: SecurityModel = cast("SecurityModel", _Model())

    def __init__(self, login: LoginRoutes) -> None:
        self._login = login
        is_default = login.using == DEFAULT_ALIAS or not isinstance(login.using, str)
        self.scheme_name = "Eternaltwin" if is_default else f"Eternaltwin-{login.using}"

    @property
    def description(self) -> APIKey:
        """The cookie as a security scheme of OpenAPI."""
        base = base_of(offline_client(self._login.using).redirect_uri, self._login.prefix)
        text = f"Set when a player has signed in with Eternaltwin, in a browser: {base}/login"
        fields = {"in": APIKeyIn.cookie, "name": self._login.sessions.cookie_name, "description": text}
        return APIKey.model_validate(fields)

    async def __call__(self, connection: HTTPConnection) -> Player | None:
        return self._login.sessions.read(connection)


class EternaltwinLogin(LoginRoutes):
    """Sign-in with Eternaltwin for a FastAPI application.

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

    @cached_property
    def router(self) -> APIRouter:
        """The routes, for `app.include_router(login.router)`, with the lifespan that closes the client."""
        router = APIRouter(lifespan=self.lifespan)
        router.routes.extend(self.routes)
        return router

    @cached_property
    def optional_user(self) -> SessionScheme:
        """A dependency: who is signed in, or None."""
        return SessionScheme(self)

    @cached_property
    def current_user(self) -> Callable[..., Awaitable[Player]]:
        """A dependency: who is signed in, or status 401 (`SignInRequired`)."""

        async def current_user(player: Player | None = Security(self.optional_user)) -> Player:
            if player is None:
                raise SignInRequired
            return player

        return current_user

    @cached_property
    def require_admin(self) -> Callable[..., Awaitable[Player]]:
        """A dependency: who is signed in, if they were an administrator of Eternaltwin then, or status 401 or 403."""

        async def require_admin(player: Player = Security(self.current_user)) -> Player:
            check_administrator(player)
            return player

        return require_admin
