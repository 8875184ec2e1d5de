"""The game under test with accounts of its own, for Starlette and FastAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from eternaltwin.exceptions import AccountRefusedError, AccountTakenError
from eternaltwin.integrations.starlette import EternaltwinLogin, SignInRequired
from tests.integrations.starlette.games import SECRET, page

if TYPE_CHECKING:
    from starlette.requests import Request

    from eternaltwin.integrations.starlette.routes import LoginRoutes
    from eternaltwin.login import Login
    from eternaltwin.users import User


def user_of(request: Request) -> str | None:
    """Return who is signed in to the game itself."""
    name = request.session.get("name")
    return None if name is None else str(name)


class Accounts:
    """The players of the game, by the account of Eternaltwin that is connected to them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def welcome(self, _request: Request, finished: Login[User]) -> None:
        """Find or create the player of the game, or connect the account to them."""
        if finished.user.username == "Banned":
            raise AccountRefusedError("banned")
        if finished.user.username == "Breaker":
            raise KeyError("the code of the game")
        identifier = finished.user.identifier
        if finished.subject is not None and self.names.setdefault(identifier, finished.subject) != finished.subject:
            raise AccountTakenError("the account is connected to another player")
        self.names.setdefault(identifier, finished.user.username)

    def disconnect(self, name: str | None) -> None:
        """Forget the account of a player."""
        self.names = {identifier: other for identifier, other in self.names.items() if other != name}


def make_account_game(
    kind: type[LoginRoutes] = EternaltwinLogin,
    session: Literal["cookie", "starlette"] = "cookie",
    *,
    is_debug: bool = False,
    **settings: Any,
) -> Starlette:
    """Return a game whose players sign in with a password or with Eternaltwin."""
    accounts = Accounts()
    login = kind(SECRET, session=session, on_login=accounts.welcome, subject=user_of, **settings)

    async def front(request: Request) -> Response:
        process: Literal["login", "connect"] = "login" if user_of(request) is None else "connect"
        button = login.button(request, process=process)
        return HTMLResponse(page(login.player_of(request), button, login.logout_button(request)))

    async def password(request: Request) -> Response:
        login.check_origin(request)
        request.session.clear()
        request.session["name"] = bytes(await request.body()).decode().removeprefix("name=").replace("+", " ")
        return PlainTextResponse("welcome")

    async def whoami(request: Request) -> Response:
        player = login.player_of(request)
        connected = None if player is None else accounts.names.get(player.identifier)
        return PlainTextResponse(connected or user_of(request) or "")

    async def disconnect(request: Request) -> Response:
        login.check_origin(request)
        accounts.disconnect(user_of(request))
        return PlainTextResponse("disconnected")

    routes = [
        *login.routes,
        Route("/", front),
        Route("/arena/{place:path}", front),
        Route("/settings/", front),
        Route("/whoami", whoami),
        Route("/password", password, methods=["POST"]),
        Route("/disconnect", disconnect, methods=["POST"]),
    ]
    return Starlette(
        is_debug,
        routes,
        [Middleware(SessionMiddleware, secret_key=SECRET)],
        lifespan=login.lifespan,
        exception_handlers={SignInRequired: login.ask_to_sign_in},
    )
