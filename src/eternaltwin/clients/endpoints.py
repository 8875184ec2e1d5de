"""Paths of Eternaltwin's API, below the address of the server, for the clients and the development server alike.

The names of parameters are those of the OpenAPI description.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = [
    "AUTHORIZATION",
    "CLOCK",
    "CONFIG",
    "DINOPARC_DINOZ",
    "DINOPARC_USER",
    "FORUM_POST",
    "FORUM_POST_SOURCE",
    "FORUM_ROLE_GRANTS",
    "FORUM_SECTION",
    "FORUM_SECTIONS",
    "FORUM_THREAD",
    "HAMMERFEST_USER",
    "LOGS",
    "RELEASES",
    "SELF",
    "SERVER",
    "TERMS_PAGE",
    "TOKEN",
    "TRACES",
    "TWINOID_REWARDS",
    "TWINOID_SCORES",
    "TWINOID_USER",
    "USER",
    "USERS",
    "USER_DELETION",
    "USER_LINK",
    "USER_TERMS",
    "route_of",
]

AUTHORIZATION = "/oauth/authorize"
TOKEN = "/oauth/token"
SELF = "/api/v1/auth/self"
USER = "/api/v1/users/{user_id}"
USERS = "/api/v1/users"
USER_DELETION = "/api/v1/users/{user_id}/deleted_at"
USER_LINK = "/api/v1/users/{user_id}/links/{site}"
USER_TERMS = "/api/v1/users/{user_id}/tos"

SERVER = "/api/v1"
CLOCK = "/api/v1/clock"
CONFIG = "/api/v1/config"
RELEASES = "/api/v1/app/releases"

FORUM_SECTIONS = "/api/v1/forum/sections"
FORUM_SECTION = "/api/v1/forum/sections/{section}"
FORUM_ROLE_GRANTS = "/api/v1/forum/sections/{section}/role_grants"
FORUM_THREAD = "/api/v1/forum/threads/{thread}"
FORUM_POST = "/api/v1/forum/posts/{post}"
FORUM_POST_SOURCE = "/api/v1/forum/posts/{post}/source"

DINOPARC_USER = "/api/v1/archive/dinoparc/{server}/users/{id}"
DINOPARC_DINOZ = "/api/v1/archive/dinoparc/{server}/dinoz/{id}"
HAMMERFEST_USER = "/api/v1/archive/hammerfest/{server}/users/{id}"
TWINOID_USER = "/api/v1/archive/twinoid/users/{id}"
TWINOID_SCORES = "/api/v1/archive/twinoid/users/{id}/scores"
TWINOID_REWARDS = "/api/v1/archive/twinoid/users/{id}/rewards/{site}"

#: The page on which players accept the terms of service, on newer servers than 0.16.4.
TERMS_PAGE = "/tos-accept"

# OTLP over HTTP: https://opentelemetry.io/docs/specs/otlp/
TRACES = "/v1/traces"
LOGS = "/v1/logs"


def route_of(path: str) -> str | None:
    """Return the constant of this module that a path is made of, for statistics that must not contain ids.

    Args:
        path: A path below the address of the server, such as `/api/v1/users/9f310484-963b-446b-af69-797feec6813f`.

    Returns:
        The constant, such as `/api/v1/users/{user_id}`. None if there is no such path.
    """
    found = _pattern().fullmatch(path)
    return None if found is None or found.lastindex is None else _routes()[found.lastindex - 1]


@cache
def _routes() -> list[str]:
    return [str(value) for name, value in globals().items() if name.isupper()]


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join("(" + re.sub(r"\{\w+\}", "[^/]+", route) + ")" for route in _routes()))
