"""The callers of a scenario: one in each role, and the steps that sign them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import basic, bearer, log_in, query, session, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.steps import Identity, Step

KEY = "python_client@clients"
ALICE, USER, CLIENT = session("alice"), session("user1"), basic(KEY, "dev_secret")

CALLERS: Mapping[str, tuple[Identity, ...]] = {
    "guest": (),
    "user": (USER,),
    "game": (CLIENT,),
    "token": (bearer("$token"),),
    "administrator": (ALICE,),
}

SIGN_IN: Sequence[Step] = (
    log_in("caller administrator", "alice", "aaaaaaaaaa", as_="alice"),
    log_in("caller user", "user1", "1234567891", as_="user1"),
    step(
        "caller code",
        "GET",
        query("/oauth/authorize", response_type="code", client_id=KEY, scope="base"),
        USER,
        code="query:code",
    ),
    step("caller token", "POST", "/oauth/token", CLIENT, json={"code": "$code"}, token="json:access_token"),
)
