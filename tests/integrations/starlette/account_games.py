"""The game under test with accounts of its own, for Starlette and FastAPI."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute

from eternaltwin.integrations.starlette import EternaltwinLogin, SignInRequired, StrictCookieMiddleware
from tests.integrations.starlette.games import SECRET, page
from tests.integrations.support.accounts import Accounts

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from eternaltwin.login import Login
    from eternaltwin.users import User


FORMS = """
<form method="post" action="/password"><input name="name" aria-label="Name"><button>Enter</button></form>
<form method="post" action="/disconnect"><button>Disconnect</button></form>
"""


def user_of(request: Request) -> str | None:
    """Return who is signed in to the game itself."""
    name = request.session.get("name")
    return None if name is None else str(name)


def make_account_game(
    session: Literal["cookie", "starlette"] = "cookie",
    *,
    is_debug: bool = False,
    **settings: Any,
) -> Starlette:
    """Return a game whose players sign in with a password or with Eternaltwin."""
    accounts = Accounts()

    def welcome(_request: Request, finished: Login[User]) -> None:
        accounts.welcome(finished)

    login = EternaltwinLogin(SECRET, session=session, on_login=welcome, subject=user_of, **settings)

    async def front(request: Request) -> Response:
        process: Literal["login", "connect"] = "login" if user_of(request) is None else "connect"
        button = login.button(request, process=process)
        content = page(login.player_of(request), button, login.logout_button(request))
        return HTMLResponse(f'{content}{FORMS}<p id="own">{escape(own_name(request))}</p>')

    def own_name(request: Request) -> str:
        return accounts.name_of(login.player_of(request), user_of(request))

    async def password(request: Request) -> Response:
        login.check_origin(request)
        request.session.clear()
        request.session["name"] = bytes(await request.body()).decode().removeprefix("name=").replace("+", " ")
        return RedirectResponse("/", 303)

    async def whoami(request: Request) -> Response:
        return PlainTextResponse(own_name(request))

    async def chat(websocket: WebSocket) -> None:
        player = await login.current_user(websocket)
        await websocket.accept()
        await websocket.send_text(player.display_name)

    async def disconnect(request: Request) -> Response:
        login.check_origin(request)
        accounts.disconnect(user_of(request))
        response = RedirectResponse("/", 303)
        login.forget_player(request, response)
        return response

    routes = [
        *login.routes,
        Route("/", front),
        Route("/arena/{place:path}", front),
        Route("/settings/", front),
        Route("/whoami", whoami),
        WebSocketRoute("/chat", chat),
        Route("/password", password, methods=["POST"]),
        Route("/disconnect", disconnect, methods=["POST"]),
    ]
    return Starlette(
        is_debug,
        routes,
        [Middleware(StrictCookieMiddleware), Middleware(SessionMiddleware, secret_key=SECRET)],
        lifespan=login.lifespan,
        exception_handlers={SignInRequired: login.ask_to_sign_in},
    )
