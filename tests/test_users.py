"""Users: signing players in, and reading their profiles, over a scripted transport, in both variants."""

from __future__ import annotations

import inspect
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin import User, configure
from eternaltwin.clients.validation.accounts import check_user_id
from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import (
    AuthenticationError,
    ForbiddenError,
    InvalidArgumentError,
    InvalidStateError,
    NotFoundError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)
from eternaltwin.states import State
from eternaltwin.tokens import Token
from tests.support.fakes import (
    ALICE,
    CALLBACK,
    CLIENT_ID,
    KEY,
    SECRET,
    SETTINGS,
    TOKEN,
    URL,
    FakeTransport,
    changed_settings,
    full_user,
    json_response,
    self_response,
    token_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.variants import Variant


class Player(User):
    """A subclass of a game."""


def new_state() -> str:
    return State.new(f"{URL}/", KEY).jwt


def test_start_authorization_sends_the_player_to_the_server(variant: Variant) -> None:
    variant.script(json_response())
    state, url = User.start_authorization()
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{URL}/oauth/authorize"
    assert parse_qsl(parts.query) == [
        ("response_type", "code"),
        ("access_type", "offline"),
        ("client_id", CLIENT_ID),
        ("scope", "base"),
        ("state", state),
        ("redirect_uri", CALLBACK),
    ]
    assert State.from_jwt(state, f"{URL}/", KEY).exp > 0


def test_start_authorization_accepts_expiration_nonce_and_scopes(variant: Variant) -> None:
    variant.script(json_response())
    state, url = User.start_authorization(60, "mine", scope=["base", "forum:write"])
    read = State.from_jwt(state, f"{URL}/", KEY)
    assert (read.exp - read.iat, read.nonce) == (60, "mine")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "base forum:write"


@pytest.mark.parametrize("scope", ["", " ", [], ["a b"], ['"'], 5, [5]])
def test_an_invalid_scope_is_refused(variant: Variant, scope: Any) -> None:
    variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="scope must be"):
        User.start_authorization(scope=scope)


def test_the_browser_is_sent_to_the_public_address() -> None:
    configure(default={**SETTINGS, "url": "http://eternaltwin:50320", "public_url": "http://localhost:50320"})
    state, url = User.start_authorization()
    assert url.startswith("http://localhost:50320/oauth/authorize?")
    assert State.from_jwt(state, "http://localhost:50320/", KEY).as_ == "http://localhost:50320/"
    configure()


def test_a_code_is_exchanged_for_a_user_with_a_token(variant: Variant) -> None:
    script = variant.script(token_response(), self_response())
    state = new_state()
    user = variant.call(Player, "from_authorization_code", "the-code", state, state)
    assert type(user) is Player
    assert (user.identifier, user.username) == (ALICE, "Alice")
    assert (user.is_administrator, user.created_at, user.deleted_at) == (None, None, None)
    assert user.token == Token(access_token=TOKEN, expires_in=10**9, token_type="Bearer")
    assert user.is_authenticated
    exchange, self_request = script.requests
    assert (exchange.method, exchange.target) == ("POST", "/oauth/token")
    assert dict(parse_qsl((exchange.body or b"").decode())) == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": CALLBACK,
    }
    assert exchange.headers["Authorization"].startswith("Basic ")
    assert not exchange.is_idempotent
    assert (self_request.method, self_request.target) == ("GET", "/api/v1/auth/self")
    assert self_request.headers == {"User-Agent": "eternaltwin-python/2.0.0", "Authorization": f"Bearer {TOKEN}"}


def test_the_state_is_validated_before_anything_is_sent(variant: Variant) -> None:
    script = variant.script(json_response())
    for callback, expected in (("forged", None), (new_state(), new_state()), (None, None), (new_state(), "é")):
        with pytest.raises(InvalidStateError):
            variant.call(Player, "from_authorization_code", "code", callback, expected)
    assert script.requests == []


def test_a_state_of_another_connection_is_refused_mix_up(variant: Variant) -> None:
    script = variant.script(json_response())
    foreign = State.new("http://other.test/", KEY).jwt
    with pytest.raises(InvalidStateError, match=f"Expected authorization server {URL}/"):
        variant.call(Player, "from_authorization_code", "code", foreign)
    assert script.requests == []


@pytest.mark.parametrize("code", ["", "a\r\nb", "é", "x" * 4097, None, 7, b"code"])
def test_a_malformed_code_is_not_sent(variant: Variant, code: object) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match="authorization_code must be"):
        variant.call(Player, "from_authorization_code", code, new_state())
    assert script.requests == []


def test_a_code_that_the_server_refuses(variant: Variant) -> None:
    refusal = {"code": "Q1009", "message": "code audience does not match authenticated client", "extra": None}
    script = variant.script(json_response(403, refusal))
    with pytest.raises(ForbiddenError, match="Q1009 code audience does not match") as caught:
        variant.call(Player, "from_authorization_code", "the-code", new_state())
    assert caught.value.code == "Q1009"
    assert len(script.requests) == 1


def test_a_code_is_never_sent_twice(variant: Variant) -> None:
    script = variant.script(json_response(503, {"error": "no"}), retries=2)
    with pytest.raises(Exception, match="503"):
        variant.call(Player, "from_authorization_code", "the-code", new_state())
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"token_type": "mac"},
        {"access_token": ""},
        {"access_token": "a b"},
        {"access_token": "a\nb"},
        {"access_token": None},
        {"expires_in": 10**400},
        {"expires_in": -1},
        {"expires_in": "soon"},
    ],
)
def test_a_token_that_cannot_be_used_is_refused(variant: Variant, changes: dict[str, object]) -> None:
    variant.script(token_response(**changes))
    with pytest.raises(UnexpectedResponseError):
        variant.call(Player, "from_authorization_code", "the-code", new_state())


def test_optional_and_unknown_fields_of_a_token(variant: Variant) -> None:
    bare = json_response(200, {"token_type": "bearer", "access_token": TOKEN, "new": {"field": 1}})
    variant.script(bare, self_response())
    token = variant.call(Player, "from_authorization_code", "the-code", new_state()).token
    assert (token.expires_in, token.expiration, token.refresh_token, token.scope) == (None, None, None, None)
    assert not token.has_expired()
    variant.script(token_response(refresh_token="next", scope="base"), self_response())
    token = variant.call(Player, "from_authorization_code", "the-code", new_state()).token
    assert (token.refresh_token, token.scope) == ("next", "base")


@pytest.mark.parametrize("token", [TOKEN, Token(access_token=TOKEN, expires_in=60, token_type="Bearer")])
def test_a_token_is_read_as_the_user_it_was_issued_for(variant: Variant, token: Token | str) -> None:
    variant.script(self_response())
    user = variant.call(Player, "from_token", token)
    assert type(user) is Player
    assert user.identifier == ALICE
    assert user.token == Token.bearer(TOKEN)


def test_a_token_that_is_not_valid_any_more(variant: Variant) -> None:
    variant.script(json_response(200, {"type": "Guest", "scope": "Default"}))
    with pytest.raises(AuthenticationError, match="no longer valid") as caught:
        variant.call(Player, "from_token", TOKEN)
    assert caught.value.response.status_code == 200
    assert TOKEN not in str(caught.value)


def test_a_game_may_be_named_by_its_id_in_either_case(variant: Variant) -> None:
    variant.script(self_response(), client_id="B9E0D783-C9CB-4B80-8746-832EF3095770")
    assert variant.call(Player, "from_token", TOKEN).username == "Alice"


def test_a_client_of_the_other_variant_cannot_be_used(variant: Variant) -> None:
    other = async_connections if variant.is_sync else connections
    other["other"] = SETTINGS
    with pytest.raises(InvalidArgumentError, match="using is the"):
        variant.call(Player, "get", ALICE, using=other["other"])


def test_a_token_that_was_issued_to_another_game_is_refused(variant: Variant) -> None:
    variant.script(self_response("other@clients"))
    with pytest.raises(AuthenticationError, match="was not issued to this game"):
        variant.call(Player, "from_token", TOKEN)


def test_a_token_without_a_game_is_refused(variant: Variant) -> None:
    body = json.loads(self_response().content)
    del body["client"]
    variant.script(json_response(200, body))
    with pytest.raises(AuthenticationError, match="was not issued to this game"):
        variant.call(Player, "from_token", TOKEN)


def test_a_game_may_be_known_by_its_uuid(variant: Variant) -> None:
    script = variant.script(self_response())
    registry: Any = connections if variant.is_sync else async_connections
    registry["default"] = changed_settings(client_id="b9e0d783-c9cb-4b80-8746-832ef3095770", transport=script)
    assert variant.call(Player, "from_token", TOKEN).identifier == ALICE


@pytest.mark.parametrize("kind", ["OauthClient", "SomethingNew"])
def test_a_token_without_a_user_is_refused(variant: Variant, kind: str) -> None:
    variant.script(json_response(200, {"type": kind, "scope": "Default"}))
    with pytest.raises(UnexpectedResponseError, match="not one of a user"):
        variant.call(Player, "from_token", TOKEN)


def test_a_caller_of_a_new_type_with_a_user_is_accepted(variant: Variant) -> None:
    body = json.loads(self_response().content)
    variant.script(json_response(200, {**body, "type": "BetterToken", "more": []}))
    assert variant.call(Player, "from_token", TOKEN).username == "Alice"


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "é", None, 5])
def test_a_malformed_token_is_not_sent(variant: Variant, token: object) -> None:
    script = variant.script(self_response())
    with pytest.raises(InvalidArgumentError, match="token must be"):
        variant.call(Player, "from_token", token)
    assert script.requests == []


def test_a_user_by_id(variant: Variant) -> None:
    script = variant.script(json_response(200, full_user()))
    user = variant.call(Player, "get", ALICE)
    assert type(user) is Player
    assert (user.identifier, user.username, user.is_administrator) == (ALICE, "Alice", True)
    assert user.created_at == datetime(2026, 11, 24, 7, 16, 5, 302_000, tzinfo=UTC)
    assert user.deleted_at is None
    assert user.token is None
    assert not user.is_authenticated
    assert script.requests[0].target == f"/api/v1/users/{ALICE}"
    assert script.requests[0].headers.keys() == {"User-Agent"}


@pytest.mark.parametrize("user_id", [ALICE.upper(), UUID(ALICE), ALICE.replace("-", ""), UUID(ALICE).hex.upper()])
def test_ids_are_normalized(variant: Variant, user_id: object) -> None:
    script = variant.script(json_response(200, full_user(identifier=ALICE.upper())))
    assert variant.call(Player, "get", user_id).identifier == ALICE
    assert script.requests[0].target == f"/api/v1/users/{ALICE}"


@pytest.mark.parametrize(
    "user_id",
    [
        "",
        "Alice",
        "../auth/self",
        f"{ALICE}\r\n",
        f"{ALICE}/tos",
        f" {ALICE}",
        f"{{{ALICE}}}",
        f"urn:uuid:{ALICE}",
        ALICE.replace("-", "", 1),
        ALICE.replace("f", "\uff46"),
        "f" * 10_000,
        None,
        5,
        ALICE.encode(),
    ],
)
def test_a_malformed_id_is_not_sent(variant: Variant, user_id: object) -> None:
    script = variant.script(json_response(200, full_user()))
    with pytest.raises(InvalidArgumentError, match="user_id must be a UUID"):
        variant.call(Player, "get", user_id)
    assert script.requests == []


@pytest.mark.parametrize(
    ("user_id", "shown"),
    [
        ("Demurgos", "not 'Demurgos' (is this a display name? User.find finds it)"),
        ("a\nb", "not 'a b' (is this a display name? User.find finds it)"),
        ("x" * 64, f"not {'x' * 64!r} (is this a display name? User.find finds it)"),
        ("x" * 65, "not a string of 65 characters"),
        (None, "not an object of type NoneType"),
        (User(ALICE, "Alice", None, None, None), "not an object of type User"),
    ],
)
def test_the_message_about_a_malformed_id_says_what_was_given(variant: Variant, user_id: object, shown: str) -> None:
    variant.script(json_response(200, full_user()))
    with pytest.raises(InvalidArgumentError) as caught:
        variant.call(User, "get", user_id)
    assert str(caught.value) == f"user_id must be a UUID, such as '9f310484-963b-446b-af69-797feec6813f', {shown}"


@given(st.uuids(), st.booleans(), st.booleans(), st.booleans())
def test_every_form_of_an_id_names_the_same_user(number: UUID, has_dashes: bool, is_upper: bool, is_text: bool) -> None:
    text = str(number) if has_dashes else number.hex
    given_id = (text.upper() if is_upper else text) if is_text else number
    assert check_user_id(given_id) == str(number)


def test_a_deleted_user_is_a_user(variant: Variant) -> None:
    variant.script(json_response(410, full_user(deleted_at="2026-11-24T07:16:11.251Z")))
    user = variant.call(Player, "get", ALICE)
    assert user.deleted_at == datetime(2026, 11, 24, 7, 16, 11, 251_000, tzinfo=UTC)


def test_an_unknown_user(variant: Variant) -> None:
    variant.script(json_response(404, {"error": "user not found"}))
    with pytest.raises(NotFoundError, match="404 Not Found: user not found"):
        variant.call(Player, "get", ALICE)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "did not send JSON"),
        (b"", "did not send JSON"),
        (b'{"display_name": {"current": {"value": "\xff\xfe"}}}', "did not send JSON"),
        (b'{"news": ' + b"[" * 100_000, "nested too deeply"),
        (b"[]", "JSON of another shape"),
        (b"null", "JSON of another shape"),
        (json.dumps({**full_user(), "id": 5}).encode(), "JSON of another shape"),
        (json.dumps({**full_user(), "id": "../self"}).encode(), "JSON of another shape"),
        (json.dumps({**full_user(), "created_at": "yesterday"}).encode(), "JSON of another shape"),
        (json.dumps({**full_user(), "display_name": "Alice"}).encode(), "JSON of another shape"),
    ],
)
def test_responses_that_are_not_a_user(variant: Variant, body: bytes, message: str) -> None:
    variant.script(json_response(200, body))
    with pytest.raises(UnexpectedResponseError, match=message) as caught:
        variant.call(Player, "get", ALICE)
    assert caught.value.response is not None
    assert caught.value.response.content == body
    assert caught.value.__context__ is None


def test_unknown_fields_and_values_are_accepted(variant: Variant) -> None:
    variant.script(json_response(200, {**full_user(), "type": "SuperUser", "badges": [1, {"a": None}]}))
    assert variant.call(Player, "get", ALICE).username == "Alice"


def listing(*names: str, count: int | None = None, offset: int = 0) -> dict[str, object]:
    items = [full_user(name, f"00000000-0000-4000-8000-{int(name, 36):012x}") for name in names]
    return {"offset": offset, "limit": 20, "count": len(names) if count is None else count, "items": items}


def test_search_returns_users(variant: Variant) -> None:
    script = variant.script(json_response(200, listing("ann", "anton")))
    found = variant.call(Player, "search", "an é&", 5, 10)
    assert [user.username for user in found] == ["ann", "anton"]
    assert {type(user) for user in found} == {Player}
    assert script.requests[0].target == "/api/v1/users?q=an+%C3%A9%26&limit=5&offset=10"


def test_search_without_a_query(variant: Variant) -> None:
    script = variant.script(json_response(200, listing()))
    assert variant.call(Player, "search") == []
    assert script.requests[0].target == "/api/v1/users?limit=20&offset=0"


def test_count_requests_no_items(variant: Variant) -> None:
    script = variant.script(json_response(200, listing(count=1234)))
    assert variant.call(Player, "count", "a") == 1234
    assert script.requests[0].target == "/api/v1/users?q=a&limit=0&offset=0"


def test_a_server_that_does_not_list_users(variant: Variant) -> None:
    refused = json_response(405, b"", [("Allow", "POST")])
    variant.script(refused, json_response(200, {"eternaltwin": {"version": "0.16.4"}}))
    with pytest.raises(UnsupportedByServerError, match=r"0\.16\.4, which cannot list users; versions after") as caught:
        variant.call(Player, "search", "a")
    assert caught.value.response is refused


def test_a_server_of_an_unknown_version_that_does_not_list_users(variant: Variant) -> None:
    script = variant.script(json_response(405, b"", [("Allow", "POST")]))
    with pytest.raises(UnsupportedByServerError, match="this version of the server does not support it"):
        variant.call(Player, "search", "a")
    assert [request.target.partition("?")[0] for request in script.requests] == ["/api/v1/users", "/api/v1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"query": 5}, "query must be"),
        ({"query": "\ud800"}, "query must be"),
        ({"limit": -1}, "limit must be"),
        ({"limit": "20"}, "limit must be"),
        ({"limit": True}, "limit must be"),
        ({"offset": -1}, "offset must be"),
        ({"offset": 1.0}, "offset must be"),
    ],
)
def test_malformed_searches_are_not_sent(variant: Variant, arguments: dict[str, object], message: str) -> None:
    script = variant.script(json_response(200, listing()))
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(Player, "search", **arguments)
    assert script.requests == []


def test_iterate_reads_page_by_page(variant: Variant) -> None:
    script = variant.script(
        json_response(200, listing("a", "b", count=5)),
        json_response(200, listing("c", "d", count=5, offset=2)),
        json_response(200, listing("e", count=5, offset=4)),
    )
    users = variant.collect(Player, "iterate", "x", 2)
    assert [user.username for user in users] == ["a", "b", "c", "d", "e"]
    assert {type(user) for user in users} == {Player}
    assert [request.target.partition("?")[2] for request in script.requests] == [
        "q=x&limit=2&offset=0",
        "q=x&limit=2&offset=2",
        "q=x&limit=2&offset=4",
    ]


def test_iterate_yields_each_user_once_when_some_are_added_meanwhile(variant: Variant) -> None:
    variant.script(
        json_response(200, listing("a", "b", count=3)),
        json_response(200, listing("b", "c", count=5, offset=2)),
        json_response(200, listing("d", count=5, offset=4)),
    )
    assert [user.username for user in variant.collect(Player, "iterate", page_size=2)] == ["a", "b", "c", "d"]


def test_iterate_ends_with_a_server_that_ignores_the_offset(variant: Variant) -> None:
    script = variant.script(json_response(200, listing("a", "b", count=1000)))
    assert [user.username for user in variant.collect(Player, "iterate")] == ["a", "b"]
    assert len(script.requests) < 10


def test_iterate_continues_after_a_page_without_new_users(variant: Variant) -> None:
    pages = [["a", "b"], ["a", "b"], ["c", "d"], ["e"]]
    variant.script(*(json_response(200, listing(*names, count=7)) for names in pages))
    assert [user.username for user in variant.collect(Player, "iterate", page_size=2)] == ["a", "b", "c", "d", "e"]


def test_iterate_ends_at_an_empty_page(variant: Variant) -> None:
    script = variant.script(json_response(200, listing("a", count=1000)), json_response(200, listing(count=1000)))
    assert [user.username for user in variant.collect(Player, "iterate")] == ["a"]
    assert len(script.requests) == 2


def test_iterate_checks_its_arguments_at_once(variant: Variant) -> None:
    variant.script(json_response(200, listing()))
    iterate: Any = Player.iterate if variant.is_sync else Player.aiterate
    with pytest.raises(InvalidArgumentError, match="page_size must be"):
        iterate(page_size=0)


@given(st.lists(st.integers(1, 7), max_size=12), st.integers(1, 5))
def test_iterate_yields_every_user_once_while_users_are_added(added: list[int], page_size: int) -> None:
    """`added[n]` users register before page n is requested. The last ones are found as well."""
    names: list[str] = []
    pages = iter(added)

    class Growing(FakeTransport):
        def outcome(self, request: Any) -> Any:
            names.extend([f"u{len(names) + n:x}" for n in range(next(pages, 0))])
            query = dict(parse_qsl(request.target.partition("?")[2]))
            offset = int(query["offset"])
            return json_response(200, listing(*names[offset : offset + page_size], count=len(names), offset=offset))

    connections["default"] = {**SETTINGS, "transport": Growing()}
    found = [user.username for user in User.iterate(page_size=page_size)]
    assert found == names[: len(found)]
    assert len(found) >= min(len(names), sum(added[:1]))


def test_logout_forgets_the_token() -> None:
    user = User(ALICE, "Alice", None, None, None, Token(access_token=TOKEN, expires_in=3600, token_type="Bearer"))
    assert user.is_authenticated
    user.logout()
    assert user.token is None
    assert not user.is_authenticated


def test_a_user_with_an_expired_token_is_not_authenticated() -> None:
    user = User(ALICE, "Alice", None, None, None, Token(access_token=TOKEN, expires_in=60, token_type="Bearer"))
    assert not user.is_authenticated


def test_users_are_equal_by_identifier() -> None:
    alice = User(ALICE, "Alice", None, None, None)
    renamed = User(ALICE, "Queen Alice", True, datetime.now(UTC), None)
    bob = User("00000000-0000-4000-8000-000000000000", "Alice", None, None, None)
    assert alice == renamed
    assert len({alice, renamed}) == 1
    assert alice != bob
    assert alice != ALICE
    assert repr(alice) == f"<User {ALICE} 'Alice'>"
    assert repr(Player(ALICE, "Alice", None, None, None)).startswith("<Player ")


def test_no_secret_is_shown(variant: Variant) -> None:
    variant.script(token_response(), self_response())
    state = new_state()
    user = variant.call(Player, "from_authorization_code", "the-secret-code", state, state)
    shown = f"{user!r} {user.token!r} {user.token}"
    for secret in (TOKEN, SECRET, "the-secret-code", state):
        assert secret not in shown


CALLS = ["from_token", "from_authorization_code", "get", "search", "count", "iterate"]


@pytest.mark.parametrize("name", CALLS)
def test_both_variants_have_the_same_parameters(name: str) -> None:
    sync, coroutine = inspect.signature(getattr(User, name)), inspect.signature(getattr(User, f"a{name}"))

    def plain(signature: inspect.Signature) -> list[tuple[str, object, object, str]]:
        return [
            (item.name, item.kind, item.default, str(item.annotation).replace("AsyncEternaltwin", "Eternaltwin"))
            for item in signature.parameters.values()
        ]

    assert plain(sync) == plain(coroutine)
    assert str(coroutine.return_annotation).removeprefix("Async") == str(sync.return_annotation)


def test_every_call_has_an_async_variant() -> None:
    public = {name for name, value in vars(User).items() if isinstance(value, classmethod) and name[0] != "_"}
    sync = public - {"start_authorization"} - {f"a{name}" for name in public}
    assert {f"a{name}" for name in sync} | sync | {"start_authorization"} == public


def test_the_documented_parameters_hold() -> None:
    signatures: dict[str, str] = {
        "start_authorization": "expiration=600, nonce=None, using=None",
        "from_authorization_code": "authorization_code, callback_state, expected_state=None, using=None",
        "get": "user_id, using=None",
        "search": "query=None, limit=20, offset=0, using=None",
        "count": "query=None, using=None",
        "iterate": "query=None, page_size=100, using=None",
        "from_token": "token, using=None",
    }
    for name, expected in signatures.items():
        call: Callable[..., object] = getattr(User, name)
        positional = [
            item.name if item.default is item.empty else f"{item.name}={item.default!r}"
            for item in inspect.signature(call).parameters.values()
            if item.kind is item.POSITIONAL_OR_KEYWORD
        ]
        assert ", ".join(positional) == expected
