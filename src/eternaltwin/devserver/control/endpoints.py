"""The decorator that declares endpoints of the control API, and what handlers read of a request."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar, cast

import msgspec

from eternaltwin.devserver.api.endpoints import Endpoint
from eternaltwin.devserver.api.operations import Operation, Parameter
from eternaltwin.devserver.api.requests import BodyTooLargeError
from eternaltwin.devserver.api.responses import ApiError
from eternaltwin.devserver.control.access import HEADER, HEADER_VALUE
from eternaltwin.devserver.control.problems import ControlProblem, control_error, error_of
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.rules.requests import MAX_REQUEST_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from eternaltwin.devserver.api.endpoints import Handler, Method
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse
    from eternaltwin.devserver.asgi.faults import Faults
    from eternaltwin.devserver.asgi.request_log import RequestLog

Content = TypeVar("Content")

#: The scheme of the token, which `openapi.document` describes.
TOKEN = ("token",)

_HEADER = Parameter(
    name=HEADER,
    schema={"const": HEADER_VALUE},
    description="Must be sent, since no page of another site can send it.",
    is_required=True,
)


class Authorizes(Protocol):
    """Follows an authorization URL as a player's browser does."""

    def __call__(self, url: str, user_id: UUID) -> str:
        """Follow an authorization URL.

        Args:
            url: The URL.
            user_id: The player's id.

        Returns:
            The URL of the callback, with code and state.
        """
        ...


class ControlState(NamedTuple):
    """What the control API controls, in addition to the world.

    Attributes:
        request_log: The log of requests.
        faults: The pending faults.
        authorize: Signs players in.
        description: Returns the OpenAPI document of the control API.
    """

    request_log: RequestLog
    faults: Faults
    authorize: Authorizes
    description: Callable[[], dict[str, object]]


def control_endpoint(
    method: Method, path: str, operation: Operation, *, is_open: bool = False
) -> Callable[[Handler], Endpoint]:
    """Declare the requests that a handler of the control API serves.

    Errors of services become responses, whose statuses are declared for each endpoint.

    Args:
        method: The method in upper case.
        path: The path, with the names of its parameters in braces.
        operation: The declaration of what the handler reads and returns.
        is_open: Whether the endpoint needs neither the header field nor the token.

    Returns:
        A decorator that replaces the handler by its endpoint.
    """
    declared = operation if is_open else _guarded(operation)

    def declare(handler: Handler) -> Endpoint:
        @wraps(handler)
        def handle(request: ApiRequest) -> ApiResponse:
            try:
                return handler(request)
            except BodyTooLargeError:
                raise _too_large() from None
            except EternalTwinError as exc:
                raise error_of(exc) from None

        return Endpoint(method=method, path=path, handler=handle, operation=declared)

    return declare


def _too_large() -> ApiError:
    message = f"the body has more than {MAX_REQUEST_SIZE // 2**20} MiB"
    return control_error(413, "too_large", message, "split it into several requests")


def _guarded(operation: Operation) -> Operation:
    statuses = (401, 403, 404, 409, 413, 422)
    return msgspec.structs.replace(
        operation,
        responses=dict.fromkeys(statuses, ControlProblem) | operation.responses,
        headers=(_HEADER, *operation.headers),
        security=TOKEN,
        is_in_released=True,
    )


def state_of(request: ApiRequest) -> ControlState:
    """Return what a request controls.

    Args:
        request: The request.

    Returns:
        The log of requests, the faults and so on.
    """
    return cast("ControlState", request.scope["state"]["control"])


def body_of(request: ApiRequest, kind: type[Content]) -> Content:
    """Decode a JSON body, whatever its content type is. An empty one is `{}`.

    Args:
        request: The request.
        kind: The type of the body.

    Returns:
        The body.

    Raises:
        ApiError: The body is not JSON, or is of another type.
    """
    try:
        return msgspec.json.decode(request.body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        problem = "not UTF-8" if isinstance(exc, UnicodeDecodeError) else str(exc)
    raise control_error(422, "invalid", f"the body is wrong: {problem}", "compare it with GET /_dev/openapi.json")


def query_of(request: ApiRequest, kind: type[Content]) -> Content:
    """Decode the parameters of the query.

    Args:
        request: The request.
        kind: A struct, with a field for each parameter that the endpoint declares.

    Returns:
        The parameters.

    Raises:
        ApiError: A parameter is repeated, or is of another type.
    """
    fields = [field.name for field in msgspec.structs.fields(cast("type[msgspec.Struct]", kind))]
    try:
        return msgspec.convert(request.query(*fields), type=kind, strict=False)
    except msgspec.ValidationError as exc:
        problem = str(exc)
    except ApiError:
        problem = "a parameter is repeated"
    raise control_error(422, "invalid", f"the query is wrong: {problem}", "compare it with GET /_dev/openapi.json")
