"""The development server as an ASGI application."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from litestar import HttpMethod, Litestar, Request, Response, route
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.response.base import ASGIResponse

from eternaltwin.devserver.api import archives, auth, forum, links, oauth, openapi, server, users
from eternaltwin.devserver.api.requests import raw_path
from eternaltwin.devserver.api.responses import Answer
from eternaltwin.devserver.asgi.faults import Faults
from eternaltwin.devserver.asgi.request_log import Journal
from eternaltwin.devserver.pages.home import route_handlers as home_handlers
from eternaltwin.devserver.pages.login import route_handlers as login_handlers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar.handlers import HTTPRouteHandler

    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send
    from eternaltwin.devserver.services.world import World

API_HANDLERS: list[HTTPRouteHandler] = [
    *oauth.route_handlers,
    *server.route_handlers,
    *openapi.route_handlers,
    *auth.route_handlers,
    *users.route_handlers,
    *forum.route_handlers,
    *archives.route_handlers,
    *links.route_handlers,
]

_logger = logging.getLogger("eternaltwin.devserver")


#: The order in which methods are listed, as on the official server.
_ORDER = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")


def _in_order(methods: Iterable[str]) -> str:
    known = set(methods)
    return ",".join(method for method in _ORDER if method in known)


class _BareResponse(Response[bytes]):
    """A response without a body, and so without the type of one."""

    def to_asgi_response(self, *_: object, **__: object) -> ASGIResponse:
        response = ASGIResponse(status_code=self.status_code, headers=self.headers)
        del response.headers["content-type"]
        return response


def _refuse(request: Request[Any, Any, Any], exc: HTTPException) -> Response[bytes]:
    """What leads nowhere, or not with this method, is answered without a word, as the official server does."""
    if isinstance(exc, MethodNotAllowedException) and not raw_path(request.scope).endswith(b"/"):
        return _BareResponse(b"", status_code=405, headers={"allow": _allowed(exc)})
    return _BareResponse(b"", status_code=404 if exc.status_code == 405 else exc.status_code)


def _allowed(exc: MethodNotAllowedException) -> str:
    return _in_order((exc.headers or {}).get("allow", "").split(", "))


def _fail(request: Request[Any, Any, Any], exc: Exception) -> Response[bytes]:
    _logger.error("%s %s failed", request.method, request.url.path, exc_info=exc)
    return Response(b'{"error":"internal error"}', status_code=500, media_type="application/json")


def _options_handler(path: str, methods: set[str]) -> HTTPRouteHandler:
    """OPTIONS is refused, as on the official server; Litestar would answer it."""

    async def refuse_options() -> Answer:
        return Answer(405, fields=((b"allow", _in_order(methods).encode()),))

    return route(path, http_method=[HttpMethod.OPTIONS], include_in_schema=False)(refuse_options)


def _options_handlers(handlers: list[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    methods: dict[str, set[str]] = {}
    for handler in handlers:
        for path in handler.paths:
            methods.setdefault(path, set()).update(HttpMethod(method).value for method in handler.http_methods)
    return [_options_handler(path, allowed) for path, allowed in methods.items()]


@cache
def _routes(lists_users: bool) -> Litestar:
    """Leads requests to handlers. Every server in this process shares it, as it is slow to make."""
    handlers = API_HANDLERS if lists_users else [h for h in API_HANDLERS if h is not users.search_users]
    return Litestar(
        # Litestar answers OPTIONS by itself where it does not find another answer first.
        route_handlers=[*_options_handlers(handlers), *handlers, *login_handlers, *home_handlers],
        exception_handlers={HTTPException: _refuse, Exception: _fail},
        logging_config=None,
        openapi_config=None,
    )


def create_app(world: World, journal: Journal | None = None, faults: Faults | None = None) -> ASGIApp:
    """The application that serves `world`; handlers find it in the state of a request's scope.

    The journal and the faults are what the page at `/` shows and changes; by default empty ones.

    No handler of the API ever suspends, so the application can be stepped without an event loop.
    """
    routes = cast("ASGIApp", _routes(world.behaviour.lists_users))
    state = {"world": world, "journal": journal or Journal(), "faults": faults or Faults()}

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = state.copy()
        await routes(scope, receive, send)

    return serve
