"""The game under test, for FastAPI."""

# FastAPI evaluates annotations at run time, so they must not be strings.

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse

from eternaltwin.integrations.fastapi import EternaltwinLogin, Player, SignInRequired
from tests.integrations.starlette.games import SECRET, SESSION_MAX_AGE, page, refuse_banned


def make_game() -> FastAPI:
    """Return a game with two connections, of which players use the first."""
    login = EternaltwinLogin(SECRET, session_max_age=SESSION_MAX_AGE, on_login=refuse_banned)
    other = EternaltwinLogin(SECRET, using="other", prefix="/other", on_login=refuse_banned)
    app = FastAPI(exception_handlers={SignInRequired: login.ask_to_sign_in})
    app.include_router(login.router)
    for route in other.routes:
        app.router.routes.append(route)

    @app.get("/me")
    async def me(player: Annotated[Player, Depends(login.current_user)]) -> str:
        return player.display_name

    @app.get("/other/player")
    async def other_me(player: Annotated[Player, Depends(other.current_user)]) -> str:
        return player.display_name

    @app.get("/admin")
    def administration(player: Annotated[Player, Depends(login.require_admin)]) -> str:
        return player.display_name

    @app.get("/", response_class=HTMLResponse, include_in_schema=False)
    @app.get("/elsewhere", response_class=HTMLResponse, include_in_schema=False)
    @app.get("/arena/{place:path}", response_class=HTMLResponse, include_in_schema=False)
    async def front(request: Request, player: Annotated[Player | None, Depends(login.optional_user)]) -> str:
        target = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return page(player, login.button(request, target), login.logout_button(request))

    return app


def make_inner_game() -> FastAPI:
    """Return a game that adds the routes below the prefix of a router."""
    return make_bare_game(EternaltwinLogin(SECRET), prefix="/inner")


def make_bare_game(login: EternaltwinLogin, prefix: str = "") -> FastAPI:
    """Return a game with a front page."""
    app = FastAPI()
    outer = APIRouter()
    outer.include_router(login.router)
    app.include_router(outer, prefix=prefix)

    @app.get("/", response_class=HTMLResponse)
    async def front(request: Request, player: Annotated[Player | None, Depends(login.optional_user)]) -> str:
        return page(player, login.button(request), login.logout_button(request))

    return app
