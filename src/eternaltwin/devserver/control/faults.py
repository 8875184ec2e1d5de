"""`/_dev/faults`: makes the next requests fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from eternaltwin.devserver.api.operations import EMPTY, Operation
from eternaltwin.devserver.api.responses import ApiResponse, json_response
from eternaltwin.devserver.control.endpoints import body_of, control_endpoint, state_of
from eternaltwin.devserver.control.views import ControlList, listed

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Faults"

#: Maximum number of requests that one request makes fail.
MAX_TIMES = 10_000

#: Maximum time by which a response is delayed, in seconds.
MAX_DELAY = 3600


class FaultOrder(msgspec.Struct, kw_only=True):
    """Requests that are to fail.

    Attributes:
        status: The status of the responses, from 200 to 599. Null only delays the usual responses.
        times: The number of requests.
        delay: The time to wait before each response, in seconds.
        path: Pattern of the paths, in which `*` matches any characters. Null matches every path.
        headers: Header fields of the responses.
        body: The body of the responses: a string as it is, anything else as JSON. Null means a short text.
    """

    status: int | None = 503
    times: Annotated[int, msgspec.Meta(ge=1, le=MAX_TIMES)] = 1
    delay: Annotated[float, msgspec.Meta(ge=0, le=MAX_DELAY)] = 0.0
    path: str | None = None
    headers: dict[str, str] = {}
    body: Any = None


class PendingFault(msgspec.Struct, kw_only=True):
    """A request that is to fail.

    Attributes:
        status: The status of the response. Null only delays the usual response.
        delay: The time to wait before the response, in seconds.
        path: Pattern of the paths. Null matches every path.
    """

    status: int | None
    delay: float
    path: str | None


def _pending(request: ApiRequest) -> ControlList[PendingFault]:
    faults = state_of(request).faults.pending
    return listed(PendingFault(status=fault.status, delay=fault.delay, path=fault.path) for fault in faults)


@control_endpoint(
    "GET",
    "/_dev/faults",
    Operation(tag=_TAG, summary="List the pending faults", responses={200: ControlList[PendingFault]}),
)
def _list_faults(request: ApiRequest) -> ApiResponse:
    return json_response(_pending(request))


@control_endpoint(
    "POST",
    "/_dev/faults",
    Operation(
        tag=_TAG,
        summary="Make the next requests fail, after those that are to fail already",
        responses={201: ControlList[PendingFault]},
        description="Requests of the control API and of the front page never fail.",
        request_body=FaultOrder,
    ),
)
def _fail_next(request: ApiRequest) -> ApiResponse:
    order = body_of(request, FaultOrder)
    state_of(request).faults.fail_next(order.status, order.times, order.delay, order.path, order.headers, order.body)
    return json_response(_pending(request), 201)


@control_endpoint(
    "DELETE", "/_dev/faults", Operation(tag=_TAG, summary="Let no more requests fail", responses={204: EMPTY})
)
def _clear_faults(request: ApiRequest) -> ApiResponse:
    state_of(request).faults.clear()
    return ApiResponse(204)


ENDPOINTS = (_list_faults, _fail_next, _clear_faults)
