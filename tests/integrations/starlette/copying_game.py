"""A game behind a middleware that copies the scope, as some do, for servers that import their application.

Its environment variables are those of `configure_from_environment`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from eternaltwin import configure_from_environment
from eternaltwin.integrations.starlette import EternaltwinLogin
from tests.integrations.starlette.games import SECRET

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

configure_from_environment()
login = EternaltwinLogin(SECRET)


async def front(request: Request) -> Response:
    """Show the button."""
    return PlainTextResponse(str(login.button(request)))


game = Starlette(routes=[*login.routes, Route("/", front)])


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Call the game with a copy of the scope, so that the server keeps the query."""
    await game(dict(scope), receive, send)
