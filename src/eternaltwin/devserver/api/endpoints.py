"""The decorator that declares which requests a handler serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from eternaltwin.devserver.api.operations import Operation
from eternaltwin.devserver.api.requests import ApiRequest
from eternaltwin.devserver.api.responses import ApiResponse
from eternaltwin.devserver.domain.versions import Behaviour

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[[ApiRequest], ApiResponse]
Availability = Callable[[Behaviour], bool]


def _always(_: Behaviour) -> bool:
    return True


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A handler with the method and the path of the requests that it serves.

    Attributes:
        method: The method in upper case. `GET` includes HEAD.
        path: The path, with the names of its parameters in braces: `/api/v1/users/{user_id}`.
        handler: The function that builds the response.
        operation: The declaration of what the handler reads and returns, for the OpenAPI document. None for a page.
        is_available: Returns whether a version of the server has the endpoint.
    """

    method: Method
    path: str
    handler: Handler
    operation: Operation | None = None
    is_available: Availability = _always

    @property
    def name(self) -> str:
        """The name of the handler, which is the id of the operation in the OpenAPI document."""
        return self.handler.__name__.removeprefix("_")


def endpoint(
    method: Method, path: str, operation: Operation | None = None, *, is_available: Availability = _always
) -> Callable[[Handler], Endpoint]:
    """Declare the requests that a handler serves.

    Args:
        method: The method in upper case. `GET` includes HEAD.
        path: The path, with the names of its parameters in braces.
        operation: The declaration of what the handler reads and returns, for the OpenAPI document. None for a page,
            which the document does not contain.
        is_available: Returns whether a version of the server has the endpoint.

    Returns:
        A decorator that replaces the handler by its endpoint.

    Example:
        >>> @endpoint("GET", "/api/v1/clock", Operation(tag="Server", summary="The time", responses={200: ServerTime}))
        ... def _get_clock(request: ApiRequest) -> ApiResponse: ...
    """

    def declare(handler: Handler) -> Endpoint:
        return Endpoint(method=method, path=path, handler=handler, operation=operation, is_available=is_available)

    return declare
