"""The game: one page, one form, and the leaderboards as JSON, documented at `/docs`.

Its environment variables are those of `configure_from_environment`, `SECRET_KEY`, which signs the sessions,
`DATABASE`, the path of a SQLite file, `REDIS_URL`, the store of used sign-ins, which several processes require, and
`TRUSTED_ORIGINS`, the origins of front ends on other ports or hosts, separated by spaces.
"""

# FastAPI evaluates annotations at runtime, so `from __future__ import annotations` is missing here.

import os
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from eternaltwin import Login, User, configure_from_environment
from eternaltwin.integrations.fastapi import EternaltwinLogin, Page, Player, SignInRequired
from examples.shared.league import League, Table
from examples.shared.names import named

SHARED = Path(__file__).resolve().parent.parent / "shared"
CSS = (SHARED / "game.css").read_text(encoding="utf-8")

configure_from_environment()
league = League(os.environ["DATABASE"])
templates = Jinja2Templates(SHARED / "jinja")


def welcome(_request: Request, login: Login[User]) -> None:
    """Store a player who has signed in, with their current display name. FastAPI runs it in a thread."""
    league.welcome(login.user.identifier, login.user.username)


def sign_in_page(request: Request, page: Page) -> Response:
    """Render the pages of the sign-in with the design of the game."""
    return templates.TemplateResponse(request, "eternaltwin/page.html", {"page": page, "css": CSS})


TRUSTED_ORIGINS = os.environ.get("TRUSTED_ORIGINS", "").split()
login = EternaltwinLogin(
    os.environ["SECRET_KEY"],
    store=os.environ.get("REDIS_URL"),
    game_name="Five Dice",
    language="en",
    trusted_origins=TRUSTED_ORIGINS,
    on_login=welcome,
    render=sign_in_page,
)
CurrentUser = Annotated[Player, Depends(login.current_user)]
OptionalUser = Annotated[Player | None, Depends(login.optional_user)]

app = FastAPI(title="Five Dice", exception_handlers={SignInRequired: login.ask_to_sign_in})
app.include_router(login.router)
app.add_middleware(CORSMiddleware, allow_origins=TRUSTED_ORIGINS, allow_credentials=True)


@app.get("/", response_class=HTMLResponse, include_in_schema=False)
def table(request: Request, player: OptionalUser) -> Response:
    """Show the player's dice, or the button to sign in, and the leaderboards."""
    context = {
        "css": CSS,
        "player": player,
        "league": named(league.table(player.identifier if player else None)),
        "has_just_thrown": "thrown" in request.query_params,
        "login_button": login.button(request, next="/"),
        "logout_button": login.logout_button(request),
    }
    return templates.TemplateResponse(request, "table.html", context)


@app.post("/roll", include_in_schema=False)
def roll(request: Request, player: CurrentUser) -> Response:
    """Roll the dice, once a day."""
    login.check_origin(request)
    league.throw(player.identifier)
    return RedirectResponse("/?thrown", 303)


@app.get("/api/table")
def table_as_json(player: CurrentUser) -> Table:
    """Return the player's dice of today, and the leaderboards."""
    return named(league.table(player.identifier))
