"""`/api/v1/openapi.json`: the OpenAPI document, which only the development server has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.operations import Operation
from eternaltwin.devserver.api.responses import json_response

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Server"


@endpoint(
    "GET",
    "/api/v1/openapi.json",
    Operation(
        tag=_TAG,
        summary="This document",
        responses={200: dict[str, Any]},
        description="Only the development server has it.",
        is_in_released=False,
    ),
)
def _get_description(request: ApiRequest) -> ApiResponse:
    return json_response(request.scope["state"]["openapi"]())


ENDPOINTS = (_get_description,)
