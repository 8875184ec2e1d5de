"""A server with a virtual clock, which in 0.16.4 stands still at the start of 2020."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.oauth import AUTHORIZE, CALLBACK, CLIENT, KEY, TOKEN
from conformance.steps import bearer, log_in, query, register, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.steps import Step

SIGN_IN: Sequence[Step] = (
    step("virtual clock", "GET", "/api/v1/clock"),
    log_in("virtual login", "alice", "aaaaaaaaaa", "alice"),
    step(
        "virtual authorize",
        "GET",
        query(AUTHORIZE, response_type="code", client_id=KEY, redirect_uri=CALLBACK, scope="base", state="st"),
        session("alice"),
        code="query:code",
        expired_code="expired:code",
    ),
    step(
        "virtual token expired",
        "POST",
        TOKEN,
        CLIENT,
        json={"grant_type": "authorization_code", "code": "$expired_code"},
    ),
    step(
        "virtual token",
        "POST",
        TOKEN,
        CLIENT,
        json={"grant_type": "authorization_code", "code": "$code"},
        token="json:access_token",
    ),
    step("virtual self", "GET", "/api/v1/auth/self", bearer("$token")),
    register("virtual register", "still", "Still", "ssssssssss"),
    step("virtual delete", "DELETE", "/api/v1/users/$still", session("still")),
    step("virtual get deleted", "GET", "/api/v1/users/$still"),
    register("virtual register another", "quiet", "Quiet", "qqqqqqqqqq"),
)

#: The last step breaks the official memory store of users, which cannot store two names of the same millisecond.
MOVING: Sequence[Step] = (
    step("virtual clock put later", "PUT", "/api/v1/clock", json={"time": "2021-01-01T00:00:00.000Z"}),
    step("virtual clock put earlier", "PUT", "/api/v1/clock", json={"time": "2019-01-01T00:00:00.000Z"}),
    step("virtual clock after", "GET", "/api/v1/clock"),
    step("virtual display name", "PATCH", "/api/v1/users/$quiet", session("quiet"), json={"display_name": "Quieter"}),
)

STEPS: Sequence[Step] = (*SIGN_IN, *MOVING)
