"""The development server as an ASGI application."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route, Router

from eternaltwin.devserver.api.requests import ApiRequest, raw_path
from eternaltwin.devserver.api.responses import ApiError, ApiResponse, json_error
from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.asgi.faults import Faults
from eternaltwin.devserver.asgi.request_log import RequestLog
from eternaltwin.devserver.openapi.document import build_document
from eternaltwin.devserver.pages import home, login, terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.world import World

_logger = logging.getLogger("eternaltwin.devserver")

#: The order in which `Allow` lists methods, as on the official server.
_METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")

_NOT_FOUND = ApiResponse(404)
_INTERNAL_ERROR = json_error(500, "internal error").response


class _PathEndpoints:
    """The endpoints of one path, as an ASGI application."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._by_method = {endpoint.method: endpoint for endpoint in endpoints}
        allowed: set[str] = {*self._by_method, *(["HEAD"] if "GET" in self._by_method else [])}
        allow = ",".join(method for method in _METHODS if method in allowed)
        self._method_not_allowed = ApiResponse(405, fields=((b"allow", allow.encode()),))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        endpoint = self._by_method.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            response = self._method_not_allowed
        else:
            try:
                response = await _respond(endpoint, scope, receive)
            except ClientDisconnect:
                return
        await response(scope, receive, send)


async def _respond(endpoint: Endpoint, scope: Scope, receive: Receive) -> ApiResponse:
    body = b"" if endpoint.method == "GET" else await Request(scope, receive).body()
    try:
        return endpoint.handler(ApiRequest(scope["state"]["world"], scope, body, endpoint.operation))
    except ApiError as error:
        return error.response
    except Exception:
        _logger.exception("%s %s failed", scope["method"], scope["path"])
        return _INTERNAL_ERROR


@cache
def _openapi_document() -> dict[str, Any]:
    return build_document(API_ENDPOINTS)


@cache
def _router(behaviour: Behaviour) -> Router:
    """Build the routing table once for all servers of this process."""
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in (*API_ENDPOINTS, *login.ENDPOINTS, *terms.ENDPOINTS, *home.ENDPOINTS):
        if endpoint.is_available(behaviour):
            by_path.setdefault(endpoint.path, []).append(endpoint)
    routes = [Route(path, _PathEndpoints(endpoints)) for path, endpoints in by_path.items()]
    return Router(routes, redirect_slashes=False, default=_NOT_FOUND)


def create_app(world: World, request_log: RequestLog | None = None, faults: Faults | None = None) -> ASGIApp:
    """Build the application that serves a world.

    Handlers find the world, the request log and the faults in `scope["state"]`. No handler suspends, so the application
    can be stepped without an event loop.

    Args:
        world: The state of the server.
        request_log: The requests that the page at `/` shows; by default an empty log.
        faults: The faults that the page at `/` shows and changes; by default none.

    Returns:
        An ASGI 3.0 application for the scope type `http`.
    """
    router = _router(world.behaviour)
    state = {
        "world": world,
        "request_log": request_log or RequestLog(),
        "faults": faults or Faults(),
        "openapi": _openapi_document,
    }

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # Routes match the path as it was sent: an escaped slash does not end a segment, as on the official server.
        await router({**scope, "path": raw_path(scope).decode("latin-1"), "state": state}, receive, send)

    return serve
