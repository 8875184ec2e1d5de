"""Identities: guests, sessions, tokens, credentials and games, and the errors when they are refused."""

from __future__ import annotations

import copy
import pickle
from base64 import b64decode
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest

import eternaltwin
from eternaltwin import User, identities
from eternaltwin.clients.api import client as client_module
from eternaltwin.connections import async_connections, connections
from eternaltwin.enums import AuthorizationType
from eternaltwin.exceptions import (
    AuthenticationError,
    EternalTwinError,
    ForbiddenError,
    InvalidArgumentError,
    RequestError,
    ServerError,
    TLSError,
    UnexpectedResponseError,
)
from eternaltwin.identities import GameClient, Guest, Session, UserCredentials
from eternaltwin.tokens import Token
from tests.support.fakes import ALICE, CLIENT_ID, SECRET, TOKEN, full_user, json_response, short_user
from tests.support.variants import credentials, recorded, sent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.identities import Identifiable
    from eternaltwin.responses import Response
    from tests.support.variants import Variant

SID = "ef105c9c-e0e2-4418-9092-8fbc315c3ed2"
PASSWORD = "pässword with: colon"


def player(token: Token | None) -> User:
    return User(ALICE, "Alice", None, None, None, token)


IDENTITIES: Mapping[str, tuple[Identifiable | None, dict[str, str]]] = {
    "nobody": (None, {}),
    "guest": (Guest(), {}),
    "session": (Session(SID), {"Cookie": f"sid={SID}"}),
    "token": (Token.bearer(TOKEN), {"Authorization": f"Bearer {TOKEN}"}),
    "user with a token": (player(Token.bearer(TOKEN)), {"Authorization": f"Bearer {TOKEN}"}),
    "credentials": (UserCredentials("alice", "secret"), {"Authorization": "Basic YWxpY2U6c2VjcmV0"}),
    "game": (GameClient("game@clients", "secret"), {"Authorization": "Basic Z2FtZUBjbGllbnRzOnNlY3JldA=="}),
}


@pytest.mark.parametrize(
    "identifier", ["", "a b", "a;b", "a,b", 'a"b', "a\\b", f"{SID}\r\nX-Other: field", "\x7f", "é", None]
)
def test_an_invalid_session(identifier: object) -> None:
    with pytest.raises(InvalidArgumentError, match="cookie sid") as caught:
        Session(cast("str", identifier))
    assert not identifier or str(identifier) not in str(caught.value)


def test_every_value_of_a_cookie_may_be_a_session() -> None:
    identifier = "".join(char for char in map(chr, range(0x21, 0x7F)) if char not in '",;\\')
    assert dict(Session(identifier).credentials.headers) == {"Cookie": f"sid={identifier}"}


@pytest.mark.parametrize("name", IDENTITIES)
def test_users_are_read_with_every_identity(variant: Variant, name: str) -> None:
    identity, headers = IDENTITIES[name]
    script = variant.script(
        json_response(200, full_user()),
        json_response(200, {"offset": 0, "limit": 20, "count": 1, "items": [full_user()]}),
    )
    script.accepting()
    variant.call(User, "get", ALICE, identity=identity)
    variant.call(User, "search", "a", identity=identity)
    variant.call(User, "count", identity=identity)
    variant.collect(User, "iterate", identity=identity)
    assert [credentials(request) for request in script.requests] == [headers] * 4
    assert [credentials(request) for request in script.questions] == ([headers] if headers else [])


@pytest.mark.parametrize("name", IDENTITIES)
def test_no_secret_is_in_a_repr(name: str) -> None:
    identity, _ = IDENTITIES[name]
    for secret in (SID, TOKEN, "secret"):
        assert secret not in repr(identity)


@pytest.mark.parametrize("name", IDENTITIES)
def test_no_secret_is_in_an_error(variant: Variant, name: str) -> None:
    identity, headers = IDENTITIES[name]
    echo = f"{headers} secret {SID} {TOKEN}".encode()
    variant.script(json_response(422, echo, [("content-type", "text/plain")]))
    with pytest.raises(RequestError) as failure:
        variant.call(User, "get", ALICE, identity=identity)
    for value in headers.values():
        assert value.rpartition(" ")[2].removeprefix("sid=") not in str(failure.value)


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_are_values(name: str) -> None:
    identity, _ = IDENTITIES[name]
    assert copy.deepcopy(identity) == copy.copy(identity) == identity
    if not isinstance(identity, Token):
        assert pickle.loads(pickle.dumps(identity)) == identity


def test_sessions_are_equal_by_their_id() -> None:
    assert Session(SID) == Session(SID, player(None))
    assert hash(Session(SID)) == hash(Session(SID, player(None)))
    assert Session(SID) != Session(TOKEN)


@pytest.mark.parametrize("identity", ["alice", 5, player(None), object()])
def test_an_invalid_identity(variant: Variant, identity: object) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="or a User with a token"):
        variant.call(User, "get", ALICE, identity=identity)
    assert script.requests == []


@pytest.mark.parametrize(
    ("username", "password"), [("", "x"), ("a:b", "x"), ("a\r\nb", "x"), ("\ud800", "x"), ("alice", ""), (5, "x")]
)
def test_credentials_that_cannot_be_sent(username: str, password: str) -> None:
    for kind in (UserCredentials, GameClient):
        with pytest.raises(InvalidArgumentError) as failure:
            kind(username, password)
        assert "x" not in str(failure.value).split()


def test_credentials_in_any_script(variant: Variant) -> None:
    script = variant.script(json_response(200, full_user()))
    variant.call(User, "get", ALICE, identity=UserCredentials("zoé", PASSWORD))
    encoded = script.requests[0].headers["Authorization"].removeprefix("Basic ")
    assert b64decode(encoded).decode() == f"zoé:{PASSWORD}"


def test_the_game_of_a_connection(variant: Variant) -> None:
    variant.script(json_response())
    game = GameClient.of_connection()
    assert game == GameClient(CLIENT_ID, SECRET)
    assert SECRET not in repr(game)


def test_clients_take_identities_too(variant: Variant) -> None:
    script = variant.script(json_response(200, full_user())).accepting()
    registry = connections if variant.is_sync else async_connections
    client = registry["default"]
    for owner, name, arguments in (
        (client, "get", ("/api/v1",)),
        (client, "post", ("/api/v1",)),
        (client.users, "me", ()),
        (client.users, "get", (ALICE,)),
        (client.users, "search", ()),
    ):
        _client_call(variant, owner, name, *arguments, identity=Session(SID))
        with pytest.raises(InvalidArgumentError, match="either token or identity"):
            _client_call(variant, owner, name, *arguments, token=TOKEN, identity=Session(SID))
    sent = [request.headers.get("Cookie") for request in (*script.requests, *script.questions)]
    assert sent == [f"sid={SID}"] * 6


def _client_call(variant: Variant, owner: object, name: str, *args: object, **kwargs: object) -> None:
    import asyncio

    async def wait() -> None:
        await getattr(owner, name)(*args, **kwargs)

    if variant.is_sync:
        getattr(owner, name)(*args, **kwargs)
    else:
        asyncio.run(wait())


# --- sessions


def test_logging_in(variant: Variant) -> None:
    script = variant.script(recorded("login user1"))
    session = cast("Session", variant.call(Session, "login", "user1", "1234567891"))
    body = {"login": "user1", "password": "31323334353637383931"}
    assert sent(script.requests[0]) == ("PUT", "/api/v1/auth/self?method=Etwin", body)
    assert session == Session(SID)
    assert session.user is not None
    assert (session.user.username, session.user.is_administrator) == ("user1", False)
    assert SID not in repr(session)


def test_logging_in_with_a_password_in_any_script(variant: Variant) -> None:
    script = variant.script(recorded("login user1"))
    variant.call(Session, "login", "user1", "pä")
    assert sent(script.requests[0])[2] == {"login": "user1", "password": "70c3a4"}


@pytest.mark.parametrize("name", ["login unknown user", "login bad password", "login malformed name", "login deleted"])
def test_a_refused_login(variant: Variant, name: str) -> None:
    variant.script(recorded(name))
    with pytest.raises(AuthenticationError, match="there is no such user, or the password is wrong") as failure:
        variant.call(Session, "login", "user1", "wrongwrong")
    assert failure.value.server_message in ("failed raw login", "malformed login")


def test_a_login_that_fails_otherwise(variant: Variant) -> None:
    variant.script(json_response(418))
    with pytest.raises(RequestError, match="418") as failure:
        variant.call(Session, "login", "user1", "password")
    assert type(failure.value) is RequestError


@pytest.mark.parametrize("cookies", [[], ["sid=; HttpOnly"], ["other=1"], ["xsid=a"], ["sid=a b"]])
def test_a_login_without_a_session(variant: Variant, cookies: list[str]) -> None:
    variant.script(json_response(200, full_user(), [("Set-Cookie", cookie) for cookie in cookies]))
    with pytest.raises(UnexpectedResponseError, match="opened no session"):
        variant.call(Session, "login", "user1", "password")


def test_a_session_among_other_cookies(variant: Variant) -> None:
    cookies = ["lang=fr; Path=/", "sid=a1-b2; HttpOnly; Path=/", "theme=dark"]
    variant.script(json_response(200, full_user(), [("Set-Cookie", cookie) for cookie in cookies]))
    assert variant.call(Session, "login", "alice", "password").identifier == "a1-b2"


def test_passwords_are_not_shown_when_the_server_echoes_them(variant: Variant) -> None:
    variant.script(
        json_response(422, b"you sent opensesame, that is 6f70656e736573616d65", [("content-type", "text/plain")])
    )
    with pytest.raises(RequestError) as failure:
        variant.call(Session, "login", "user1", "opensesame")
    assert "opensesame" not in str(failure.value)
    assert "6f70656e736573616d65" not in str(failure.value)


def test_registering(variant: Variant) -> None:
    script = variant.script(recorded("register"))
    session = variant.call(Session, "register", "newbie", "Newbie", "nnnnnnnnnn")
    body = {"username": "newbie", "display_name": "Newbie", "password": "6e" * 10}
    assert sent(script.requests[0]) == ("POST", "/api/v1/users", body)
    assert session.identifier == "042e7fdc-f38e-40af-a4f6-8aeba726f7a8"
    assert session.user.username == "Newbie"


def test_registering_a_name_that_is_taken(variant: Variant) -> None:
    variant.script(recorded("register duplicate"))
    with pytest.raises(ServerError, match="when the username is taken"):
        variant.call(Session, "register", "newbie", "Newbie2", "nnnnnnnnnn")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("New Bie", "Newbie", "x"), "username must be"),
        (("n", "Newbie", "x"), "username must be"),
        (("1newbie", "Newbie", "x"), "username must be"),
        (("n" * 33, "Newbie", "x"), "username must be"),
        (("newbie\n", "Newbie", "x"), "username must be"),
        ((5, "Newbie", "x"), "username must be"),
        (("newbie", "N", "x"), "display_name must be"),
        (("newbie", "N" * 65, "x"), "display_name must be"),
        (("newbie", "1Newbie", "x"), "display_name must be"),
        (("newbie", " Newbie", "x"), "display_name must be"),
        (("newbie", "(Newbie", "x"), "display_name must be"),
        (("newbie", "Newbie ", "x"), "display_name must be"),
        (("newbie", "New-bie", "x"), "display_name must be"),
        (("newbie", "Newbie٣", "x"), "display_name must be"),
        (("newbie", None, "x"), "display_name must be"),
        (("newbie", "Newbie", ""), "password must be"),
        (("newbie", "Newbie", b"bytes"), "password must be"),
        (("newbie", "Newbie", "\udfff"), "password must be"),
    ],
)
def test_malformed_registrations(variant: Variant, arguments: tuple[object, ...], message: str) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(Session, "register", *arguments)
    assert script.requests == []


@pytest.mark.parametrize("display_name", ["Zoé", "Дима 2", "_(x)", "李雷", "N" * 64, "ab"])
def test_display_names_in_any_script(variant: Variant, display_name: str) -> None:
    script = variant.script(recorded("register"))
    variant.call(Session, "register", "newbie", display_name, "x")
    assert cast("dict[str, str]", sent(script.requests[0])[2])["display_name"] == display_name


def test_logging_out(variant: Variant) -> None:
    script = variant.script(recorded("logout"))
    assert variant.call(Session(SID), "logout") is None
    assert sent(script.requests[0]) == ("DELETE", "/api/v1/auth/self", None)
    assert script.requests[0].headers["Cookie"] == f"sid={SID}"


# --- the error for a 403


FORBIDDEN = {"error": "forbidden"}
GUEST = {"type": "Guest", "scope": "Default"}


def accept_terms(variant: Variant, identity: Identifiable | None) -> None:
    from eternaltwin import accounts

    variant.call(accounts, "accept_terms_of_service", ALICE, identity=identity)


def test_the_error_of_a_guest_mentions_the_identity(variant: Variant) -> None:
    script = variant.script(json_response(403, FORBIDDEN))
    with pytest.raises(ForbiddenError, match="sent without credentials, since there was no `identity`"):
        accept_terms(variant, None)
    assert len(script.requests) == 1


@pytest.mark.parametrize("name", ["session", "token", "credentials", "game"])
def test_credentials_that_are_no_longer_valid(variant: Variant, name: str) -> None:
    identity, headers = IDENTITIES[name]
    script = variant.script(json_response(403, FORBIDDEN), json_response(200, GUEST))
    with pytest.raises(AuthenticationError, match="is not valid, or no longer valid"):
        accept_terms(variant, identity)
    assert sent(script.requests[1]) == ("GET", "/api/v1/auth/self", None)
    assert credentials(script.requests[1]) == headers


@pytest.mark.parametrize(
    "myself",
    [json_response(200, {"type": "User", "user": short_user()}), json_response(500), json_response(200, b"<html>")],
)
def test_a_caller_without_permission(variant: Variant, myself: Response) -> None:
    script = variant.script(json_response(403, FORBIDDEN), myself)
    with pytest.raises(ForbiddenError, match="403 Forbidden: forbidden"):
        accept_terms(variant, Session(SID))
    assert len(script.requests) == 2


AS_GUEST = json_response(200, {"type": "Guest", "scope": "Default"})

#: What the message calls the credentials of each identity.
NAMES = {
    "session": "the session",
    "token": "the access token",
    "user with a token": "the access token",
    "credentials": "the password of 'alice'",
    "game": "the client_secret of 'game@clients'",
}


@pytest.mark.parametrize("name", NAMES)
def test_credentials_that_are_not_accepted_are_named_also_where_a_guest_may_read(variant: Variant, name: str) -> None:
    identity, headers = IDENTITIES[name]
    script = variant.script(json_response(200, full_user()), AS_GUEST)
    with pytest.raises(AuthenticationError, match=f"{NAMES[name]} is not valid, or no longer valid$") as caught:
        variant.call(User, "get", ALICE, identity=identity)
    assert [request.target for request in script.requests] == [f"/api/v1/users/{ALICE}", "/api/v1/auth/self"]
    assert [credentials(request) for request in script.requests] == [headers] * 2
    assert caught.value.response.status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_credentials_that_are_refused_are_named(variant: Variant, name: str) -> None:
    identity, _ = IDENTITIES[name]
    variant.script(json_response(401, {"error": "unauthorized"}))
    with pytest.raises(AuthenticationError, match=f"the call was sent with {NAMES[name]}$"):
        variant.call(User, "get", ALICE, identity=identity)


def test_credentials_are_asked_about_once_a_minute(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    script = variant.script(json_response(200, full_user())).accepting()
    for now in (1000.0, 1059.9, 1060.0, 1061.0):
        monkeypatch.setattr(client_module, "monotonic", partial(float, now))
        variant.call(User, "get", ALICE, identity=Session(SID))
    assert (len(script.requests), len(script.questions)) == (4, 2)
    variant.call(User, "get", ALICE, identity=Session(f"{SID}2"))
    assert len(script.questions) == 3


def test_the_oldest_of_very_many_credentials_are_forgotten(variant: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MAX_ACCEPTED", 2)
    script = variant.script(json_response(200, full_user())).accepting()
    for number in (1, 2, 3, 2, 3, 1):
        variant.call(User, "get", ALICE, identity=Session(f"{SID}{number}"))
    assert [request.headers["Cookie"][-1] for request in script.questions] == ["1", "2", "3", "1"]


@pytest.mark.parametrize("answer", [json_response(500), json_response(200, {"no": "caller"}), TLSError("broken")])
def test_credentials_that_nothing_is_known_about_are_no_failure(
    variant: Variant, answer: Response | EternalTwinError
) -> None:
    script = variant.script(json_response(200, full_user()), answer, json_response(200, full_user()), AS_GUEST)
    assert variant.call(User, "get", ALICE, identity=Session(SID)).identifier == ALICE
    with pytest.raises(AuthenticationError):
        variant.call(User, "get", ALICE, identity=Session(SID))
    assert len(script.requests) == 4


def test_guests_and_calls_that_accept_any_status_are_one_request(variant: Variant) -> None:
    script = variant.script(json_response(200, full_user()))
    variant.call(User, "get", ALICE, identity=Guest())
    registry = connections if variant.is_sync else async_connections
    _client_call(variant, registry["default"], "get", "/api/v1", False, identity=Session(SID))
    assert len(script.requests) == 2


def test_whoami_is_the_identity_that_the_server_sees(variant: Variant) -> None:
    script = variant.script(recorded("self with access token"))
    seen = variant.call(identities, "whoami", identity=Token.bearer(TOKEN))
    assert (seen.type, seen.type == AuthorizationType.ACCESSTOKEN, seen.is_guest) == ("AccessToken", True, False)
    assert (seen.scope, seen.client.key, type(seen.user)) == ("Default", "python_client@clients", User)
    assert seen.user.is_administrator is None
    assert [request.target for request in script.requests] == ["/api/v1/auth/self"]
    assert credentials(script.requests[0]) == {"Authorization": f"Bearer {TOKEN}"}


def test_whoami_of_a_session_knows_whether_the_user_is_an_administrator(variant: Variant) -> None:
    variant.script(recorded("self with session"))
    seen = variant.call(identities, "whoami", identity=Session(SID))
    assert (seen.type, seen.client, seen.user.is_administrator) == ("User", None, False)


@pytest.mark.parametrize("name", ["nobody", "guest", *NAMES])
def test_whoami_of_credentials_that_are_not_accepted_is_a_guest(variant: Variant, name: str) -> None:
    script = variant.script(json_response(200, {"type": "Guest"}))
    seen = variant.call(identities, "whoami", identity=IDENTITIES[name][0])
    assert seen == identities.CallerInfo("Guest", None, None, None)
    assert seen.is_guest
    assert len(script.requests) == 1


def test_whoami_is_importable_from_the_package() -> None:
    assert (eternaltwin.whoami, eternaltwin.awhoami) == (identities.whoami, identities.awhoami)


NO_CLIENTS = [Session(SID), Token.bearer(TOKEN), player(None), 5, User, object(), ["default"], b"default"]


@pytest.mark.parametrize("using", NO_CLIENTS)
def test_what_cannot_be_a_connection_is_refused(variant: Variant, using: object) -> None:
    variant.script(json_response(200, full_user()))
    with pytest.raises(InvalidArgumentError, match="using must be the alias of a connection, a client, or None"):
        variant.call(User, "get", ALICE, using)
    with pytest.raises(InvalidArgumentError, match="using must be the alias of a connection, a client, or None"):
        User.start_authorization(using=cast("str", using))


@pytest.mark.parametrize("identity", [player(None), 5, User, Guest, object(), [Guest()], b"token", TOKEN, "alice"])
def test_what_cannot_be_an_identity_is_refused(variant: Variant, identity: object) -> None:
    script = variant.script(json_response(200, full_user()))
    with pytest.raises(InvalidArgumentError, match=r"identity must be a Guest.*or a User with a token") as caught:
        variant.call(User, "get", ALICE, identity=identity)
    assert ("Token.bearer(...)" in str(caught.value)) is isinstance(identity, str)
    assert TOKEN not in str(caught.value)
    assert script.requests == []
