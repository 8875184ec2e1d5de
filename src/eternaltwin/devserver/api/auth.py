"""`/api/v1/auth/self`: the identity of the caller, logging in, logging out."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.clients.endpoints import SELF
from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.operations import ANY_CREDENTIALS, ERROR, TEXT, Operation, Parameter
from eternaltwin.devserver.api.requests import QUERY_PROBLEM
from eternaltwin.devserver.api.responses import (
    json_error,
    json_response,
    text_error,
    with_session,
    without_session,
)
from eternaltwin.devserver.api.views import GUEST, public_user, self_view
from eternaltwin.models import LoginBody, Self, User
from eternaltwin.rules.accounts import is_username

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_TAG = "Authentication"

_LOG_IN_METHOD = Parameter(
    name="method", schema={"const": "Etwin", "default": "Etwin"}, description="The login method."
)


@endpoint(
    "GET",
    SELF,
    Operation(
        tag=_TAG,
        summary="The identity of the caller",
        responses={200: Self},
        description="Without valid credentials, the caller is a `Guest`.",
        security=ANY_CREDENTIALS,
    ),
)
def _get_self(request: ApiRequest) -> ApiResponse:
    return json_response(self_view(request.identity()))


def _credentials(request: ApiRequest) -> tuple[str, bytes]:
    try:
        body = request.decode_json(LoginBody)
        return body.login, binascii.unhexlify(body.password)
    except (msgspec.ValidationError, ValueError):
        raise json_error(400, "bad request") from None


@endpoint(
    "PUT",
    SELF,
    Operation(
        tag=_TAG,
        summary="Open a session with username and password",
        responses={200: User, 400: (TEXT, ERROR), 413: TEXT, 415: TEXT},
        description="The password is sent as the hexadecimal of its UTF-8 bytes. The response sets the cookie `sid`.",
        request_body=LoginBody,
        query=(_LOG_IN_METHOD,),
    ),
)
def _log_in(request: ApiRequest) -> ApiResponse:
    method = request.query("method").get("method", "Etwin")
    if method != "Etwin":
        raise text_error(400, f"{QUERY_PROBLEM}: unknown variant `{method}`, expected `Etwin`")
    login, password = _credentials(request)
    if "@" not in login and not is_username(login):
        raise json_error(400, "malformed login")
    user = request.world.sign_in.log_in(login, password)
    if user is None:
        raise json_error(400, "failed raw login")
    shown = public_user(user, LinkViews(request.world).of_user(user.id))
    return with_session(json_response(shown), request.world.sign_in.open_session(user))


@endpoint(
    "DELETE",
    SELF,
    Operation(
        tag=_TAG,
        summary="Clear the cookie; the session itself stays valid, as on the official server",
        responses={200: Self},
    ),
)
def _log_out(_: ApiRequest) -> ApiResponse:
    return without_session(json_response(GUEST))


ENDPOINTS = (_get_self, _log_in, _log_out)
