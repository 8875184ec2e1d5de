"""`/_dev/health`, `/_dev/reset`, `/_dev/requests` and the description of the control API."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from eternaltwin.devserver.api.operations import EMPTY, Operation, Parameter
from eternaltwin.devserver.api.responses import ApiResponse, json_response
from eternaltwin.devserver.asgi.request_log import MAX_REQUESTS
from eternaltwin.devserver.control.access import DESCRIPTION, HEALTH
from eternaltwin.devserver.control.endpoints import control_endpoint, query_of, state_of
from eternaltwin.devserver.control.views import ControlList, listed
from eternaltwin.devserver.domain.refusals import reason_of
from eternaltwin.devserver.domain.versions import ApiVersion
from eternaltwin.version import __version__

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.asgi.request_log import RecordedRequest

_TAG = "Server"


class Health(msgspec.Struct, kw_only=True):
    """The server accepts requests.

    Attributes:
        status: Always `ok`.
        version: The version of this program.
        api_version: The version of Eternaltwin that the server stands in for.
    """

    status: str = "ok"
    version: str = __version__
    api_version: ApiVersion


class LoggedRequest(msgspec.Struct, kw_only=True):
    """A request to the server. Its query, its header and its body are left out, as they may contain secrets.

    Attributes:
        method: The method.
        path: The path, percent-decoded.
        status: The status of the response. Null as long as there is none.
        seconds: The time until the response began. Null as long as there is none.
        reason: Why the request was refused, where the response contains it.
    """

    method: str
    path: str
    status: int | None
    seconds: float | None
    reason: str | None


class _RequestQuery(msgspec.Struct):
    method: str | None = None
    path: str | None = None
    status: int | None = None
    limit: Annotated[int, msgspec.Meta(ge=0, le=MAX_REQUESTS)] = 100

    def matches(self, request: RecordedRequest) -> bool:
        """Return whether a request is asked for."""
        return (
            self.method in (None, request.method)
            and self.status in (None, request.status)
            and (self.path is None or fnmatchcase(request.path, self.path))
        )


def _logged_request(entry: RecordedRequest) -> LoggedRequest:
    return LoggedRequest(
        method=entry.method,
        path=entry.path,
        status=entry.status,
        seconds=entry.duration,
        reason=reason_of(entry.refusal),
    )


_REQUEST_QUERY = (
    Parameter(name="method", schema={"type": "string"}, description="The method of the requests."),
    Parameter(
        name="path", schema={"type": "string"}, description="Pattern of the paths, in which `*` matches any characters."
    ),
    Parameter(name="status", schema={"type": "integer"}, description="The status of the responses."),
    Parameter(
        name="limit",
        schema={"type": "integer", "minimum": 0, "maximum": MAX_REQUESTS, "default": 100},
        description="Maximum number of items to return.",
    ),
)


@control_endpoint(
    "GET",
    HEALTH,
    Operation(
        tag=_TAG,
        summary="That the server accepts requests, and its version",
        responses={200: Health},
        description="Needs neither the header field nor the token.",
    ),
    is_open=True,
)
def _get_health(request: ApiRequest) -> ApiResponse:
    return json_response(Health(api_version=request.world.api_version))


@control_endpoint(
    "GET",
    DESCRIPTION,
    Operation(
        tag=_TAG,
        summary="This document",
        responses={200: dict[str, Any]},
        description="Needs neither the header field nor the token.",
    ),
    is_open=True,
)
def _get_control_description(request: ApiRequest) -> ApiResponse:
    return json_response(state_of(request).description())


@control_endpoint(
    "POST",
    "/_dev/reset",
    Operation(
        tag=_TAG,
        summary="Return to the seeds: forget users, sessions, requests and faults, and set the clock back",
        responses={204: EMPTY},
    ),
)
def _reset(request: ApiRequest) -> ApiResponse:
    request.world.reset()
    return ApiResponse(204)


@control_endpoint(
    "GET",
    "/_dev/requests",
    Operation(
        tag=_TAG,
        summary="List the last requests, the newest first",
        responses={200: ControlList[LoggedRequest]},
        description="Requests of the control API are left out.",
        query=_REQUEST_QUERY,
    ),
)
def _list_requests(request: ApiRequest) -> ApiResponse:
    asked = query_of(request, _RequestQuery)
    found = [entry for entry in reversed(state_of(request).request_log.requests) if asked.matches(entry)]
    shown = found[: asked.limit]
    return json_response(listed(map(_logged_request, shown), len(found)))


@control_endpoint(
    "DELETE", "/_dev/requests", Operation(tag=_TAG, summary="Forget the requests", responses={204: EMPTY})
)
def _clear_requests(request: ApiRequest) -> ApiResponse:
    state_of(request).request_log.clear()
    return ApiResponse(204)


ENDPOINTS = (_get_health, _get_control_description, _reset, _list_requests, _clear_requests)
