"""Identities: guests, sessions, names and passwords, clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.steps import authorization, basic, bearer, cookie, hexadecimal, log_in, session, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.steps import Step

SELF = "/api/v1/auth/self"
LOGIN = f"{SELF}?method=Etwin"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
JSON_TYPE = {"Content-Type": "application/json"}

GUESTS: Sequence[Step] = (
    step("self as guest", "GET", SELF),
    step("self with unknown bearer", "GET", SELF, bearer(UNKNOWN)),
    step("self with malformed bearer", "GET", SELF, bearer("not-a-uuid")),
    step("self with empty bearer", "GET", SELF, bearer("")),
    step("self with bearer of json", "GET", SELF, bearer("[1]")),
    step("self with malformed authorization", "GET", SELF, authorization("Foo bar")),
    step("self with empty authorization", "GET", SELF, authorization("")),
    step("self with unreadable basic", "GET", SELF, authorization("Basic %%%")),
    step("self with bad cookie", "GET", SELF, cookie("sid=zzz")),
    step("self with unknown cookie", "GET", SELF, cookie(f"sid={UNKNOWN}")),
    step("self with empty cookie", "GET", SELF, cookie("sid=")),
)

LOGINS: Sequence[Step] = (
    log_in("login alice (admin)", "alice", "aaaaaaaaaa", "alice"),
    log_in("login user1", "user1", "1234567891", "user1"),
    log_in("login user2", "user2", "1234567891", "user2"),
    log_in("login bob", "bob", "bbbbbbbbbb", "bob"),
    step(
        "login without method",
        "PUT",
        SELF,
        json={"login": "charlie", "password": hexadecimal("cccccccccc")},
        charlie_session="cookie:sid",
        charlie="json:id",
    ),
    log_in("login with suffix", "user1@users", "1234567891", "suffixed"),
    log_in("login with e-mail address", "nobody@example.com", "1234567891", "mailed"),
    log_in("login upper case", "USER1", "1234567891", "upper"),
    log_in("login unknown user", "nosuchuser", "xxxxxxxxxx", "nobody"),
    log_in("login bad password", "user1", "wrongwrong", "nobody"),
    log_in("login malformed name", "Bad Name!", "wrongwrong", "nobody"),
    log_in("login empty name", "", "wrongwrong", "nobody"),
    log_in("login empty password", "user1", "", "nobody"),
    step("login by id", "PUT", LOGIN, json={"login": "$user1", "password": hexadecimal("1234567891")}),
    step("login password not hex", "PUT", LOGIN, json={"login": "user1", "password": "zz"}),
    step("login password of odd length", "PUT", LOGIN, json={"login": "user1", "password": "313"}),
    step("login password upper case hex", "PUT", LOGIN, json={"login": "user1", "password": "3132333435363738393F"}),
    step("login password null", "PUT", LOGIN, json={"login": "user1", "password": None}),
    step("login name is a number", "PUT", LOGIN, json={"login": 1, "password": "31"}),
    step("login missing password", "PUT", LOGIN, json={"login": "user1"}),
    step("login missing fields", "PUT", LOGIN, json={}),
    step("login list", "PUT", LOGIN, json=[]),
    step("login null", "PUT", LOGIN, json=None),
    step("login bad method", "PUT", f"{SELF}?method=Nope", json={"login": "user1", "password": "00"}),
    step("login empty method", "PUT", f"{SELF}?method=", json={"login": "user1", "password": "00"}),
    step("login method twice", "PUT", f"{LOGIN}&method=Etwin", json={"login": "user1", "password": "00"}),
    step("login not json", "PUT", SELF, text="{", headers=JSON_TYPE),
    step("login no body", "PUT", SELF, text="", headers=JSON_TYPE),
    step("login without content type", "PUT", SELF, text="{}"),
    step("login as form", "PUT", SELF, form={"login": "user1", "password": "31323334353637383931"}),
    step(
        "login json with charset", "PUT", SELF, text="{}", headers={"Content-Type": "application/json; charset=utf-8"}
    ),
    step("login json by suffix", "PUT", SELF, text="{}", headers={"Content-Type": "application/merge-patch+json"}),
    step(
        "login with further fields",
        "PUT",
        LOGIN,
        json={"login": "user1", "password": hexadecimal("1234567891"), "more": 1},
    ),
)

IDENTITIES: Sequence[Step] = (
    step("self with session", "GET", SELF, session("user1")),
    step("self with session of administrator", "GET", SELF, session("alice")),
    step("self with upper case session", "GET", SELF, cookie("a=b; sid=$user1_session; c=d")),
    step("self with user basic", "GET", SELF, basic("user1", "1234567891")),
    step("self with user basic @users", "GET", SELF, basic("user1@users", "1234567891")),
    step("self with user basic by id", "GET", SELF, basic("$user1", "1234567891")),
    step("self with user basic by id @users", "GET", SELF, basic("$user1@users", "1234567891")),
    step("self with user basic bad password", "GET", SELF, basic("user1", "wrong")),
    step("self with user basic empty password", "GET", SELF, basic("user1", "")),
    step("self with user basic unknown name", "GET", SELF, basic("nosuchuser", "1234567891")),
    step("self with user basic malformed name", "GET", SELF, basic("No Such", "1234567891")),
    step("self with user basic of administrator", "GET", SELF, basic("alice", "aaaaaaaaaa")),
    step(
        "self with client basic",
        "GET",
        SELF,
        basic("python_client@clients", "dev_secret"),
        python_client="json:client.id",
    ),
    step("self with client basic by id", "GET", SELF, basic("$python_client", "dev_secret")),
    step("self with client basic by id @clients", "GET", SELF, basic("$python_client@clients", "dev_secret")),
    step("self with client basic without suffix", "GET", SELF, basic("python_client", "dev_secret")),
    step("self with client bad secret", "GET", SELF, basic("python_client@clients", "nope")),
    step("self with unknown client", "GET", SELF, basic("nosuch@clients", "dev_secret")),
    step("self with built-in client", "GET", SELF, basic("kingdom_dev@clients", "dev"), kingdom="json:client.id"),
    step("self with lower case basic", "GET", SELF, authorization("basic dXNlcjE6MTIzNDU2Nzg5MQ==")),
    step("self with basic and session", "GET", SELF, basic("user2", "1234567891"), session("user1")),
    step("self with bad basic and session", "GET", SELF, basic("user2", "wrong"), session("user1")),
    step("self with bad bearer and session", "GET", SELF, bearer("not-a-uuid"), session("user1")),
    step("self with foreign scheme and session", "GET", SELF, authorization("Foo bar"), session("user1")),
)

LOGOUT: Sequence[Step] = (
    log_in("login user1 again", "user1", "1234567891", "second"),
    step("logout", "DELETE", SELF, session("second")),
    step("self after logout with old cookie", "GET", SELF, session("second")),
    step("logout as guest", "DELETE", SELF),
    step("logout with bad cookie", "DELETE", SELF, cookie("sid=zzz")),
    step(
        "login while logged in",
        "PUT",
        LOGIN,
        session("user1"),
        json={"login": "user2", "password": hexadecimal("1234567891")},
    ),
)


def log_in_again(occasion: str) -> Sequence[Step]:
    """Log all users in again: the official memory store removes the sessions of others when a user is deleted."""
    passwords = {"alice": "aaaaaaaaaa", "user1": "1234567891", "bob": "bbbbbbbbbb", "charlie": "cccccccccc"}
    return tuple(log_in(f"login {name} after {occasion}", name, password, name) for name, password in passwords.items())


STEPS: Sequence[Step] = (*GUESTS, *LOGINS, *IDENTITIES, *LOGOUT)
