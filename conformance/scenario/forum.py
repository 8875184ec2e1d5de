"""The forum: sections, threads, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.sign_in import log_in_again
from conformance.steps import authorization, basic, bearer, keeping, log_in, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.exchanges import Json
    from conformance.steps import Identity, Step

FORUM = "/api/v1/forum"
SECTION = f"{FORUM}/sections/main_fr"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ALICE, USER1, BOB, CHARLIE = session("alice"), session("user1"), session("bob"), session("charlie")
CLIENT = basic("python_client@clients", "dev_secret")

SECTIONS: Sequence[Step] = (
    step("forum sections", "GET", f"{FORUM}/sections"),
    step("forum sections as admin", "GET", f"{FORUM}/sections", ALICE),
    step("forum sections by token", "GET", f"{FORUM}/sections", bearer("$token")),
    step("forum sections with page", "GET", f"{FORUM}/sections?offset=10&limit=2"),
    step(
        "forum create section",
        "POST",
        f"{FORUM}/sections",
        ALICE,
        json={
            "key": "fresh",
            "display_name": "Fresh",
            "locale": None,
        },
    ),
    step("forum section by key", "GET", SECTION, main_fr="json:id"),
    step("forum section by id", "GET", f"{FORUM}/sections/$main_fr"),
    step("forum section as admin", "GET", SECTION, ALICE),
    step("forum section as user", "GET", SECTION, USER1),
    step("forum section by token", "GET", SECTION, bearer("$token")),
    step("forum section unknown key", "GET", f"{FORUM}/sections/nosuch"),
    step("forum section unknown id", "GET", f"{FORUM}/sections/{UNKNOWN}"),
    step("forum section malformed", "GET", f"{FORUM}/sections/No-Such"),
    step("forum section with slash", "GET", f"{SECTION}/"),
    step("forum section head", "HEAD", SECTION),
)


def _thread(name: str, *by: Identity, body: Json, section: str = SECTION, **keep: str) -> Step:
    return keeping(step(f"forum thread {name}", "POST", section, *by, json=body), **keep)


def _titled(title: Json) -> Json:
    return {"title": title, "body": "x"}


THREADS: Sequence[Step] = (
    _thread("as guest", body={"title": "Hello", "body": "**Hello** world"}),
    _thread("by token", bearer("$token"), body={"title": "By token", "body": "x"}),
    _thread("by client", CLIENT, body={"title": "By client", "body": "x"}),
    _thread(
        "first",
        USER1,
        body={"title": "Hello", "body": "**Hello** <b>x</b> https://eternaltwin.org/"},
        thread="json:id",
        first_post="json:posts.items.0.id",
        first_revision="json:posts.items.0.revisions.last.id",
    ),
    _thread("as admin", ALICE, body={"title": "Second", "body": "x"}, second_thread="json:id"),
    _thread("by id of section", BOB, body={"title": "Third", "body": "x"}, section=f"{FORUM}/sections/$main_fr"),
    _thread("by basic", basic("user1", "1234567891"), body={"title": "Fourth", "body": "x"}),
    _thread("empty title", USER1, body=_titled("")),
    _thread("title of one letter", USER1, body=_titled("a")),
    _thread("title of two letters", USER1, body=_titled("ab")),
    _thread("title of 64 letters", USER1, body=_titled("é" * 64)),
    _thread("title of 65 letters", USER1, body=_titled("é" * 65)),
    _thread("title with space first", USER1, body=_titled(" ab")),
    _thread("title with space last", USER1, body=_titled("ab ")),
    _thread("title of two lines", USER1, body=_titled("a\nb")),
    _thread("title with markup", USER1, body=_titled('<b> & "q" **x**')),
    _thread("title null", USER1, body=_titled(None)),
    _thread("without title", USER1, body={"body": "x"}),
    _thread("without body", USER1, body={"title": "No body"}),
    _thread("empty body", USER1, body={"title": "Empty body", "body": ""}),
    _thread("body null", USER1, body={"title": "Null body", "body": None}),
    _thread("null", USER1, body=None),
    _thread("guest with bad body", body={}),
    _thread("guest in unknown section", body={"title": "Hello", "body": "x"}, section=f"{FORUM}/sections/nosuch"),
    _thread("in malformed section", USER1, body={"title": "Hello", "body": "x"}, section=f"{FORUM}/sections/No-Such"),
    step("forum thread not json", "POST", SECTION, USER1, text="{", headers={"Content-Type": "application/json"}),
    step("forum thread as form", "POST", SECTION, USER1, form={"title": "Hello", "body": "x"}),
)

PAGES = (
    "offset=0&limit=2",
    "offset=2&limit=2",
    "offset=100",
    "limit=0",
    "limit=1000",
    "limit=4294967295",
    "limit=4294967296",
    "offset=-1",
    "limit=abc",
    "limit=",
    "offset=1.5",
    "limit=1&limit=2",
    "more=1",
)

PAGING: Sequence[Step] = (
    step("forum section after threads", "GET", SECTION),
    *(step(f"forum section page {page}", "GET", f"{SECTION}?{page}") for page in PAGES),
    step("forum get thread", "GET", f"{FORUM}/threads/$thread"),
    step("forum get thread as admin", "GET", f"{FORUM}/threads/$thread", ALICE),
    step("forum get thread by token", "GET", f"{FORUM}/threads/$thread", bearer("$token")),
    step("forum get thread unknown", "GET", f"{FORUM}/threads/{UNKNOWN}"),
    step("forum get thread malformed", "GET", f"{FORUM}/threads/No-Such"),
    step("forum get thread head", "HEAD", f"{FORUM}/threads/$thread"),
)

MANY: Sequence[Step] = (
    *(
        _thread(f"number {number}", USER1, body=_titled(f"Number {number}"), section=f"{FORUM}/sections/main_en")
        for number in range(1, 23)
    ),
    step("forum section of many threads", "GET", f"{FORUM}/sections/main_en"),
    step("forum section of many threads, second page", "GET", f"{FORUM}/sections/main_en?offset=20"),
    step("forum section of many threads, one page", "GET", f"{FORUM}/sections/main_en?limit=50"),
)


def _role(name: str, method: str, *by: Identity, body: Json, section: str = SECTION) -> Step:
    return step(f"forum {name}", method, f"{section}/role_grants", *by, json=body)


REF: Json = {"type": "User", "id": "$user1"}
BOB_REF: Json = {"type": "User", "id": "$bob"}

ROLES: Sequence[Step] = (
    _role("add moderator as guest", "POST", body=REF),
    _role("add moderator as user", "POST", USER1, body=REF),
    _role("add moderator by token", "POST", bearer("$token"), body=REF),
    _role("add unknown moderator", "POST", ALICE, body={"type": "User", "id": UNKNOWN}),
    _role("add unknown moderator as user", "POST", USER1, body={"type": "User", "id": UNKNOWN}),
    _role("add moderator without type", "POST", ALICE, body={"id": "$user1"}),
    _role("add moderator of wrong type", "POST", ALICE, body={"type": "Client", "id": "$user1"}),
    _role("add moderator with malformed id", "POST", ALICE, body={"type": "User", "id": "abc"}),
    _role("add moderator null", "POST", ALICE, body=None),
    _role("add moderator in malformed section", "POST", ALICE, body=REF, section=f"{FORUM}/sections/No-Such"),
    _role("add moderator", "POST", ALICE, body=REF),
    _role("add moderator again", "POST", ALICE, body=REF),
    _role("add administrator as moderator", "POST", ALICE, body={"type": "User", "id": "$alice"}),
    _role("add second moderator", "POST", ALICE, body=BOB_REF),
    _role("add moderator as moderator", "POST", USER1, body={"type": "User", "id": "$charlie"}),
    step("forum section with moderators", "GET", SECTION),
    step("forum section as moderator", "GET", SECTION, USER1),
    step("forum section as administrator and moderator", "GET", SECTION, ALICE),
    step("forum section by token of moderator", "GET", SECTION, bearer("$token")),
    step("forum sections as moderator", "GET", f"{FORUM}/sections", USER1),
    step("forum get thread as moderator", "GET", f"{FORUM}/threads/$thread", USER1),
    _role("remove moderator as guest", "DELETE", body=BOB_REF),
    _role("remove other moderator as moderator", "DELETE", USER1, body=BOB_REF),
    _role("remove moderator as user", "DELETE", CHARLIE, body=BOB_REF),
    _role("remove oneself as user", "DELETE", CHARLIE, body={"type": "User", "id": "$charlie"}),
    _role("remove unknown moderator", "DELETE", ALICE, body={"type": "User", "id": UNKNOWN}),
    _role("remove unknown moderator as user", "DELETE", CHARLIE, body={"type": "User", "id": UNKNOWN}),
    _role("remove moderator who is none", "DELETE", ALICE, body={"type": "User", "id": "$charlie"}),
    _role("remove moderator bad body", "DELETE", ALICE, body={}),
    _role("remove oneself as moderator", "DELETE", BOB, body=BOB_REF),
    _role("remove administrator as moderator", "DELETE", ALICE, body={"type": "User", "id": "$alice"}),
    step("forum role grants get", "GET", f"{SECTION}/role_grants", ALICE),
    step("forum section after roles", "GET", SECTION),
    step(
        "forum create section with internal key",
        "POST",
        f"{FORUM}/sections",
        authorization("Foo"),
        json={},
        headers={
            "Etwin-Internal-Auth": "dev",
        },
    ),
)

RENAMED: Sequence[Step] = (
    log_in("login dan", "dan", "dddddddddd", "dan"),
    _thread("by somebody who will change", session("dan"), body={"title": "By Dan", "body": "x"}, dans="json:id"),
    step(
        "patch display name of author", "PATCH", "/api/v1/users/$dan", session("dan"), json={"display_name": "Daniel"}
    ),
    step("forum get thread of renamed author", "GET", f"{FORUM}/threads/$dans"),
    step("delete author", "DELETE", "/api/v1/users/$dan", session("dan")),
    *log_in_again("deletion of an author"),
    step("forum get thread of deleted author", "GET", f"{FORUM}/threads/$dans"),
)

STEPS: Sequence[Step] = (*SECTIONS, *THREADS, *PAGING, *MANY, *ROLES, *RENAMED)
