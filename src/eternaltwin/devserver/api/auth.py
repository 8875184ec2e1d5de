"""`/api/v1/auth/self`: who is asking, logging in, logging out."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import msgspec

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.requests import QUERY_PROBLEM
from eternaltwin.devserver.api.responses import (
    json_error,
    json_response,
    text_error,
    with_session,
    without_session,
)
from eternaltwin.devserver.api.views import GUEST, public_user, self_of
from eternaltwin.devserver.domain.names import is_username

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.api.responses import ApiResponse

_PATH = "/api/v1/auth/self"


class _Login(msgspec.Struct, frozen=True):
    login: str
    password: str


@endpoint("GET", _PATH)
def get_self(call: ApiRequest) -> ApiResponse:
    """Who is asking."""
    return json_response(self_of(call.identity()))


def _credentials(call: ApiRequest) -> tuple[str, bytes]:
    try:
        body = call.shaped(_Login)
        return body.login, binascii.unhexlify(body.password)
    except (msgspec.ValidationError, ValueError):
        raise json_error(400, "bad request") from None


@endpoint("PUT", _PATH)
def log_in(call: ApiRequest) -> ApiResponse:
    """Open a session, with name and password."""
    method = call.query("method").get("method", "Etwin")
    if method != "Etwin":
        raise text_error(400, f"{QUERY_PROBLEM}: unknown variant `{method}`, expected `Etwin`")
    login, password = _credentials(call)
    if "@" not in login and not is_username(login):
        raise json_error(400, "malformed login")
    user = call.world.sign_in.log_in(login, password)
    if user is None:
        raise json_error(400, "failed raw login")
    shown = public_user(user, LinkViews(call.world).of_user(user.id))
    return with_session(json_response(shown), call.world.sign_in.open_session(user))


@endpoint("DELETE", _PATH)
def log_out(_: ApiRequest) -> ApiResponse:
    """Clear the cookie; the session itself stays good, as on the official server."""
    return without_session(json_response(GUEST))


route_handlers = [get_self, log_in, log_out]
