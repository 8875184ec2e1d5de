"""How a function that handles a request becomes an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from eternaltwin.devserver.api.requests import ApiRequest
from eternaltwin.devserver.api.responses import ApiResponse

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[[ApiRequest], ApiResponse]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A function that handles the requests for one path and method.

    Attributes:
        method: The method in upper case; `GET` includes HEAD.
        path: The path, with the names of its parameters in braces: `/api/v1/users/{user_id}`.
        handler: The function that builds the response.
    """

    method: Method
    path: str
    handler: Handler


def endpoint(method: Method, path: str) -> Callable[[Handler], Endpoint]:
    """Declare the endpoint that a function handles; a decorator."""

    def declare(handler: Handler) -> Endpoint:
        return Endpoint(method=method, path=path, handler=handler)

    return declare
