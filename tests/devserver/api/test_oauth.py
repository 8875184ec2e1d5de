"""Sessions, codes and tokens: behaviour of the official server that the recordings do not contain."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.config import config_of, default_config
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.codes import Claims, CodeSigner, MalformedCodeError
from eternaltwin.devserver.services.world import World
from tests.support.asgi_server import Server, ServerResponse, basic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.domain.versions import ApiVersion

CALLBACK = "http://localhost:8000/oauth/callback"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(default_config("sdk")) as server:
        yield server


@pytest.fixture
def bob(server: Server) -> str:
    return server.world.open_session("bob")


def returned(response: ServerResponse) -> dict[str, str]:
    """Return the parameters that the callback receives."""
    assert response.status == 303, response
    return dict(parse_qsl(urlsplit(response.headers["location"]).query, keep_blank_values=True))


def whoami(server: Server, **options: Any) -> Any:
    response = server.get("/api/v1/auth/self", **options)
    assert response.status == 200
    return response.json


# --- a whole sign-in


def test_a_whole_sign_in(server: Server, bob: str) -> None:
    parameters = returned(server.authorize(bob, redirect_uri=CALLBACK, scope="base", state="s"))
    token = server.claim(parameters["code"]).json
    me = whoami(server, authorization=f"Bearer {token['access_token']}")
    assert parameters["state"] == "s"
    assert token == {"token_type": "Bearer", "access_token": token["access_token"], "expires_in": 1_000_000_000}
    assert (me["type"], me["user"]["display_name"]["current"]["value"]) == ("AccessToken", "Bob")
    assert me["client"]["key"] == "kingdom_dev@clients"


@pytest.mark.parametrize("state", ["a b&c=d#é+/", "", "x" * 3000, "~*'()!"])
def test_a_state_comes_back_as_it_was(server: Server, bob: str, state: str) -> None:
    assert returned(server.authorize(bob, state=state))["state"] == state


def test_a_code_is_never_the_same_twice(server: Server, bob: str) -> None:
    assert returned(server.authorize(bob))["code"] != returned(server.authorize(bob))["code"]


def test_a_game_may_be_named_by_its_id(server: Server, bob: str) -> None:
    client = server.world.client("kingdom_dev")
    code = returned(server.authorize(bob, client_id=str(client.id).upper()))["code"]
    for login in (str(client.id), f"{client.id}@clients", client.key):
        assert server.claim(code, login).status == 200


# --- malformed authorization requests


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"client_id": "a@clients"}, 422, "Q1002"),
        ({"client_id": "kingdom_dev"}, 422, "Q1002"),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, 422, "Q1004"),
        ({"redirect_uri": ""}, 422, "Q1003"),
        ({"redirect_uri": f"{CALLBACK}/"}, 422, "Q1003"),
        ({"scope": "BASE"}, 422, "Q1007"),
        ({"scope": "base,base"}, 422, "Q1007"),
        ({"scope": "x" * 200}, 422, "Q1007"),
    ],
)
def test_errors_of_the_request_are_not_redirected(
    server: Server, bob: str, fields: dict[str, str], status: int, code: str
) -> None:
    response = server.authorize(bob, **fields)
    assert (response.status, response.json["code"]) == (status, code)


def test_an_unknown_id_is_reported(server: Server, bob: str) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    assert server.authorize(bob, client_id=unknown).json["extra"] == {"oauth_client": {"Id": {"id": unknown}}}


def test_a_known_parameter_may_not_be_repeated(server: Server, bob: str) -> None:
    target = "/oauth/authorize?response_type=code&client_id=kingdom_dev%40clients&x=1&x=2"
    assert server.get(target, sid=bob).status == 303
    twice = server.get(f"{target}&state=a&state=b", sid=bob)
    assert (twice.status, twice.text) == (400, "Failed to deserialize query string: duplicate field `state`")


def test_guests_are_redirected_to_the_login_page(server: Server) -> None:
    target = "/oauth/authorize?x=%ff&y=a+b&z=%e9~*'()!"
    location = server.get(target).headers["location"]
    assert location == "/login?next=%2Foauth%2Fauthorize%3Fx%3D%25ff%26y%3Da%2Bb%26z%3D%25e9%7E*%27%28%29%21"
    assert parse_qs(urlsplit(location).query)["next"] == [target]
    assert server.get("/oauth/authorize").headers["location"] == "/login?next=%2Foauth%2Fauthorize"


@pytest.mark.parametrize(("api_version", "status"), [("latest", 403), ("0.16.4", 303)])
def test_a_user_who_must_accept_the_terms_does_so_first(api_version: ApiVersion, status: int) -> None:
    config = config_of({"seed": {"user": {"zoe": {"must_accept_terms": True}}}}, "Virtual")
    with Server(config, api_version=api_version) as server:
        zoe, bob = server.world.open_session("zoe"), server.world.open_session("bob")
        refusal = server.authorize(zoe)
        assert refusal.status == status
        if status == 403:
            assert (refusal.json["code"], refusal.json["extra"]) == ("Q1012", None)
        assert server.authorize(bob).status == 303
        assert server.request("POST", f"/api/v1/users/{server.world.user('zoe').id}/tos", sid=zoe).status == 200
        assert server.authorize(zoe).status == 303
        server.world.reset()
        assert server.authorize(server.world.open_session("zoe")).status == status


def test_a_user_who_owes_the_terms_gets_no_token_either() -> None:
    with Server(config_of({"seed": {"user": {"zoe": {"must_accept_terms": True}}}}, "Virtual")) as server:
        refusal = server.claim(server.world.authorization_code("zoe", "kingdom_dev"))
        assert (refusal.status, refusal.json["code"]) == (403, "Q1012")


def test_an_instance_caps_the_scopes_of_games() -> None:
    code = World(config_of(None)).authorization_code("bob", "kingdom_dev", "base forum:write")
    with Server(config_of({"backend": {"scopes": ["base"]}})) as server:
        sid = server.world.open_session("bob")
        refusals = [server.authorize(sid, scope="forum:write"), server.claim(code)]
        assert [(refusal.status, refusal.json["code"]) for refusal in refusals] == [(422, "Q1007")] * 2
        assert server.authorize(sid).status == 303
    with Server(config_of({"backend": {"scopes": ["forum:write"]}})) as server:
        assert server.claim(server.world.authorization_code("bob", "kingdom_dev", "base forum:write")).status == 200


def test_a_game_cannot_authorize_itself(server: Server) -> None:
    target = "/oauth/authorize?response_type=code&client_id=kingdom_dev%40clients"
    response = server.get(target, authorization=basic("kingdom_dev@clients", "dev"))
    assert (response.status, response.json["code"]) == (401, "Q0001")
    assert server.get(target, authorization=basic("bob", "b" * 10)).status == 303


# --- scopes


@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("", {"base"}),
        (" base  base ", {"base"}),
        ("\t", {"base"}),
        ("forum:write", {"base", "forum:write"}),
        ("base forum:write", {"base", "forum:write"}),
    ],
)
def test_scopes_are_stored_with_the_token(server: Server, bob: str, scope: str, granted: set[str]) -> None:
    code = returned(server.authorize(bob, scope=scope))["code"]
    token = server.claim(code).json
    assert set(token.get("scope", "base").split()) == granted
    holder = server.world.sign_in.holder_of_token(token["access_token"])
    assert holder is not None
    assert holder.scopes == granted


def test_the_released_server_knows_one_scope() -> None:
    with Server(api_version="0.16.4") as server:
        sid = server.world.open_session("bob")
        assert server.authorize(sid, scope="base").status == 303
        assert server.authorize(sid, scope="forum:write").json["code"] == "Q1007"


# --- codes


def test_a_code_is_valid_for_ten_minutes_on_the_servers_clock(server: Server) -> None:
    clock = server.world.clock
    assert isinstance(clock, VirtualClock)
    clock.set(clock.now().replace(microsecond=0))
    code = server.world.authorization_code("bob", "kingdom_dev")
    clock.advance(timedelta(minutes=10) - timedelta(milliseconds=1))
    assert server.claim(code).status == 200
    clock.advance(timedelta(milliseconds=1))
    late = server.claim(code)
    assert (late.status, late.json["code"]) == (422, "Q1011")
    assert late.json["extra"]["now"] == late.json["extra"]["period"]["end"]
    clock.advance(timedelta(minutes=-11))
    assert server.claim(code).json["code"] == "Q1011"


def test_a_code_is_for_one_game(server: Server) -> None:
    code = server.world.authorization_code("bob", "brute_dev")
    response = server.claim(code)
    registered = str(server.world.client("kingdom_dev").id)
    assert (response.status, response.json["code"], response.json["extra"]) == (
        403,
        "Q1009",
        {"registered": registered},
    )


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: object, payload: object, secret: bytes = b"dev") -> str:
    text = f"{part(json.dumps(header).encode())}.{part(json.dumps(payload).encode())}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), hashlib.sha256))}"


HS256 = {"alg": "HS256"}

MALFORMED = {
    "": "InvalidToken",
    "a.b": "InvalidToken",
    "a.b.c": "InvalidToken",
    "!!.!!.!!": "InvalidToken",
    "é.é.é": "InvalidToken",
    signed([], {}): "InvalidToken",
    signed({}, {}): "JSON error: missing field `alg` at line 1 column 2",
    signed({"alg": "none"}, {}): (
        "JSON error: unknown variant `none`, expected one of `HS256`, `HS384`, `HS512`, `ES256`, `ES384`, `RS256`,"
        " `RS384`, `RS512`, `PS256`, `PS384`, `PS512`, `EdDSA` at line 1 column 14"
    ),
    signed({"alg": 1}, {}): "JSON error: expected value at line 1 column 9",
    signed({"alg": "HS256", "kid": 1}, {}): "InvalidToken",
    signed({"alg": "HS512"}, {}): "InvalidAlgorithm",
    signed(HS256, {}, b"other"): "InvalidSignature",
    signed(HS256, {}): "InvalidToken",
    signed(HS256, {})[:-1]: "InvalidToken",
    signed(HS256, {}) + "=": "InvalidToken",
}


@pytest.mark.parametrize("code", MALFORMED)
def test_a_code_of_another_server_is_refused(server: Server, code: str) -> None:
    response = server.claim(code)
    assert (response.status, response.json["code"], response.json["extra"]) == (422, "Q1010", MALFORMED[code])


def test_a_forged_code_is_refused(server: Server) -> None:
    header, payload, signature = server.world.authorization_code("bob", "kingdom_dev").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["sub"] = str(server.world.user("alice").id)
    forged = f"{header}.{part(json.dumps(claims).encode())}.{signature}"
    assert server.claim(forged).json["extra"] == "InvalidSignature"


@given(st.text(max_size=60) | st.from_regex(r"[\w=-]*(\.[\w=-]*){2}", fullmatch=True))
def test_other_strings_are_no_codes(text: str) -> None:
    with pytest.raises(MalformedCodeError):
        CodeSigner("dev").read(text)


@given(secret=st.text(min_size=1), sub=st.uuids(), scopes=st.lists(st.text()), times=st.integers(-(2**62), 2**62))
def test_a_code_contains_what_was_signed(secret: str, sub: Any, scopes: list[str], times: int) -> None:
    signer = CodeSigner(secret)
    claims = Claims(aud=["x"], exp=times, iat=times, nbf=times, sub=sub, scopes=scopes)
    assert signer.read(signer.sign(claims)) == claims


# --- the token endpoint


@pytest.mark.parametrize(
    ("content_type", "body", "status", "problem"),
    [
        ("application/json", b'{"code": null}', 422, "Q1008"),
        ("application/json", b'{"code": 1}', 422, "failed to deserialize json body"),
        ("application/json", b'{"code": "\xff"}', 422, "failed to deserialize json body"),
        ("application/json; charset=utf-8", b"{}", 422, "Q1008"),
        ("application/x-www-form-urlencoded", b"", 422, "Q1008"),
        ("application/x-www-form-urlencoded", b"x=y", 422, "Q1008"),
        ("application/x-www-form-urlencoded", b"code=", 422, "Q1010"),
        ("application/x-www-form-urlencoded", b"code=a&code=b", 422, "failed to deserialize form body"),
        ("Application/JSON", b"{}", 415, "invalid `Content-Type`"),
        ("", b"{}", 415, "invalid `Content-Type`"),
    ],
)
def test_malformed_token_requests_are_refused(
    server: Server, content_type: str, body: bytes, status: int, problem: str
) -> None:
    response = server.request(
        "POST",
        "/oauth/token",
        body=body,
        headers={"content-type": content_type},
        authorization=basic("kingdom_dev@clients", "dev"),
    )
    assert response.status == status
    assert problem in response.text


def test_only_games_receive_tokens(server: Server) -> None:
    code = server.world.authorization_code("bob", "kingdom_dev")
    for authorization in (basic("bob", "b" * 10), basic("kingdom_dev@clients", "other"), "Bearer x", None):
        response = server.request("POST", "/oauth/token", json_body={"code": code}, authorization=authorization)
        assert (response.status, response.json["code"]) == (401, "Q0002")


def test_a_token_of_a_deleted_user_is_not_valid(server: Server) -> None:
    code = server.world.authorization_code("bob", "kingdom_dev")
    server.world.delete_user("bob")
    token = server.claim(code).json["access_token"]
    assert whoami(server, authorization=f"Bearer {token}")["type"] == "Guest"


def test_a_token_expires(server: Server) -> None:
    clock = server.world.clock
    assert isinstance(clock, VirtualClock)
    token = server.claim(server.world.authorization_code("bob", "kingdom_dev")).json["access_token"]
    clock.advance(1_000_000_000 - 0.001)
    assert whoami(server, authorization=f"Bearer {token.upper()}")["type"] == "AccessToken"
    clock.advance(0.001)
    assert whoami(server, authorization=f"Bearer {token}")["type"] == "Guest"


# --- credentials


def test_users_and_games_authenticate_with_basic_credentials(server: Server) -> None:
    bob, kingdom = server.world.user("bob"), server.world.client("kingdom_dev")
    password = "b" * 10
    for login in ("bob", "bob@users", str(bob.id), f"{bob.id}@users"):
        assert whoami(server, authorization=basic(login, password))["user"]["id"] == str(bob.id)
    for login in (kingdom.key, str(kingdom.id), f"{kingdom.id}@clients"):
        assert whoami(server, authorization=basic(login, "dev"))["client"]["id"] == str(kingdom.id)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"bob").decode(),
        "Basic " + base64.b64encode(b"\xff:").decode(),
        basic("A B", "x"),
        basic("bob@clients", "b" * 10),
        basic("kingdom_dev@users", "dev"),
        basic("nobody", "x"),
        "Bearer",
        "Bearer ",
        "Digest x",
    ],
)
def test_invalid_credentials_take_precedence_over_a_session(server: Server, bob: str, authorization: str) -> None:
    assert whoami(server, authorization=authorization, sid=bob) == {"type": "Guest", "scope": "Default"}


def test_schemes_are_case_insensitive(server: Server) -> None:
    assert whoami(server, authorization=basic("bob", "b" * 10).replace("Basic", "bASIC"))["type"] == "User"


def test_the_last_session_cookie_counts(server: Server, bob: str) -> None:
    for cookie in (f"a=b; sid={bob}; c", f"sid=zzz; sid={bob.upper()}", f"sid={bob.replace('-', '')}"):
        assert whoami(server, headers={"cookie": cookie})["type"] == "User"
    assert whoami(server, headers={"cookie": f"sid={bob}; sid="})["type"] == "Guest"


def test_a_user_without_a_password_cannot_log_in(server: Server) -> None:
    server.world.add_user("zoe")
    assert whoami(server, authorization=basic("zoe", ""))["type"] == "Guest"
    assert server.request("PUT", "/api/v1/auth/self", json_body={"login": "zoe", "password": ""}).status == 400


@pytest.mark.parametrize(
    ("query", "problem"),
    [("method=", "unknown variant ``, expected `Etwin`"), ("method=Etwin&method=Etwin", "duplicate field `method`")],
)
def test_an_unknown_login_method_is_refused(server: Server, query: str, problem: str) -> None:
    response = server.request("PUT", f"/api/v1/auth/self?{query}", json_body={"login": "bob", "password": "00"})
    assert (response.status, response.text) == (400, f"Failed to deserialize query string: {problem}")


@pytest.mark.parametrize(
    ("login", "error"),
    [
        ("a@b.c", "failed raw login"),
        ("00000000-0000-4000-8000-000000000000", "malformed login"),
        ("", "malformed login"),
    ],
)
def test_an_unknown_login_is_refused(server: Server, login: str, error: str) -> None:
    response = server.request("PUT", "/api/v1/auth/self", json_body={"login": login, "password": "00"})
    assert (response.status, response.json) == (400, {"error": error})


# --- the callback


def test_the_callback_always_refuses(server: Server) -> None:
    assert server.get("/oauth/callback").text == "Failed to deserialize query string: missing field `code`"
    assert server.get("/oauth/callback?code=a").text == "Failed to deserialize query string: missing field `state`"
    response = server.get("/oauth/callback?code=a&state=%22%0a%C3%A9%7f%5c")
    assert (response.status, response.text) == (422, 'invalid state "\\"\\né\\u{7f}\\\\"')
