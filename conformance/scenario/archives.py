"""Archived accounts of Motion Twin's games, and links to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import basic, bearer, register, session, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.exchanges import Json
    from conformance.steps import Identity, Step

ARCHIVE = "/api/v1/archive"
PATHS = (
    "dinoparc/dinoparc.com/users/1",
    "dinoparc/en.dinoparc.com/users/1",
    "dinoparc/sp.dinoparc.com/users/1",
    "dinoparc/nope.com/users/1",
    "dinoparc/dinoparc.com/users/0",
    "dinoparc/dinoparc.com/users/999999999",
    "dinoparc/dinoparc.com/users/1000000000",
    "dinoparc/dinoparc.com/users/abc",
    "dinoparc/dinoparc.com/users/-1",
    "dinoparc/dinoparc.com/users/01",
    "dinoparc/dinoparc.com/dinoz/1",
    "dinoparc/en.dinoparc.com/dinoz/1",
    "dinoparc/nope.com/dinoz/1",
    "dinoparc/dinoparc.com/dinoz/abc",
    "dinoparc/dinoparc.com/users",
    "hammerfest/hammerfest.fr/users/127",
    "hammerfest/hfest.net/users/127",
    "hammerfest/hammerfest.es/users/127",
    "hammerfest/nope.com/users/127",
    "hammerfest/hammerfest.fr/users/abc",
    "hammerfest/hammerfest.fr/users/0",
    "hammerfest/hammerfest.fr/users/10000000000",
    "twinoid/users/1",
    "twinoid/users/0",
    "twinoid/users/abc",
    "twinoid/users/10000000000",
    "twinoid/users/1/scores",
    "twinoid/users/abc/scores",
    "twinoid/users/1/rewards/1",
    "twinoid/users/1/rewards/abc",
    "twinoid/users/1/rewards",
    "nope/users/1",
)

READING: Sequence[Step] = (
    *(step(f"archive {path}", "GET", f"{ARCHIVE}/{path}") for path in PATHS),
    step("archive as session", "GET", f"{ARCHIVE}/twinoid/users/1", session("user1")),
    step("archive head", "HEAD", f"{ARCHIVE}/twinoid/users/1"),
)

ALICE, USER1 = session("alice"), session("user1")


def _link(name: str, user: str, site: str, *by: Identity, body: Json) -> Step:
    return step(f"link {name}", "PUT", f"/api/v1/users/${user}/links/{site}", *by, json=body)


def _unlink(name: str, user: str, site: str, *by: Identity, body: Json) -> Step:
    return step(f"unlink {name}", "DELETE", f"/api/v1/users/${user}/links/{site}", *by, json=body)


DINOPARC: Json = {"method": "Ref", "dinoparc_user_id": "1"}
HAMMERFEST: Json = {"method": "Ref", "hammerfest_user_id": "127"}
TWINOID: Json = {"method": "Ref", "twinoid_user_id": "1"}
TWINOID_REF: Json = {"type": "TwinoidUser", "id": "1"}
HAMMERFEST_REF: Json = {"type": "HammerfestUser", "server": "hammerfest.fr", "id": "127"}
DINOPARC_REF: Json = {"type": "DinoparcUser", "server": "dinoparc.com", "id": "1"}

LINKING: Sequence[Step] = (
    register("register for links", "linked", "Linked", "llllllllll"),
    register("register for twinoid", "linked_too", "Linked Too", "llllllllll"),
    _link("as guest", "linked", "twinoid.com", body=TWINOID),
    _link("oneself", "linked", "twinoid.com", session("linked"), body=TWINOID),
    _link("by token", "user1", "twinoid.com", bearer("$token"), body=TWINOID),
    _link("by client", "user1", "twinoid.com", basic("python_client@clients", "dev_secret"), body=TWINOID),
    _link("unknown site", "linked", "nope.com", ALICE, body={"method": "Ref"}),
    _link("unknown method", "linked", "twinoid.com", ALICE, body={"method": "Zzz"}),
    _link(
        "by password",
        "linked",
        "hammerfest.fr",
        session("linked"),
        body={
            "method": "Credentials",
            "hammerfest_server": "hammerfest.fr",
            "hammerfest_username": "elseabora",
            "hammerfest_password": "00",
        },
    ),
    _link("without method", "linked", "twinoid.com", ALICE, body={}),
    _link("null", "linked", "twinoid.com", ALICE, body=None),
    _link("id is a number", "linked", "twinoid.com", ALICE, body={"method": "Ref", "twinoid_user_id": 1}),
    _link("id malformed", "linked", "twinoid.com", ALICE, body={"method": "Ref", "twinoid_user_id": "abc"}),
    _link("ids of another site", "linked", "dinoparc.com", ALICE, body=TWINOID),
    step("link malformed user", "PUT", "/api/v1/users/abc/links/twinoid.com", ALICE, json=TWINOID),
    step("link not json", "PUT", "/api/v1/users/$linked/links/twinoid.com", ALICE, text="{"),
    _unlink("as guest", "linked", "twinoid.com", body=TWINOID_REF),
    _unlink("other", "linked", "twinoid.com", USER1, body=TWINOID_REF),
    _unlink("by token", "user1", "twinoid.com", bearer("$token"), body=TWINOID_REF),
    _unlink("unknown twinoid", "linked", "twinoid.com", session("linked"), body=TWINOID_REF),
    _unlink("unknown hammerfest", "linked", "hammerfest.fr", session("linked"), body=HAMMERFEST_REF),
    _unlink("unknown dinoparc", "linked", "dinoparc.com", session("linked"), body=DINOPARC_REF),
    _unlink("unknown twinoid as admin", "linked", "twinoid.com", ALICE, body=TWINOID_REF),
    _unlink("unknown site", "linked", "nope.com", ALICE, body=TWINOID_REF),
    _unlink("bad body", "linked", "twinoid.com", ALICE, body={}),
    _unlink("body of another site", "linked", "twinoid.com", ALICE, body=HAMMERFEST_REF),
    step("unlink without body", "DELETE", "/api/v1/users/$linked/links/twinoid.com", ALICE),
    step("link get", "GET", "/api/v1/users/$linked/links/twinoid.com", ALICE),
    step("links get", "GET", "/api/v1/users/$linked/links", ALICE),
    step("get user before links", "GET", "/api/v1/users/$linked"),
)

BREAKING: Sequence[Step] = (
    _link("hammerfest unknown there", "linked", "hammerfest.fr", ALICE, body=HAMMERFEST),
    step("get user after unknown hammerfest", "GET", "/api/v1/users/$linked"),
    _link("dinoparc unknown there", "linked", "dinoparc.com", ALICE, body=DINOPARC),
    step("get user after unknown dinoparc", "GET", "/api/v1/users/$linked"),
    step("self after unknown dinoparc", "GET", "/api/v1/auth/self", session("linked")),
    _link("twinoid unknown there", "linked_too", "twinoid.com", ALICE, body=TWINOID),
    step("get user after unknown twinoid", "GET", "/api/v1/users/$linked_too"),
    step("self after unknown twinoid", "GET", "/api/v1/auth/self", session("linked_too")),
    _link("twinoid again", "linked_too", "twinoid.com", ALICE, body=TWINOID),
    _link("twinoid to a second user", "user1", "twinoid.com", ALICE, body=TWINOID),
    _link(
        "second twinoid to a user", "linked_too", "twinoid.com", ALICE, body={"method": "Ref", "twinoid_user_id": "2"}
    ),
    _unlink("twinoid as other", "linked_too", "twinoid.com", USER1, body=TWINOID_REF),
    _unlink("twinoid", "linked_too", "twinoid.com", ALICE, body=TWINOID_REF),
    step("get user after unlinking", "GET", "/api/v1/users/$linked_too"),
    _unlink("twinoid again", "linked_too", "twinoid.com", ALICE, body=TWINOID_REF),
    step("delete user with unknown dinoparc", "DELETE", "/api/v1/users/$linked", ALICE),
    step(
        "link unknown user",
        "PUT",
        "/api/v1/users/00000000-0000-4000-8000-000000000000/links/twinoid.com",
        ALICE,
        json={
            "method": "Ref",
            "twinoid_user_id": "3",
        },
    ),
)

#: The bodies that create and remove a link to an account of the remaining sites.
OTHERS: Mapping[str, tuple[Json, Json]] = {
    **{
        site: (DINOPARC, {"type": "DinoparcUser", "server": site, "id": "1"})
        for site in ("en.dinoparc.com", "sp.dinoparc.com")
    },
    **{
        site: (HAMMERFEST, {"type": "HammerfestUser", "server": site, "id": "127"})
        for site in ("hfest.net", "hammerfest.es")
    },
}


def _at_site(site: str, linking: Json, unlinking: Json) -> Sequence[Step]:
    user = "linked_elsewhere"
    return (
        _link(f"{site} as guest", user, site, body=linking),
        _link(f"{site} by ids of another site", user, site, ALICE, body=TWINOID),
        _unlink(f"{site} unknown", user, site, ALICE, body=unlinking),
        _unlink(f"{site} by another site", user, site, ALICE, body=TWINOID_REF),
        _link(f"{site} unknown there", user, site, ALICE, body=linking),
        step(f"get user after unknown {site}", "GET", f"/api/v1/users/${user}"),
        _unlink(site, user, site, ALICE, body=unlinking),
        step(f"get user after unlinking {site}", "GET", f"/api/v1/users/${user}"),
    )


ELSEWHERE: Sequence[Step] = (
    register("register for other sites", "linked_elsewhere", "Linked Elsewhere", "llllllllll"),
    *(item for site, bodies in OTHERS.items() for item in _at_site(site, *bodies)),
)

STEPS: Sequence[Step] = (*READING, *LINKING, *BREAKING, *ELSEWHERE)
