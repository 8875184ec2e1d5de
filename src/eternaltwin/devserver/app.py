"""The development server as an ASGI application."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.routing import Route, Router

from eternaltwin.devserver.api.requests import ApiRequest, raw_path
from eternaltwin.devserver.api.responses import ApiError, ApiResponse, json_error
from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.asgi.bodies import read_body
from eternaltwin.devserver.asgi.faults import Faults
from eternaltwin.devserver.asgi.request_log import RequestLog
from eternaltwin.devserver.control.access import CONTROL_PREFIX, DESCRIPTION
from eternaltwin.devserver.control.endpoints import ControlState
from eternaltwin.devserver.control.problems import control_error
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.devserver.openapi.document import CONTROL_API, build_document
from eternaltwin.devserver.pages import home, live, login, reference, terms
from eternaltwin.devserver.pages.refusals import with_refusal_page
from eternaltwin.rules.requests import MAX_REQUEST_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.asgi.protocol import ASGIApp, Receive, Scope, Send
    from eternaltwin.devserver.control.access import ControlAccess
    from eternaltwin.devserver.control.endpoints import Authorizes
    from eternaltwin.devserver.domain.versions import Behaviour
    from eternaltwin.devserver.services.world import World

_logger = logging.getLogger("eternaltwin.devserver")


class _Fallbacks(NamedTuple):
    """The responses without a handler: to unknown paths, to other methods, and where a handler fails."""

    not_found: ApiResponse
    method_not_allowed: ApiResponse
    internal_error: ApiResponse


_API_FALLBACKS = _Fallbacks(ApiResponse(404), ApiResponse(405), json_error(500, "internal error").response)
_SEE_DESCRIPTION = f"see GET {DESCRIPTION}"
_CONTROL_FALLBACKS = _Fallbacks(
    control_error(404, "not_found", "the control API has no such path", _SEE_DESCRIPTION).response,
    control_error(405, "method_not_allowed", "this path has other methods", _SEE_DESCRIPTION).response,
    control_error(500, "internal", "the server failed; its log contains the reason").response,
)


class _PathEndpoints:
    """The endpoints of one path, as an ASGI application."""

    def __init__(self, endpoints: Iterable[Endpoint], fallbacks: _Fallbacks) -> None:
        self._fallbacks = fallbacks
        self._by_method = {endpoint.method: endpoint for endpoint in endpoints}
        # In the order of the endpoints, as on the official server.
        allow = ",".join("GET,HEAD" if method == "GET" else method for method in self._by_method)
        self._method_not_allowed = fallbacks.method_not_allowed.with_field("allow", allow)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        endpoint = self._by_method.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            response = self._method_not_allowed
        else:
            try:
                response = await self._respond(endpoint, scope, receive)
            except ClientDisconnect:
                return
        await response(scope, receive, send)

    async def _respond(self, endpoint: Endpoint, scope: Scope, receive: Receive) -> ApiResponse:
        body = b"" if endpoint.method == "GET" else await read_body(scope, receive, MAX_REQUEST_SIZE)
        try:
            return endpoint.handler(ApiRequest(scope["state"]["world"], scope, body, endpoint.operation))
        except ApiError as error:
            return error.response
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            return self._fallbacks.internal_error


@cache
def _openapi_document() -> dict[str, Any]:
    return build_document(API_ENDPOINTS)


@cache
def _control_document() -> dict[str, Any]:
    return build_document(CONTROL_ENDPOINTS, CONTROL_API)


@cache
def _router(behaviour: Behaviour) -> Router:
    """Build the routing table of the API and the pages once for all servers of this process."""
    pages = (*login.ENDPOINTS, *terms.ENDPOINTS, *home.ENDPOINTS, *live.ENDPOINTS, *reference.ENDPOINTS)
    endpoints = (*map(with_refusal_page, API_ENDPOINTS), *pages)
    return _router_of([endpoint for endpoint in endpoints if endpoint.is_available(behaviour)], _API_FALLBACKS)


@cache
def _control_router() -> Router:
    return _router_of(CONTROL_ENDPOINTS, _CONTROL_FALLBACKS)


def _router_of(endpoints: Iterable[Endpoint], fallbacks: _Fallbacks) -> Router:
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    routes = [Route(path, _PathEndpoints(found, fallbacks)) for path, found in by_path.items()]
    return Router(routes, redirect_slashes=False, default=fallbacks.not_found)


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
        "control_openapi": _control_document,
    }

    return _serving(router, state)


def _serving(router: Router, state: dict[str, Any]) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        # Routes match the path as it was sent: an escaped slash does not end a segment, as on the official server.
        await router({**scope, "path": raw_path(scope).decode("latin-1"), "state": state}, receive, send)

    return serve


def with_control(
    app: ASGIApp, world: World, request_log: RequestLog, faults: Faults, authorize: Authorizes, access: ControlAccess
) -> ASGIApp:
    """Add the control API to an application. Its requests are not logged, and never fail.

    Args:
        app: The application that serves all other paths.
        world: The state of the server.
        request_log: The log of requests.
        faults: The pending faults.
        authorize: Signs players in.
        access: Decides which requests may use the control API.

    Returns:
        An ASGI 3.0 application for the scope type `http`.
    """
    control = ControlState(request_log, faults, authorize, _control_document)
    served = _serving(_control_router(), {"world": world, "control": control})

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(CONTROL_PREFIX):
            await app(scope, receive, send)
            return
        problem = access.problem(scope)
        if problem is None:
            await served(scope, receive, send)
        else:
            await problem.response(scope, receive, send)

    return dispatch
