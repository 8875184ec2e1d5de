"""Behaviour common to all paths (methods, unknown paths), and data about the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.steps import Step

SERVER: Sequence[Step] = (
    step("server version", "GET", "/api/v1"),
    step("server configuration", "GET", "/api/v1/config"),
    step("server clock", "GET", "/api/v1/clock"),
    step("server releases", "GET", "/api/v1/app/releases"),
    step("clock put", "PUT", "/api/v1/clock", json={"time": "2021-01-01T00:00:00.000Z"}),
    step("clock put as admin", "PUT", "/api/v1/clock", session("alice"), json={"time": "2021-01-01T00:00:00.000Z"}),
    step("clock put malformed", "PUT", "/api/v1/clock", json={"time": "yesterday"}),
    step("clock put nothing", "PUT", "/api/v1/clock", json={}),
    step("clock put without body", "PUT", "/api/v1/clock"),
)

UNKNOWN: Sequence[Step] = tuple(
    step(f"unknown path {path}", "GET", path)
    for path in (
        "/nope",
        "/api",
        "/api/v1/",
        "/api/v2",
        "/api/v1/nope",
        "/api/v1/auth",
        "/api/v1/auth/nope",
        "/api/v1/app",
        "/api/v1/users/",
        "/api/v1/forum",
        "/api/v1/forum/threads",
        "/api/v1/forum/posts",
        "/api/v1/archive",
        "/api/v1/clock/",
        "/api/v1/config/x",
        "/oauth",
        "/oauth/nope",
        "//api/v1",
        "/api/v1/auth/self/",
    )
)

USER = "/api/v1/users/$user1"
#: Every path of the API with a method that it does not support, and `OPTIONS`.
PATHS = (
    "/api/v1",
    "/api/v1/app/releases",
    "/api/v1/auth/self",
    "/api/v1/clock",
    "/api/v1/config",
    "/api/v1/users",
    USER,
    f"{USER}/links/twinoid.com",
    f"{USER}/tos",
    f"{USER}/deleted_at",
    "/api/v1/forum/sections",
    "/api/v1/forum/sections/main_fr",
    "/api/v1/forum/sections/main_fr/role_grants",
    "/api/v1/forum/threads/$thread",
    "/api/v1/forum/posts/$first_post",
    "/api/v1/archive/dinoparc/dinoparc.com/users/1",
    "/api/v1/archive/dinoparc/dinoparc.com/dinoz/1",
    "/api/v1/archive/hammerfest/hammerfest.fr/users/1",
    "/api/v1/archive/twinoid/users/1",
    "/api/v1/archive/twinoid/users/1/scores",
    "/api/v1/archive/twinoid/users/1/rewards/1",
    "/oauth/authorize",
    "/oauth/token",
    "/oauth/callback",
)


def _shown(path: str) -> str:
    return path.replace("$", "")


METHODS: Sequence[Step] = (
    *(step(f"{method} {_shown(path)}", method, path) for path in PATHS for method in ("OPTIONS", "TRACE")),
    *(step(f"HEAD {_shown(path)}", "HEAD", path) for path in PATHS),
    step("POST /api/v1", "POST", "/api/v1"),
    step(
        "preflight of another site",
        "OPTIONS",
        "/api/v1/auth/self",
        headers={
            "Origin": "http://localhost:8000",
            "Access-Control-Request-Method": "GET",
        },
    ),
    step("self from another site", "GET", "/api/v1/auth/self", headers={"Origin": "http://localhost:8000"}),
    step("self as html", "GET", "/api/v1/auth/self", headers={"Accept": "text/html"}),
)

STEPS: Sequence[Step] = (*SERVER, *UNKNOWN, *METHODS)
