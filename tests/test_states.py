"""States: the signed tokens that travel through the browser."""

from __future__ import annotations

import hmac
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import InvalidArgumentError, InvalidStateError
from eternaltwin.jws import encode_part
from eternaltwin.keys import HS256Key, KeyRing
from eternaltwin.states import LEEWAY, MAX_LIFE, MAX_NONCE_LENGTH, State, check_expected

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://eternaltwin.org/"
KEY = HS256Key("a secret of the game, 32 bytes long or longer")


def claims(**changes: object) -> dict[str, Any]:
    now = int(time.time())
    return {"a": "authorize", "as": URL, "iat": now, "exp": now + 600, "rfp": "r", "nonce": "n", **changes}


def refused(text: Any, url: str = URL) -> str:
    with pytest.raises(InvalidStateError) as caught:
        State.from_jwt(text, url, KEY)
    assert caught.value.state == text
    assert len(str(text)) < 20 or str(text) not in f"{caught.value} {caught.value!r}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def test_a_state_comes_back_as_it_was() -> None:
    state = State.new(URL, KEY)
    assert State.from_jwt(state.jwt, URL, KEY) == state
    assert State.from_jwt(state.jwt, URL, KEY).jwt == state.jwt
    assert state.a == "authorize"
    assert state.as_ == URL
    assert state.exp - state.iat == 600
    assert not state.has_expired()


def test_the_address_of_the_server_may_lack_its_final_slash() -> None:
    assert URL.endswith("/")
    short = URL.removesuffix("/")
    state = State.new(short, KEY)
    assert state.as_ == KEY.decode(state.jwt)["as"] == URL
    assert State.from_jwt(state.jwt, short, KEY) == State.from_jwt(state.jwt, URL, KEY) == state
    of_the_older_package = KEY.encode(claims(**{"as": short}))
    assert State.from_jwt(of_the_older_package, short, KEY).as_ == URL
    assert State.from_jwt(of_the_older_package, URL, KEY).as_ == URL
    for other in (f"{URL}/", f"{short}.example/", short[:-1], f"{URL}x"):
        with pytest.raises(InvalidStateError, match=f"Expected authorization server {other.removesuffix('/')}/:"):
            State.from_jwt(state.jwt, other, KEY)


def test_a_state_is_the_same_whichever_key_has_verified_it() -> None:
    """The key may have been replaced while the player was away."""
    old = State.new(URL, KEY)
    ring = KeyRing([HS256Key("another secret of the game, 32 bytes long"), KEY])
    read = State.from_jwt(old.jwt, URL, ring)
    assert read.key != old.key
    assert read == old
    assert hash(read) == hash(old)


def test_no_two_states_are_equal() -> None:
    states = [State.new(URL, KEY) for _ in range(20)]
    assert len({state.jwt for state in states}) == 20
    assert {(len(state.nonce), len(state.rfp)) for state in states} == {(43, 43)}  # 256 bits in base64url


def test_nonce_and_rfp_of_a_state_can_be_set() -> None:
    state = State.new(URL, KEY, expiration=5, nonce="mine", rfp="browser")
    assert (state.nonce, state.rfp, state.exp - state.iat) == ("mine", "browser", 5)


def test_a_nonce_may_be_an_instance_of_a_subclass_of_str() -> None:
    class SafeString(str):
        __slots__ = ()

    state = State.new(URL, KEY, nonce=SafeString("mine"))
    assert State.from_jwt(state.jwt, URL, KEY).nonce == "mine"


def test_a_state_hides_its_secrets() -> None:
    state = State.new(URL, KEY, nonce="secret-nonce", rfp="secret-rfp")
    for secret in ("secret-nonce", "secret-rfp", state.jwt, "32 bytes"):
        assert secret not in repr(state)


def test_a_state_expires() -> None:
    now = int(time.time())
    old = State(a="authorize", as_=URL, iat=now - 700, rfp="r", exp=now - 100, nonce="n", key=KEY)
    assert old.has_expired()
    assert refused(old.jwt).startswith("Authorization expired ")


@pytest.mark.parametrize("expiration", [0, -1, MAX_LIFE + 1, True, 1.5, "600", None])
def test_an_invalid_expiration_is_refused(expiration: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="expiration must be a whole number"):
        State.new(URL, KEY, expiration=expiration)


@pytest.mark.parametrize("text", ["", "x" * (MAX_NONCE_LENGTH + 1), 5, b"bytes", "\ud800"])
@pytest.mark.parametrize("name", ["nonce", "rfp"])
def test_an_invalid_nonce_is_refused(name: str, text: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{name} must be a string"):
        State.new(URL, KEY, **{name: text})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"a": "link"}, "Expected action authorize"),
        ({"a": None}, "Expected action authorize"),
        ({"as": "https://eternaltwin.or"}, "Expected authorization server https://eternaltwin.org/"),
        ({"as": ["https://eternaltwin.org/"]}, "Expected authorization server"),
        ({"as": None}, "Expected authorization server"),
        ({"iat": None}, "Malformed state"),
        ({"exp": None}, "Malformed state"),
        ({"exp": "9999999999"}, "Malformed state"),
        ({"exp": 9e9}, "Malformed state"),
        ({"exp": True}, "Malformed state"),
        ({"iat": True}, "Malformed state"),
        ({"exp": 10**30}, "Malformed state"),
        ({"exp": -(10**30)}, "Malformed state"),
        ({"rfp": None}, "Malformed state"),
        ({"nonce": None}, "Malformed state"),
        ({"nonce": ""}, "Malformed state"),
        ({"nonce": "x" * 300}, "Malformed state"),
        ({"nonce": ["n"]}, "Malformed state"),
    ],
)
def test_invalid_claims_are_refused(changes: dict[str, object], message: str) -> None:
    assert refused(KEY.encode(claims(**changes))).startswith(message)


def test_a_state_of_the_future_is_refused_beyond_the_leeway() -> None:
    within_leeway = int(time.time()) + LEEWAY // 2
    assert State.from_jwt(KEY.encode(claims(iat=within_leeway)), URL, KEY).iat == within_leeway
    beyond_leeway = int(time.time()) + 10 * LEEWAY
    message = "This state is from the future: do the clocks of all machines agree?"
    assert refused(KEY.encode(claims(iat=beyond_leeway, exp=beyond_leeway + 60))) == message


@pytest.mark.parametrize("text", [None, 5, b"a.b.c", "", "a.b.c", "x" * 10_000, ["a"]])
def test_a_value_that_is_not_a_state_is_refused(text: Any) -> None:
    assert refused(text).startswith("Malformed")


def test_a_state_of_another_key_is_refused() -> None:
    other = HS256Key("the secret of somebody else, just as long")
    assert refused(State.new(URL, other).jwt).startswith("Malformed or forged")


@pytest.mark.parametrize(
    "server",
    [
        "https://eternaltwin.org//",
        "https://eternaltwin.or",
        "https://eternaltwin.org.evil.example/",
        "https://eternaltwin.org/x",
        "e",
        "",
        "é",
    ],
)
def test_the_authorization_server_is_compared_whole_cve_2024_53861(server: str) -> None:
    assert refused(State.new(URL, KEY).jwt, server).startswith("Expected authorization server")
    assert refused(KEY.encode(claims(**{"as": server}))).startswith("Expected authorization server")


@given(st.text())
def test_any_string_is_refused(text: str) -> None:
    refused(text)


@given(st.dictionaries(st.sampled_from(["a", "as", "iat", "exp", "rfp", "nonce", "x"]), st.integers() | st.text()))
def test_any_signed_claims_are_a_state_or_refused(payload: dict[str, Any]) -> None:
    try:
        state = State.from_jwt(KEY.encode(payload), URL, KEY)
    except InvalidStateError as exc:
        chained = exc.__context__
    else:
        chained = None
        assert state.as_ == URL
    assert chained is None


@given(st.text(), st.text())
def test_any_two_strings_are_compared(one: str, other: str) -> None:
    check_expected(one, one)
    if one != other:
        with pytest.raises(InvalidStateError, match="Expected another state"):
            check_expected(one, other)


@pytest.mark.parametrize("expected", [5, b"state", ["state"]])
def test_a_value_that_is_not_a_string_is_never_the_expected_state(expected: object) -> None:
    compare: Callable[[str, object], None] = check_expected
    with pytest.raises(InvalidStateError) as caught:
        compare("state", expected)
    message = "Expected another state: this one does not belong to the sign-in that this browser started"
    assert (str(caught.value), caught.value.state) == (message, "state")


# --- limits, each at exactly its value


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> int:
    """A clock that stands still."""
    seconds = int(time.time())
    monkeypatch.setattr(time, "time", lambda: float(seconds))
    return seconds


def test_a_state_with_nbf_in_the_future_is_refused(now: int) -> None:
    for accepted in (0, now, now + LEEWAY):
        assert State.from_jwt(KEY.encode(claims(nbf=accepted)), URL, KEY).nonce == "n"
    message = "This state is not valid yet: do the clocks of all machines agree?"
    assert refused(KEY.encode(claims(nbf=now + LEEWAY + 1))) == message
    for malformed in (True, 1.5, "0", None, [0]):
        assert refused(KEY.encode(claims(nbf=malformed))) == "Malformed state: nbf must be a whole number"


def test_the_clocks_of_machines_may_differ_by_a_minute(now: int) -> None:
    for name in ("iat", "nbf"):
        text = KEY.encode(claims(**{name: now + 60, "exp": now + 600}))
        assert State.from_jwt(text, URL, KEY).exp == now + 600
        assert "do the clocks of all machines agree?" in refused(KEY.encode(claims(**{name: now + 61})))


def test_a_state_is_valid_up_to_its_last_second(now: int) -> None:
    assert State.from_jwt(KEY.encode(claims(iat=now - 10, exp=now + 1)), URL, KEY).exp == now + 1
    assert refused(KEY.encode(claims(iat=now - 10, exp=now))).startswith("Authorization expired 0 s ago")
    late = State.from_jwt(KEY.encode(claims(iat=now - 10, exp=now)), URL, KEY, may_be_expired=True)
    assert late.has_expired()
    assert not State.from_jwt(KEY.encode(claims(exp=now + 1)), URL, KEY).has_expired()


def test_a_state_lives_a_day_at_most(now: int) -> None:
    assert State.new(URL, KEY, 1).exp == now + 1
    assert State.new(URL, KEY, 86_400).exp == now + 86_400
    assert State.from_jwt(KEY.encode(claims(exp=now + 86_400)), URL, KEY).exp == now + 86_400
    for life in (86_401, 0, -1):
        text = KEY.encode(claims(iat=now + 1, exp=now + 1 + life))
        assert refused(text) == "Malformed state: iat and exp must be whole numbers, at most a day apart"


@pytest.mark.parametrize("name", ["nonce", "rfp", "origin"])
def test_a_text_of_a_state_has_at_most_256_characters(name: str) -> None:
    longest: dict[str, Any] = {name: "x" * 256}
    state = State.new(URL, KEY, **longest)
    assert State.from_jwt(state.jwt, URL, KEY) == state
    too_long: dict[str, Any] = {name: "x" * 257}
    with pytest.raises(InvalidArgumentError, match=f"^{name} must be a string of 1 to 256 printable characters$"):
        State.new(URL, KEY, **too_long)
    assert refused(KEY.encode(claims(**too_long))) == "Malformed state: rfp, nonce and origin must be short strings"


def test_a_state_without_origin_has_no_such_claim() -> None:
    assert set(KEY.decode(State.new(URL, KEY).jwt)) == {"a", "as", "iat", "exp", "rfp", "nonce"}
    assert State.from_jwt(State.new(URL, KEY).jwt, URL, KEY).origin is None


@pytest.mark.parametrize("text", ["\ud800", "\udcff" * 3, "é\ud800"])
def test_lone_surrogates_can_be_compared(text: str) -> None:
    """UTF-8 cannot encode them, and `hmac.compare_digest` compares no text beyond ASCII."""
    with pytest.raises(InvalidStateError, match="Expected another state"):
        check_expected(text, "expected")
    with pytest.raises(InvalidStateError, match="Expected another state"):
        check_expected("state", text)
    check_expected(text, text)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="newer Pythons decode everything that fits into a state")
@pytest.mark.parametrize("depth", [1100, 1490])
def test_claims_that_are_nested_too_deeply_are_refused(depth: int) -> None:
    nested = f'{{"a":{"[" * depth}{"]" * depth}}}'.encode()
    parts = [encode_part(part) for part in (b'{"alg":"HS256","typ":"JWT"}', nested)]
    signature = hmac.digest(b"a secret of the game, 32 bytes long or longer", ".".join(parts).encode(), "sha256")
    assert "is not a JSON object" in refused(".".join([*parts, encode_part(signature)]))
