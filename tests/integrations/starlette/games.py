"""The game under test, for Starlette."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.starlette import EternaltwinLogin, Player, SignInRequired, StrictCookieMiddleware

if TYPE_CHECKING:
    from starlette.requests import Request

    from eternaltwin.integrations.shared.pages import Button
    from eternaltwin.login import Login
    from eternaltwin.users import User

SECRET = "a secret of the game, of more than 32 bytes"
SESSION_MAX_AGE = 3600


def page(player: Player | None, button: Button, logout_button: Button) -> str:
    """Return a page with the signed-in player, and the button to sign in or out."""
    if player is None:
        content = f'<p id="guest">Nobody is signed in.</p>{button}'
    else:
        content = f'<p id="player">{escape(player.display_name)}</p>{logout_button}'
    return f'<!doctype html><title>Game</title>{content}<a href="/elsewhere">Elsewhere</a>'


async def refuse_banned(_request: Request, finished: Login[User]) -> None:
    """Turn away the player Banned."""
    if finished.user.username == "Banned":
        raise AccountRefusedError("banned")


def make_game(session: Literal["cookie", "starlette"] = "cookie") -> Starlette:
    """Return a game with two connections, of which players use the first."""
    login = EternaltwinLogin(SECRET, session=session, session_max_age=SESSION_MAX_AGE, on_login=refuse_banned)
    other = EternaltwinLogin(SECRET, using="other", prefix="/other", session=session, on_login=refuse_banned)

    async def front(request: Request) -> Response:
        player = await login.optional_user(request)
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return HTMLResponse(page(player, login.button(request, target), login.logout_button(request)))

    async def me(request: Request) -> Response:
        return PlainTextResponse(str(await login.current_user(request)))

    async def other_me(request: Request) -> Response:
        return PlainTextResponse(str(await other.current_user(request)))

    async def administration(request: Request) -> Response:
        return PlainTextResponse((await login.require_admin(request)).display_name)

    async def cart(request: Request) -> Response:
        items: list[str] = request.session.setdefault("cart", []) if session == "starlette" else []
        if "item" in request.path_params:
            request.session["cart"] = [*items, request.path_params["item"]]
        return PlainTextResponse(", ".join(items))

    carts = [Route("/cart", cart), Route("/cart/{item}", cart)] if session == "starlette" else []
    routes = [
        *login.routes,
        *other.routes,
        *carts,
        Route("/me", me),
        Route("/other/player", other_me),
        Route("/admin", administration),
        Route("/", front),
        Route("/elsewhere", front),
        Route("/arena/{place:path}", front),
    ]
    sessions = [Middleware(StrictCookieMiddleware), Middleware(SessionMiddleware, secret_key=SECRET)]
    middleware = sessions if session == "starlette" else []
    return Starlette(
        routes=routes,
        middleware=middleware,
        lifespan=login.lifespan,
        exception_handlers={SignInRequired: login.ask_to_sign_in},
    )
