"""The page that refuses an authorization request, for browsers. Programs get the error as the API has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from eternaltwin.clients.endpoints import AUTHORIZATION, TERMS_PAGE
from eternaltwin.devserver.api.requests import ApiRequest
from eternaltwin.devserver.api.responses import ApiError
from eternaltwin.devserver.asgi.request_log import record_refusal
from eternaltwin.devserver.domain.records import UserRecord
from eternaltwin.devserver.pages.explanations import CodedBody, coded_body, explain
from eternaltwin.devserver.pages.negotiation import prefers_html
from eternaltwin.devserver.pages.rendering import page_response
from eternaltwin.devserver.pages.views import RefusalView, player_view

if TYPE_CHECKING:
    from eternaltwin.devserver.api.endpoints import Endpoint
    from eternaltwin.devserver.api.responses import ApiResponse


def with_refusal_page(endpoint: Endpoint) -> Endpoint:
    """Add the page to the authorization endpoint.

    Args:
        endpoint: An endpoint of the API.

    Returns:
        The endpoint. That of authorization responds to browsers that prefer HTML with a page where it refuses.
    """
    if endpoint.path != AUTHORIZATION:
        return endpoint

    def handle(request: ApiRequest) -> ApiResponse:
        try:
            return endpoint.handler(request)
        except ApiError as error:
            response = error.response
        page_request = ApiRequest(request.world, request.scope, b"")
        if not prefers_html(page_request.header(b"accept")):
            raise ApiError(response)
        record_refusal(request.scope, response.body)
        return _refusal_page(page_request, response)

    return msgspec.structs.replace(endpoint, handler=handle)


def _refusal_page(request: ApiRequest, response: ApiResponse) -> ApiResponse:
    error, identity = coded_body(response), request.identity()
    found = error if error is not None else CodedBody("", response.body.decode())
    view = RefusalView(
        status=response.status,
        code=found.code or None,
        message=found.message,
        explanation=explain(request, found.code or None),
        user=player_view(identity) if isinstance(identity, UserRecord) else None,
        terms=TERMS_PAGE if found.code == "Q1012" else None,
    )
    return page_response("refusal.html", view, response.status)
