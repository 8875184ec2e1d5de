"""`/api/v1/openapi.json`: the API, described for programs. It is an addition of the development server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.responses import json_response

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse


@endpoint("GET", "/api/v1/openapi.json")
def get_description(_: ApiRequest) -> ApiResponse:
    """This description."""
    from eternaltwin.devserver.openapi import description  # made of the handlers, of which this is one

    return json_response(description())


route_handlers = [get_description]
