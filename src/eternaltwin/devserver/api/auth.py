"""`/api/v1/auth/self`: who is asking, logging in, logging out."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

import msgspec
from litestar import HttpMethod

from eternaltwin.devserver.api.link_views import LinkViews
from eternaltwin.devserver.api.requests import QUERY_PROBLEM, endpoint
from eternaltwin.devserver.api.responses import (
    json_answer,
    refused,
    refused_text,
    with_session,
    without_session,
)
from eternaltwin.devserver.api.views import GUEST, public_user, self_of
from eternaltwin.devserver.domain.names import is_username

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer

_PATH = "/api/v1/auth/self"


class _Login(msgspec.Struct, frozen=True):
    login: str
    password: str


@endpoint(_PATH, HttpMethod.GET)
def get_self(call: Call) -> Answer:
    """Who is asking."""
    return json_answer(self_of(call.identity()))


def _credentials(call: Call) -> tuple[str, bytes]:
    try:
        body = call.shaped(_Login)
        return body.login, binascii.unhexlify(body.password)
    except (msgspec.ValidationError, ValueError):
        raise refused(400, "bad request") from None


@endpoint(_PATH, HttpMethod.PUT)
def log_in(call: Call) -> Answer:
    """Open a session, with name and password."""
    method = call.query("method").get("method", "Etwin")
    if method != "Etwin":
        raise refused_text(400, f"{QUERY_PROBLEM}: unknown variant `{method}`, expected `Etwin`")
    login, password = _credentials(call)
    if "@" not in login and not is_username(login):
        raise refused(400, "malformed login")
    user = call.world.sign_in.log_in(login, password)
    if user is None:
        raise refused(400, "failed raw login")
    shown = public_user(user, LinkViews(call.world).of_user(user.id))
    return with_session(json_answer(shown), call.world.sign_in.open_session(user))


@endpoint(_PATH, HttpMethod.DELETE)
def log_out(_: Call) -> Answer:
    """Clear the cookie; the session itself stays good, as on the official server."""
    return without_session(json_answer(GUEST))


route_handlers = [get_self, log_in, log_out]
