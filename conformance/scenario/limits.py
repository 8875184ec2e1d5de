"""Malformed ids in paths, headers of authorization codes, and large bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.forging import HEADERS
from conformance.scenario.callers import ALICE, CALLERS, CLIENT, KEY, USER
from conformance.steps import keeping, query, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.steps import Step

FORUM, USERS, ARCHIVE = "/api/v1/forum", "/api/v1/users", "/api/v1/archive"

#: Every path with a parameter, as `{}`, and its methods.
PATHS: Mapping[str, Sequence[str]] = {
    f"{USERS}/{{}}": ("GET", "PATCH", "DELETE"),
    f"{USERS}/{{}}/deleted_at": ("DELETE",),
    f"{USERS}/{{}}/tos": ("GET", "POST"),
    f"{USERS}/{{}}/links/twinoid.com": ("PUT", "DELETE"),
    f"{USERS}/$user1/links/{{}}": ("PUT", "DELETE"),
    f"{FORUM}/sections/{{}}": ("GET", "POST"),
    f"{FORUM}/sections/{{}}/role_grants": ("POST", "DELETE"),
    f"{FORUM}/threads/{{}}": ("GET", "POST"),
    f"{FORUM}/posts/{{}}": ("GET", "PATCH"),
    f"{ARCHIVE}/dinoparc/{{}}/users/1": ("GET",),
    f"{ARCHIVE}/dinoparc/dinoparc.com/users/{{}}": ("GET",),
    f"{ARCHIVE}/dinoparc/dinoparc.com/dinoz/{{}}": ("GET",),
    f"{ARCHIVE}/hammerfest/{{}}/users/1": ("GET",),
    f"{ARCHIVE}/hammerfest/hammerfest.fr/users/{{}}": ("GET",),
    f"{ARCHIVE}/twinoid/users/{{}}": ("GET",),
    f"{ARCHIVE}/twinoid/users/{{}}/scores": ("GET",),
    f"{ARCHIVE}/twinoid/users/{{}}/rewards/1": ("GET",),
    f"{ARCHIVE}/twinoid/users/1/rewards/{{}}": ("GET",),
    "/api/v1/job/jobs/{}": ("GET",),
    "/api/v1/job/tasks/{}": ("GET",),
}
TEXTS = ("%2F", "a%2fb", "$user1%2F", "%00", "%3F", "..")


def _malformed(method: str, path: str, text: str) -> Step:
    name = f"{method} {path.format(text)}".replace("$", "")
    if method in ("GET", "DELETE"):
        return step(name, method, path.format(text), ALICE)
    return step(name, method, path.format(text), ALICE, json={})


IDS: Sequence[Step] = tuple(
    _malformed(method, path, text) for path, methods in PATHS.items() for method in methods for text in TEXTS
)

CODES: Sequence[Step] = (
    keeping(
        step("code for other headers", "GET", query("/oauth/authorize", response_type="code", client_id=KEY), USER),
        **{f"code_{name}": f"header-{name}:code" for name in HEADERS},
    ),
    *(step(f"token header {name}", "POST", "/oauth/token", CLIENT, json={"code": f"$code_{name}"}) for name in HEADERS),
)

SECTION = f"{FORUM}/sections/main_de"
MAX_BODY = 2 * 2**20
JSON = {"Content-Type": "application/json"}


def _thread(size: int) -> str:
    """Return the body of a new thread, of a size in bytes."""
    start, end = '{"title": "Large", "body": "', '"}'
    return start + "x" * (size - len(start) - len(end)) + end


SIZES: Sequence[Step] = (
    step("thread of 64 KiB", "POST", SECTION, ALICE, json={"title": "Large", "body": "x" * 2**16}),
    step("thread of 1 MiB", "POST", SECTION, ALICE, json={"title": "Large", "body": "x" * 2**20}),
    step("thread of 2 MiB", "POST", SECTION, ALICE, text=_thread(MAX_BODY), headers=JSON),
    *(
        step(f"thread of more than 2 MiB as {name}", "POST", SECTION, *by, text=_thread(MAX_BODY + 1), headers=JSON)
        for name, by in CALLERS.items()
    ),
    *(
        step(
            f"large {method} {path} {'with' if headers else 'without'} type".replace("$", ""),
            method,
            path,
            text="x" * (MAX_BODY + 1),
            headers=headers,
        )
        for method, path, headers in (
            ("POST", USERS, JSON),
            ("POST", USERS, {}),
            ("PATCH", f"{USERS}/$user1", JSON),
            ("PUT", "/api/v1/auth/self", JSON),
            ("PUT", "/api/v1/clock", JSON),
            ("PUT", f"{USERS}/$user1/links/twinoid.com", JSON),
            ("POST", "/oauth/token", JSON),
            ("POST", "/actions/register", {"Content-Type": "application/x-www-form-urlencoded"}),
            ("POST", "/api/v1/job/jobs", JSON),
            ("POST", "/api/v1/oauth_clients", JSON),
        )
    ),
)
