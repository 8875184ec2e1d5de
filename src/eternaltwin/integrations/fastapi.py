"""Sign in with Eternaltwin, for FastAPI.

    login = EternaltwinLogin(os.environ["SECRET_KEY"])
    CurrentUser = Annotated[Player, Depends(login.current_user)]

    app = FastAPI()
    app.include_router(login.router)


    @app.get("/me")
    async def me(player: CurrentUser) -> str:
        return player.display_name

Needs the extra `fastapi`: `pip install "eternaltwin[fastapi]"`.
"""

# FastAPI reads annotations while it runs, also those of objects that are called: they are no texts here.

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
    """Makes the description when it is asked for: the cookie's name depends on the connection."""

    def __get__(self, scheme: "SessionScheme", owner: object) -> APIKey:
        return scheme.description


class SessionScheme(SecurityBase):
    """The session's cookie, as OpenAPI describes it (`apiKey` in a cookie), and who it is of.

    Args:
        login: the sign-in whose session it is.
    """

    model: SecurityModel = cast("SecurityModel", _Model())

    def __init__(self, login: LoginRoutes) -> None:
        self._login = login
        is_default = login.using == DEFAULT_ALIAS or not isinstance(login.using, str)
        self.scheme_name = "Eternaltwin" if is_default else f"Eternaltwin-{login.using}"

    @property
    def description(self) -> APIKey:
        """The cookie, as OpenAPI describes it."""
        base = base_of(offline_client(self._login.using).redirect_uri, self._login.prefix)
        text = f"Set when a player has signed in with Eternaltwin, in a browser: {base}/login"
        fields = {"in": APIKeyIn.cookie, "name": self._login.sessions.cookie_name, "description": text}
        return APIKey.model_validate(fields)

    async def __call__(self, connection: HTTPConnection) -> Player | None:
        return self._login.sessions.read(connection)


class EternaltwinLogin(LoginRoutes):
    """Signs players in and out of a FastAPI application; the arguments are those of `LoginRoutes`."""

    @cached_property
    def router(self) -> APIRouter:
        """The routes, for `app.include_router(login.router)`, with the lifespan that closes the client."""
        router = APIRouter(lifespan=self.lifespan)
        router.routes.extend(self.routes)
        return router

    @cached_property
    def optional_user(self) -> SessionScheme:
        """A dependency: who is signed in, None if nobody is."""
        return SessionScheme(self)

    @cached_property
    def current_user(self) -> Callable[..., Awaitable[Player]]:
        """A dependency: who is signed in; 401 (`SignInRequired`) if nobody is."""

        async def current_user(player: Player | None = Security(self.optional_user)) -> Player:
            if player is None:
                raise SignInRequired
            return player

        return current_user

    @cached_property
    def require_admin(self) -> Callable[..., Awaitable[Player]]:
        """A dependency: who is signed in, if they were an administrator of Eternaltwin then; 401 or 403 otherwise."""

        async def require_admin(player: Player = Security(self.current_user)) -> Player:
            check_administrator(player)
            return player

        return require_admin
