"""Accounts: read, register, change, delete, restore, terms of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.scenario.sign_in import log_in_again
from conformance.steps import basic, bearer, hexadecimal, log_in, register, session, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.exchanges import Json
    from conformance.steps import Identity, Step

USERS = "/api/v1/users"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
ALICE, USER1, CHARLIE = session("alice"), session("user1"), session("charlie")
CLIENT = basic("python_client@clients", "dev_secret")

READING: Sequence[Step] = (
    step("get user as guest", "GET", f"{USERS}/$user1"),
    step("get user self session", "GET", f"{USERS}/$user1", USER1),
    step("get user other session", "GET", f"{USERS}/$user2", USER1),
    step("get user by token", "GET", f"{USERS}/$user1", bearer("$token")),
    step("get other user by token", "GET", f"{USERS}/$alice", bearer("$token")),
    step("get user by client", "GET", f"{USERS}/$user1", CLIENT),
    step("get user by basic", "GET", f"{USERS}/$user1", basic("user1", "1234567891")),
    step("get user as admin", "GET", f"{USERS}/$user1", ALICE),
    step("get administrator as guest", "GET", f"{USERS}/$alice"),
    step("get user unknown", "GET", f"{USERS}/{UNKNOWN}"),
    step("get user unknown as admin", "GET", f"{USERS}/{UNKNOWN}", ALICE),
    step("get user nil", "GET", f"{USERS}/00000000-0000-0000-0000-000000000000"),
    step("get user malformed", "GET", f"{USERS}/abc"),
    step("get user without hyphens", "GET", f"{USERS}/00000000000040008000000000000000"),
    step("get user in braces", "GET", f"{USERS}/%7B{UNKNOWN}%7D"),
    step("get user as urn", "GET", f"{USERS}/urn:uuid:{UNKNOWN}"),
    step("get user with escapes", "GET", f"{USERS}/..%2Fauth%2Fself"),
    step("get user with slash", "GET", f"{USERS}/$user1/"),
    step("get user with query", "GET", f"{USERS}/$user1?time=2020-01-01T00:00:00.000Z&fields=short"),
    step("get user head", "HEAD", f"{USERS}/$user1"),
    step("get user by name", "GET", f"{USERS}/user1"),
    step("search not supported by 0.16.4", "GET", f"{USERS}?q=user&limit=20&offset=0"),
    step("search head", "HEAD", USERS),
)


def _registration(name: str, **body: Json) -> Step:
    full: dict[str, Json] = {"username": "fresh", "display_name": "Fresh", "password": hexadecimal("ffffffffff")}
    return step(f"register {name}", "POST", USERS, json={k: v for k, v in (full | body).items() if v != "-"})


REGISTERING: Sequence[Step] = (
    register("register", "newbie", "Newbie", "nnnnnnnnnn"),
    step("self after registration", "GET", "/api/v1/auth/self", session("newbie")),
    _registration("duplicate", username="newbie"),
    _registration("duplicate of a seed", username="alice"),
    register("register duplicate display name", "twin", "Newbie", "tttttttttt"),
    _registration("username with capitals", username="New Bie"),
    _registration("username of one letter", username="a"),
    _registration("username too long", username="a" * 33),
    _registration("username with digit first", username="1abc"),
    _registration("username null", username=None),
    _registration("without username", username="-"),
    _registration("display name of one letter", display_name="A"),
    _registration("display name too long", display_name="A" * 65),
    _registration("display name with digit first", display_name="1Fresh"),
    _registration("display name with space last", display_name="Fresh "),
    _registration("display name with markup", display_name="<b>Fresh</b>"),
    _registration("without display name", display_name="-"),
    _registration("without password", password="-"),
    _registration("password null", password=None),
    _registration("password not hex", password="zz"),
    _registration("by e-mail token", username="-", email_token="abc"),
    step("register nothing", "POST", USERS, json={}),
    step("register null", "POST", USERS, json=None),
    step("register not json", "POST", USERS, text="{", headers={"Content-Type": "application/json"}),
    step("register as form", "POST", USERS, form={"username": "formed", "display_name": "Formed", "password": "31"}),
    register("register longest names", "a" * 32, "A" * 64, "x"),
    register("register shortest names", "a_", "É_", ""),
    register("register letters of many scripts", "scripts", "Ünïcøde (日本) Ж_9", "ssssssssss"),
    log_in("login with empty password", "a_", "", "shortest"),
    log_in("login newbie", "newbie", "nnnnnnnnnn", "newbie"),
)


def _patch(name: str, user: str, *by: Identity, body: Mapping[str, Json]) -> Step:
    return step(f"patch {name}", "PATCH", f"{USERS}/${user}", *by, json=dict(body))


NEWBIE, TWIN = session("newbie"), session("twin")
PASSWORD = hexadecimal("changed-it")

CHANGING: Sequence[Step] = (
    _patch("nothing", "newbie", NEWBIE, body={}),
    _patch("unknown field", "newbie", NEWBIE, body={"colour": "red"}),
    _patch("display name", "newbie", NEWBIE, body={"display_name": "Newbie Two"}),
    _patch("display name again (locked)", "newbie", NEWBIE, body={"display_name": "Newbie Three"}),
    _patch("display name locked, to the same", "newbie", NEWBIE, body={"display_name": "Newbie Two"}),
    _patch("display name locked, by admin", "newbie", ALICE, body={"display_name": "Newbie Four"}),
    _patch("display name by admin", "twin", ALICE, body={"display_name": "Twin One"}),
    _patch("display name null", "twin", TWIN, body={"display_name": None}),
    _patch("display name invalid", "twin", TWIN, body={"display_name": "1"}),
    _patch("display name taken by other", "scripts", session("scripts"), body={"display_name": "Twin One"}),
    _patch("username soon after registration", "twin", TWIN, body={"username": "twin_two"}),
    _patch("username soon after registration, by admin", "twin", ALICE, body={"username": "twin_two"}),
    _patch("username invalid", "twin", TWIN, body={"username": "No Name"}),
    _patch("username null", "twin", TWIN, body={"username": None}),
    _patch("password soon after registration", "twin", TWIN, body={"password": PASSWORD}),
    _patch("password soon after registration, by admin", "twin", ALICE, body={"password": PASSWORD}),
    _patch("password not hex", "twin", TWIN, body={"password": "zz"}),
    _patch("password null", "twin", TWIN, body={"password": None}),
    _patch("several fields, one locked", "charlie", CHARLIE, body={"display_name": "Charles", "username": "charles"}),
    step("get user after refused patch", "GET", f"{USERS}/$charlie", CHARLIE),
    _patch("forbidden", "alice", NEWBIE, body={"display_name": "Hacked"}),
    _patch("guest", "newbie", body={"display_name": "Hacked"}),
    _patch("by token", "user1", bearer("$token"), body={"display_name": "Hacked"}),
    _patch("by client", "user1", CLIENT, body={"display_name": "Hacked"}),
    _patch("by basic", "bob", basic("bob", "bbbbbbbbbb"), body={"display_name": "Bobby"}),
    step("patch unknown user", "PATCH", f"{USERS}/{UNKNOWN}", USER1, json={"display_name": "Nobody"}),
    step("patch unknown user as admin", "PATCH", f"{USERS}/{UNKNOWN}", ALICE, json={"display_name": "Nobody"}),
    step("patch malformed id", "PATCH", f"{USERS}/abc", ALICE, json={"display_name": "Nobody"}),
    step("patch null", "PATCH", f"{USERS}/$twin", TWIN, json=None),
    step("patch list", "PATCH", f"{USERS}/$twin", TWIN, json=[]),
    step("patch not json", "PATCH", f"{USERS}/$twin", TWIN, text="{", headers={"Content-Type": "application/json"}),
    step("patch without content type", "PATCH", f"{USERS}/$twin", TWIN, text="{}"),
    step("patch guest with bad body", "PATCH", f"{USERS}/$twin", json={"display_name": 1}),
    step("self after new display name", "GET", "/api/v1/auth/self", NEWBIE),
    step("get user after new display name", "GET", f"{USERS}/$newbie"),
)

TERMS: Sequence[Step] = (
    step("tos get", "GET", f"{USERS}/$newbie/tos", NEWBIE),
    step("tos get guest", "GET", f"{USERS}/$newbie/tos"),
    step("tos get by token", "GET", f"{USERS}/$user1/tos", bearer("$token")),
    step("tos get other", "GET", f"{USERS}/$newbie/tos", USER1),
    step("tos get as admin", "GET", f"{USERS}/$newbie/tos", ALICE),
    step("tos get unknown", "GET", f"{USERS}/{UNKNOWN}/tos", USER1),
    step("tos get unknown as admin", "GET", f"{USERS}/{UNKNOWN}/tos", ALICE),
    step("tos get malformed", "GET", f"{USERS}/abc/tos", ALICE),
    step("tos accept guest", "POST", f"{USERS}/$newbie/tos"),
    step("tos accept other", "POST", f"{USERS}/$newbie/tos", USER1),
    step("tos accept as admin", "POST", f"{USERS}/$newbie/tos", ALICE),
    step("tos accept by token", "POST", f"{USERS}/$user1/tos", bearer("$token")),
    step("tos accept unknown", "POST", f"{USERS}/{UNKNOWN}/tos", ALICE),
    step("tos accept", "POST", f"{USERS}/$newbie/tos", NEWBIE),
    step("tos accept again", "POST", f"{USERS}/$newbie/tos", NEWBIE),
    step("tos get accepted", "GET", f"{USERS}/$newbie/tos", NEWBIE),
)

DELETING: Sequence[Step] = (
    step("delete guest", "DELETE", f"{USERS}/$newbie"),
    step("delete forbidden", "DELETE", f"{USERS}/$newbie", USER1),
    step("delete by token", "DELETE", f"{USERS}/$user1", bearer("$token")),
    step("delete unknown", "DELETE", f"{USERS}/{UNKNOWN}", USER1),
    step("delete unknown as admin", "DELETE", f"{USERS}/{UNKNOWN}", ALICE),
    step("delete malformed", "DELETE", f"{USERS}/abc", ALICE),
    step("restore guest", "DELETE", f"{USERS}/$newbie/deleted_at"),
    step("restore unknown as admin", "DELETE", f"{USERS}/{UNKNOWN}/deleted_at", ALICE),
    step("restore what is not deleted", "DELETE", f"{USERS}/$newbie/deleted_at", ALICE),
    step("delete self", "DELETE", f"{USERS}/$newbie", NEWBIE),
    step("self after deletion", "GET", "/api/v1/auth/self", NEWBIE),
    step("self after deletion by basic", "GET", "/api/v1/auth/self", basic("newbie", "nnnnnnnnnn")),
    step("get deleted", "GET", f"{USERS}/$newbie"),
    step("get deleted as admin", "GET", f"{USERS}/$newbie", ALICE),
    step("get deleted as self", "GET", f"{USERS}/$newbie", NEWBIE),
    step("get deleted head", "HEAD", f"{USERS}/$newbie"),
    log_in("login deleted", "newbie", "nnnnnnnnnn", "gone"),
    step("self of others after a deletion", "GET", "/api/v1/auth/self", USER1),
    *log_in_again("a deletion"),
    _registration("name of a deleted user", username="newbie"),
    step("patch deleted as admin", "PATCH", f"{USERS}/$newbie", ALICE, json={}),
    step("tos of deleted as admin", "GET", f"{USERS}/$newbie/tos", ALICE),
    step("delete again as admin", "DELETE", f"{USERS}/$newbie", ALICE),
    step("delete again as other", "DELETE", f"{USERS}/$newbie", USER1),
    step("delete other as admin", "DELETE", f"{USERS}/$twin", ALICE),
    step("self of other deleted as admin", "GET", "/api/v1/auth/self", TWIN),
    step("self of others after a deletion by admin", "GET", "/api/v1/auth/self", USER1),
    *log_in_again("a deletion by admin"),
    step("restore as other", "DELETE", f"{USERS}/$newbie/deleted_at", USER1),
    step("restore as admin", "DELETE", f"{USERS}/$newbie/deleted_at", ALICE),
    step("get restored", "GET", f"{USERS}/$newbie"),
)

TOKEN_OF_DELETED: Sequence[Step] = (
    step("delete user2", "DELETE", f"{USERS}/$user2", ALICE),
    *log_in_again("deletion of user2"),
    step("self with token of deleted user", "GET", "/api/v1/auth/self", bearer("$user2_token")),
    step(
        "token for code of deleted user",
        "POST",
        "/oauth/token",
        CLIENT,
        json={"grant_type": "authorization_code", "code": "$user2_code"},
    ),
)

STEPS: Sequence[Step] = (*READING, *REGISTERING, *CHANGING, *TERMS, *DELETING, *TOKEN_OF_DELETED)
